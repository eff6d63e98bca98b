"""The collector of traces beside a service."""

import json

import pytest

from components.compute.collector import collector, trace_statements, traced
from components.compute.task import Container
from components.core.tracing import COLLECTOR_PORT, VARIABLES
from tests.compute.test_task import containers, task

IMAGE = "public.ecr.aws/aws-observability/aws-otel-collector:v0.49.0"
SIDE = collector(IMAGE, "eu-west-1")


def test_the_task_outlives_its_collector_and_starts_after_it() -> None:
    found = containers(task(sidecars={"collector": SIDE}))
    assert found["collector"]["essential"] is False
    assert found["booking"]["essential"] is True
    assert found["booking"]["dependsOn"] == [{"containerName": "collector", "condition": "START"}]


def test_the_collector_is_no_superuser_listens_to_nobody_else_and_is_told_no_secret() -> None:
    made = containers(task(sidecars={"collector": SIDE}))["collector"]
    assert made["user"] not in {"", "0", "root"}
    assert "portMappings" not in made
    assert made["secrets"] == []
    (said,) = made["environment"]
    known = json.loads(said["value"])
    assert known["receivers"]["otlp"]["protocols"] == {"http": {"endpoint": f"127.0.0.1:{COLLECTOR_PORT}"}}
    assert known["service"]["telemetry"]["metrics"]["level"] == "none", "else it listens on 8888 for whoever asks"


def test_every_part_of_its_pipeline_is_set_up_and_every_part_that_is_set_up_is_in_it() -> None:
    assert SIDE.environment.keys() == {"AOT_CONFIG_CONTENT"}
    known = json.loads(SIDE.environment["AOT_CONFIG_CONTENT"])
    (pipeline,) = known["service"]["pipelines"].values()
    assert {part: set(pipeline[part]) for part in pipeline} == {
        part: set(known[part]) for part in ("receivers", "processors", "exporters")
    }
    assert pipeline["processors"][0] == "memory_limiter", "it refuses what comes in before anything is kept"
    assert known["exporters"]["awsxray"]["region"] == "eu-west-1"


@pytest.mark.parametrize(("percent", "ratio"), [(5, "0.05"), (100, "1"), (1, "0.01"), (7, "0.07")])
def test_the_service_is_told_where_to_send_traces_and_how_many(percent: int, ratio: str) -> None:
    said = traced("booking", "prod", percent)
    assert tuple(said) == VARIABLES
    assert said["OTEL_EXPORTER_OTLP_ENDPOINT"] == f"http://localhost:{COLLECTOR_PORT}"
    assert (said["OTEL_TRACES_SAMPLER"], said["OTEL_TRACES_SAMPLER_ARG"]) == ("parentbased_traceidratio", ratio)
    assert (said["OTEL_SERVICE_NAME"], said["OTEL_RESOURCE_ATTRIBUTES"]) == ("booking", "deployment.environment.name=prod")


def test_it_may_hand_traces_on_and_nothing_else() -> None:
    (statement,) = trace_statements()
    assert statement.actions == ("xray:PutTelemetryRecords", "xray:PutTraceSegments")
    assert statement.because


def test_a_sidecar_that_is_essential_ends_the_task_with_it() -> None:
    assert containers(task(sidecars={"pgbouncer": Container(image="x")}))["pgbouncer"]["essential"] is True
