"""Traces of requests, sent where OTEL_EXPORTER_OTLP_ENDPOINT says. Imported only where it is set."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
from opentelemetry.instrumentation.redis import RedisInstrumentor
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, set_tracer_provider

TIMEOUT = 2  # s: how long a collector may take, and how long the end of the process may wait for it


class RequestSpanProcessor(BatchSpanProcessor):
    """Exports the spans of requests alone, without the messages of errors: PostgreSQL quotes values in them."""

    def on_end(self, span: ReadableSpan) -> None:
        """Leave out what has no request above it: what a health check asks the database."""
        if span.parent is not None or span.kind is SpanKind.SERVER:
            span._status = Status(span.status.status_code)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  (the only way)
            super().on_end(span)

    def shutdown(self) -> None:
        """Export what is left, in the time there is."""
        self._batch_processor.shutdown(timeout_millis=TIMEOUT * 1000)


def start(app: FastAPI) -> None:
    """Trace its requests, until its lifespan ends."""
    os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http,database")  # the stable names of attributes
    provider = TracerProvider(span_limits=SpanLimits(max_events=0))  # exceptions are events, with their messages
    provider.add_span_processor(RequestSpanProcessor(OTLPSpanExporter(timeout=TIMEOUT)))
    set_tracer_provider(provider)
    PsycopgInstrumentor().instrument()
    RedisInstrumentor().instrument()  # pyright: ignore[reportUnknownMemberType]  (it leaves its options untyped)
    FastAPIInstrumentor.instrument_app(app, excluded_urls="/health$,/health/ready$", exclude_spans=["receive", "send"])

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        yield
        provider.shutdown()  # the server ends by a signal, at which Python calls nothing that is registered for its exit

    app.include_router(APIRouter(lifespan=lifespan))
