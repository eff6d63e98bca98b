"""The sidecar that hands the traces of a service on to X-Ray, and what the service is told of it."""

import json
from collections.abc import Mapping
from typing import Any, Final

from components.compute.task import Container
from components.core.offers import Statement
from components.core.tracing import COLLECTOR_PORT, VARIABLES

_USER: Final = "10001"
_MEMORY_MIB: Final = 64
"""What it may hold before it refuses more: a service must not lose its memory to what watches it."""


def collector(image: str, region: str) -> Container:
    """AWS's distribution of the OpenTelemetry collector. The task goes on without it should it end."""
    return Container(image=image, environment={"AOT_CONFIG_CONTENT": _configuration(region)}, user=_USER, essential=False)


def traced(service: str, environment: str, sample_percent: int) -> Mapping[str, str]:
    """What a service is told: where to send traces, as whom, and how many of the requests that nobody decided on yet to trace."""
    said = (
        f"http://localhost:{COLLECTOR_PORT}",
        f"deployment.environment.name={environment}",
        service,
        "parentbased_traceidratio",
        f"{sample_percent / 100:g}",
    )
    return dict(zip(VARIABLES, said, strict=True))


def trace_statements() -> tuple[Statement, ...]:
    """What code of a task needs to hand traces on.

    Source: AWS Distro for OpenTelemetry, "Setting up permissions"; but for the rules of sampling, which no service here asks for.
    """
    return (
        Statement(
            sid="Traces",
            actions=("xray:PutTelemetryRecords", "xray:PutTraceSegments"),
            resources=("*",),
            because="X-Ray keeps traces by account and region, and neither action knows a resource",
        ),
    )


def _configuration(region: str) -> str:
    """As the collector reads it: YAML, of which JSON is a part. It listens to its own task alone, and tells nothing of itself."""
    pipeline = {
        "receivers": ["otlp"],
        "processors": ["memory_limiter", "resourcedetection", "batch"],
        "exporters": ["awsxray"],
    }
    known: dict[str, Any] = {
        "receivers": {"otlp": {"protocols": {"http": {"endpoint": f"127.0.0.1:{COLLECTOR_PORT}"}}}},
        "processors": {
            "memory_limiter": {"check_interval": "1s", "limit_mib": _MEMORY_MIB},
            "resourcedetection": {"detectors": ["env", "ecs"]},
            "batch": {"timeout": "5s", "send_batch_size": 50},
        },
        "exporters": {"awsxray": {"region": region, "indexed_attributes": ["otel.resource.deployment.environment.name"]}},
        "service": {"pipelines": {"traces": pipeline}, "telemetry": {"metrics": {"level": "none"}}},
    }
    return json.dumps(known, sort_keys=True, separators=(",", ":"))
