// The graph: subgraphs that run in this process, composed at its start. Each could move behind an address of its own: the gateway plans
// queries over them in the same way.

import { ApolloGateway, LocalCompose, LocalGraphQLDataSource } from "@apollo/gateway";
import { buildSubgraphSchema } from "@apollo/subgraph";

import * as collection from "./subgraphs/collection.js";
import * as decades from "./subgraphs/decades.js";

export function makeGateway(collectionUrl) {
  const subgraphs = {
    collection: { typeDefs: collection.typeDefs, resolvers: collection.makeResolvers(collectionUrl) },
    decades: { typeDefs: decades.typeDefs, resolvers: decades.resolvers },
  };
  return new ApolloGateway({
    supergraphSdl: new LocalCompose({
      localServiceList: Object.entries(subgraphs).map(([name, { typeDefs }]) => ({ name, typeDefs, url: `local:${name}` })),
    }),
    buildService: ({ name }) => new LocalGraphQLDataSource(buildSubgraphSchema(subgraphs[name])),
  });
}
