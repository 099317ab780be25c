import type { CodegenConfig } from "@graphql-codegen/cli";

// Types of the queries in src, made from the schema. Of a server elsewhere: schema: "https://kantong.example.org/schema.graphql".
const config: CodegenConfig = {
  schema: "../../schema.graphql",
  documents: ["src/**/*.ts", "!src/generated/**"],
  importExtension: ".js",
  generates: {
    "src/generated/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: "string",
        skipTypename: true,
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        scalars: { AreaCode: "string", Geometry: "object", Rupiah: "number", Date: "string", DateTime: "string" },
      },
    },
  },
};

export default config;
