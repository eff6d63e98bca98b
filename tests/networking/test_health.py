"""The check of a public endpoint."""

import re
from dataclasses import replace
from typing import Any

import pytest

from components.core.offers import Signal
from components.networking.health import HealthCheck, HealthCheckArgs
from tests.harness import named, recorded

ARGS = HealthCheckArgs(host="api.example.org", path="/health/", interval_seconds=30, failures=3)


@pytest.mark.requirement("EDG-04", part="the check itself")
def test_the_endpoint_is_asked_by_https_every_half_minute_and_fails_at_the_third_miss() -> None:
    graph = recorded(lambda ctx: HealthCheck("health", ARGS, ctx))
    check = named(graph, "health-check")
    assert {key: value for key, value in check.inputs.items() if key != "tags"} == {
        "type": "HTTPS",
        "fqdn": "api.example.org",
        "port": 443,
        "enableSni": True,
        "resourcePath": "/health/",
        "requestInterval": 30,
        "failureThreshold": 3,
        "measureLatency": True,
    }
    assert graph.of_type(HealthCheck.TYPE)[0].outputs == {"health_check_id": check.outputs["id"]}


def test_what_speaks_no_http_is_well_while_it_takes_connections() -> None:
    graph = recorded(lambda ctx: HealthCheck("health", replace(ARGS, path=None), ctx))
    inputs = named(graph, "health-check").inputs
    assert (inputs["type"], inputs["fqdn"], inputs["port"]) == ("TCP", "api.example.org", 443)
    assert inputs.keys().isdisjoint({"resourcePath", "enableSni"})


@pytest.mark.parametrize(("region", "alarm"), [("us-east-1", ""), ("eu-west-1", "us-east-1")])
@pytest.mark.requirement("EDG-04", part="the signal that its alarm is made of, in us-east-1")
def test_the_alarm_is_where_route_53_keeps_its_metrics(region: str, alarm: str) -> None:
    found: list[Signal] = []
    recorded(lambda ctx: found.extend(HealthCheck("health", ARGS, ctx.in_region(region)).signals))
    (signal,) = found
    assert (signal.namespace, signal.metric, signal.region) == ("AWS/Route53", "HealthCheckStatus", alarm)
    assert (signal.statistic, signal.threshold, signal.over, signal.period_seconds) == ("Minimum", 1, False, 60)
    assert signal.dimensions.keys() == {"HealthCheckId"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"host": "api"}, r"host: 'api' is no domain name"),
        ({"path": "health"}, r"path: 'health' is no path; it begins with a slash"),
        ({"interval_seconds": 20}, r"interval_seconds: 20; 10 or 30"),
        ({"failures": 0}, r"failures: 0; 1 to 10"),
        ({"failures": 11}, r"failures: 11; 1 to 10"),
    ],
)
def test_what_route_53_would_refuse_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=r"HealthCheckArgs: ") as caught:
        replace(ARGS, **change)
    assert re.search(message, str(caught.value))
