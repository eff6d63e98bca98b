"""How a service and the collector of traces beside it find each other: for the rules of the stack file and for components."""

from typing import Final

COLLECTOR: Final = "collector"
"""What the container is called."""
COLLECTOR_PORT: Final = 4318
"""Where it takes traces: OTLP over HTTP (OpenTelemetry protocol specification, "OTLP/HTTP Default Port")."""
VARIABLES: Final = (
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_RESOURCE_ATTRIBUTES",
    "OTEL_SERVICE_NAME",
    "OTEL_TRACES_SAMPLER",
    "OTEL_TRACES_SAMPLER_ARG",
)
"""What a service with it is told, in the words of every OpenTelemetry SDK (OpenTelemetry specification, "Environment Variable
Specification")."""
