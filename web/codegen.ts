import type { CodegenConfig } from "@graphql-codegen/cli";

// Types of the page's own queries, made from the schema that the server is built from.
const config: CodegenConfig = {
  schema: "../schema.graphql",
  documents: ["src/**/*.ts", "src/**/*.tsx", "!src/made/**"],
  generates: {
    "src/made/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: "string",
        skipTypename: true,
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        scalars: { AreaCode: "string", Geometry: "GeoJSON.Geometry", Rupiah: "number", Date: "string", DateTime: "string" },
      },
    },
  },
};

export default config;
