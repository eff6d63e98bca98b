// Items, as the service `collection` has them.

import { parse } from "graphql";

const TIMEOUT = 5000; // ms

export const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])

  type Query {
    "A page of items: go on with \`after\` = the last id of the one before."
    items(after: Int = 0, limit: Int = 50): [Item!]!
    item(id: ID!): Item
  }

  type Item @key(fields: "id year") {
    id: ID!
    title: String!
    year: Int!
    notes: String!
  }
`);

async function get(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT) });
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`the collection answers with status ${response.status}`);
  return response.json();
}

export function makeResolvers(url) {
  const one = (id) => get(`${url}/collection/items/${encodeURIComponent(id)}`);
  return {
    Query: {
      items: (_, { after, limit }) => get(`${url}/collection/items?${new URLSearchParams({ after, limit })}`),
      item: (_, { id }) => one(id),
    },
    Item: { __resolveReference: ({ id }) => one(id) },
  };
}
