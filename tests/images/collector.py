"""A stand-in for a collector of OpenTelemetry, and what an application is told of it."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span

from components.compute.collector import traced
from tests.images.stubs import Answer, Asked, Stub, stub

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
CALLER = {"traceparent": f"00-{TRACE}-{PARENT}-01", "authorization": "Bearer of-nothing"}
"""The headers of a caller whose own span is sampled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """A running collector."""

    sink: Stub

    @property
    def url(self) -> str:
        """Where it is."""
        return self.sink.url

    @property
    def asked(self) -> list[Asked]:
        """What it was asked."""
        return self.sink.asked

    @property
    def resources(self) -> list[dict[str, str | int]]:
        """Who sent something, once for each time."""
        return [attributes(sent.resource.attributes) for sent in self._sent()]

    def spans(self, kind: int) -> list[Span]:
        """All that it was sent of a kind: `Span.SPAN_KIND_SERVER`."""
        return [span for sent in self._sent() for scope in sent.scope_spans for span in scope.spans if span.kind == kind]

    def holds(self, text: str) -> bool:
        """Whether it was sent this text anywhere."""
        return any(text.encode() in asked.body for asked in self.sink.asked)

    def _sent(self) -> Iterable[ResourceSpans]:
        for asked in self.sink.asked:
            assert (asked.method, asked.path) == ("POST", "/v1/traces")
            yield from ExportTraceServiceRequest.FromString(asked.body).resource_spans


@contextmanager
def collector() -> Generator[Collector]:
    """A collector on a free port."""
    with stub(lambda _: Answer()) as sink:
        yield Collector(sink=sink)


def told_of(url: str, service: str, sample_percent: int = 100) -> dict[str, str]:
    """What the platform tells a service whose traces it wants, but for where the collector is."""
    return {**traced(service, "test", sample_percent), "OTEL_EXPORTER_OTLP_ENDPOINT": url}


def attributes(pairs: Iterable[KeyValue]) -> dict[str, str | int]:
    """Attributes that are text or whole numbers."""
    return {pair.key: pair.value.string_value or pair.value.int_value for pair in pairs}
