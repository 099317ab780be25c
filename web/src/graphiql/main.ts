// GraphiQL, from npm, on this server's schema. The address may hold a query after #, as the map page writes it. Headers,
// and so keys, are kept in memory only.
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "./graphiql.css";
import { createElement } from "react";
import { createRoot } from "react-dom/client";
import { GraphiQL } from "graphiql";
import { createGraphiQLFetcher } from "@graphiql/toolkit";

const given = new URLSearchParams(location.hash.slice(1));
const fetcher = createGraphiQLFetcher({ url: new URL("../graphql", document.baseURI).href });
const first = `# Which kelurahan has the most families that PKH means but does not reach?
{ program(code: "PKH") { coverage(by: KELURAHAN, order: NOT_REACHED, first: 3) { area { name } notReached { value status } } } }
`;

createRoot(document.getElementById("graphiql")!).render(createElement(GraphiQL, {
  fetcher, shouldPersistHeaders: false,
  initialQuery: given.get("query") ?? first, ...(given.has("variables") && { initialVariables: given.get("variables")! }),
}));
