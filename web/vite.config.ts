import { defineConfig } from "vite";

// The page, and GraphiQL beside it. Both are embedded into the program, so nothing in them comes from elsewhere.
export default defineConfig({
  base: "./",
  publicDir: "public",
  build: {
    target: "es2024",
    outDir: "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0, // no data: URLs, which the page's security policy would have to allow
    chunkSizeWarningLimit: 4000, // the editor of GraphiQL
    rolldownOptions: {
      input: ["index.html", "graphiql/index.html"],
      onLog: (level, log, tell) => log.code !== "MODULE_LEVEL_DIRECTIVE" && tell(level, log), // "use client" is for servers that render React
    },
  },
  worker: { format: "es" },
  server: { proxy: Object.fromEntries(["/graphql", "/areas", "/tiles", "/map.json"].map(path => [path, "http://127.0.0.1:8080"])) },
});
