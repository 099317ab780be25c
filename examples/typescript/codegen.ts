import type { CodegenConfig } from "@graphql-codegen/cli";

// Types of the queries in src, made from the schema. A running server has it at /schema.graphql, too.
const config: CodegenConfig = {
  schema: "../../schema.graphql",
  documents: ["src/*.ts"],
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
        scalars: { AreaCode: "string", Geometry: "object", Rupiah: "number", Date: "string", DateTime: "string" },
      },
    },
  },
  emitLegacyCommonJSImports: false,
};

export default config;
