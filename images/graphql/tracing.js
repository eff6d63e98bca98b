// Traces of requests, sent where OTEL_EXPORTER_OTLP_ENDPOINT says. Imported only where it is set.

import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { defaultResource, detectResources, envDetector } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

const TIMEOUT = 2000; // ms: how long a collector may take, and how long the end of the process may wait for it

const provider = new NodeTracerProvider({
  resource: defaultResource().merge(detectResources({ detectors: [envDetector] })),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ timeoutMillis: TIMEOUT }))],
});
provider.register();
new UndiciInstrumentation({ requireParentforSpans: true }); // what fetch calls
const tracer = provider.getTracer("graphql-gateway");

// The listener of an HTTP server with a span for each request but health checks.
export function traced(listener) {
  return (request, response) => {
    const [path] = request.url.split("?", 1);
    if (path === "/health") return listener(request, response);
    const route = path === "/graphql" ? path : undefined;
    const span = tracer.startSpan(
      route ? `${request.method} ${route}` : request.method,
      {
        kind: SpanKind.SERVER,
        attributes: { "http.request.method": request.method, "http.route": route, "url.path": path, "url.scheme": "http" },
      },
      propagation.extract(context.active(), request.headers),
    );
    response.once("close", () => {
      span.setAttribute("http.response.status_code", response.statusCode);
      if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
    return context.with(trace.setSpan(context.active(), span), listener, undefined, request, response);
  };
}

// A plugin of Apollo that sends what is left once the last request is answered. A collector that is away is no failure of the stop.
export const plugin = {
  async serverWillStart() {
    return { serverWillStop: () => provider.shutdown().catch(() => {}) };
  },
};
