// HTTP around Apollo: /health and /graphql.

class TooLarge extends Error {}

async function read(request, limit) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > limit) throw new TooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function answer(response, status, value) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

async function asked(request, search, { HeaderMap, largestBody }) {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  const body = request.method === "POST" ? JSON.parse((await read(request, largestBody)) || "null") : undefined;
  return { method: request.method, headers, search, body };
}

async function graphql(apollo, request, response, search, options) {
  const httpGraphQLRequest = await asked(request, search, options);
  const result = await apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest, context: async () => ({}) });
  response.writeHead(result.status ?? 200, Object.fromEntries(result.headers));
  if (result.body.kind === "complete") return response.end(result.body.string);
  for await (const chunk of result.body.asyncIterator) response.write(chunk);
  response.end();
}

// The listener of an HTTP server. Healthy is who listens: the graph was composed before that, and a subgraph that is away costs its
// fields only.
export function listener(apollo, options) {
  return async (request, response) => {
    const [path, query] = request.url.split("?", 2);
    if (path === "/health") return answer(response, 200, { status: "ok" });
    if (path !== "/graphql") return answer(response, 404, { errors: [{ message: "not found" }] });
    try {
      await graphql(apollo, request, response, query ? `?${query}` : "", options);
    } catch (error) {
      if (error instanceof TooLarge) return answer(response, 413, { errors: [{ message: "too large" }] });
      if (error instanceof SyntaxError) return answer(response, 400, { errors: [{ message: "not JSON" }] });
      console.error(error);
      answer(response, 500, { errors: [{ message: "internal error" }] });
    }
  };
}
