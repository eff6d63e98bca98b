// A field that another subgraph adds to items: the decade they are of.

import { parse } from "graphql";

export const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])

  type Query {
    "The decade that a year belongs to."
    decade(year: Int!): String!
  }

  type Item @key(fields: "id year") {
    id: ID!
    year: Int!
    decade: String!
  }
`);

const decade = (year) => `${Math.floor(year / 10) * 10}s`;

export const resolvers = {
  Query: { decade: (_, { year }) => decade(year) },
  Item: { decade: ({ year }) => decade(year) },
};
