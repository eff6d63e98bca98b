// The GraphQL gateway: one graph over its subgraphs, at /graphql. See gateway.js for the graph, http.js for the protocol.

import { createServer } from "node:http";

import { ApolloServer, HeaderMap } from "@apollo/server";
import { ApolloServerPluginDrainHttpServer } from "@apollo/server/plugin/drainHttpServer";

import { makeGateway } from "./gateway.js";
import { listener } from "./http.js";

const LARGEST_BODY = 100 * 1024; // bytes

const collectionUrl = process.env.COLLECTION_URL;
if (!collectionUrl) throw new Error("COLLECTION_URL is needed, such as http://collection:8000");

const tracing = process.env.OTEL_EXPORTER_OTLP_ENDPOINT ? await import("./tracing.js") : undefined;

const http = createServer();
// ms: over what the load balancer waits, so that it never meets a connection which is just being closed
http.keepAliveTimeout = 1000 * Number(process.env.KEEP_ALIVE_SECONDS ?? 75);
const apollo = new ApolloServer({
  gateway: makeGateway(collectionUrl),
  introspection: process.env.GRAPHQL_INTROSPECTION === "1",
  includeStacktraceInErrorResponses: false,
  stopOnTerminationSignals: true, // finishes what is under way on SIGTERM
  plugins: [ApolloServerPluginDrainHttpServer({ httpServer: http, stopGracePeriodMillis: 20_000 }), ...(tracing ? [tracing.plugin] : [])],
});
await apollo.start();
const handle = listener(apollo, { HeaderMap, largestBody: LARGEST_BODY });
http.on("request", tracing ? tracing.traced(handle) : handle);

const port = Number(process.env.PORT ?? 4000);
http.listen(port, () => console.log(`listening on ${port}`));
