"""Traces of requests, sent where OTEL_EXPORTER_OTLP_ENDPOINT says. Imported only where it is set."""

import os

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, set_tracer_provider

TIMEOUT = 2  # s: how long a collector may take, and how long the end of the process may wait for it


class RequestSpanProcessor(BatchSpanProcessor):
    """Exports the spans of requests alone, without the messages of errors: PostgreSQL quotes values in them."""

    def on_end(self, span: ReadableSpan) -> None:
        """Leave out what has no request above it: what a health check asks the database."""
        if span.parent is not None or span.kind is SpanKind.SERVER:
            span._status = Status(span.status.status_code)  # noqa: SLF001  (it can be set in no other way once a span has ended)
            super().on_end(span)

    def shutdown(self) -> None:
        """Export what is left, in the time there is."""
        self._batch_processor.shutdown(timeout_millis=TIMEOUT * 1000)


def start() -> None:
    """Trace requests from now on; the SDK ends it with the process."""
    os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http,database")  # the stable names of attributes
    provider = TracerProvider(span_limits=SpanLimits(max_events=0))  # exceptions are events, with their messages
    provider.add_span_processor(RequestSpanProcessor(OTLPSpanExporter(timeout=TIMEOUT)))
    set_tracer_provider(provider)
    PsycopgInstrumentor().instrument()
    DjangoInstrumentor().instrument(middleware_position=1)  # after HealthMiddleware, which answers before anything looks at Host
