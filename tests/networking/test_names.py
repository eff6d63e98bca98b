"""Names that lead to a load balancer, and to another one when it is not well."""

import re
from dataclasses import replace
from typing import Any

import pytest

from components.networking.names import Failover, PublicName, PublicNameArgs, Target
from plinth.changes.cascade import changes
from plinth.changes.facts import table
from plinth.changes.model import Kind
from plinth.engine.graph import Graph
from tests.harness import named, of_kind, recorded

HERE = Target(dns_name="home.elb.example.net", zone_id="Z35SXDOTRQ7X7K")
THERE = Target(dns_name="standby.elb.example.net", zone_id="Z1H1FL5HABSF5")
FAILOVER = Failover(secondary=THERE, steady="api-home.example.org", health_check_id="check-1")


def leading(failover: Failover | None = None) -> Graph:
    args = PublicNameArgs(host="api.example.org", zone_id="Z1", target=HERE, failover=failover)
    return recorded(lambda ctx: PublicName("api", args, ctx))


def alias(target: Target) -> list[dict[str, Any]]:
    return [{"name": target.dns_name, "zoneId": target.zone_id, "evaluateTargetHealth": True}]


@pytest.mark.requirement("EDG-02")
def test_a_name_leads_to_its_load_balancer_over_both_protocols() -> None:
    graph = leading()
    assert {record.name: record.inputs for record in of_kind(graph, "Record")} == {
        f"api-{kind.lower()}": {"zoneId": "Z1", "name": "api.example.org", "type": kind, "aliases": alias(HERE)}
        for kind in ("A", "AAAA")
    }
    assert graph.of_type(PublicName.TYPE)[0].outputs == {"host": "api.example.org"}


@pytest.mark.requirement("EDG-05", part="the pair of records")
def test_under_failover_the_same_name_has_a_first_and_a_second_target() -> None:
    graph = leading(FAILOVER)
    for kind in ("A", "AAAA"):
        first, second = named(graph, f"api-{kind.lower()}"), named(graph, f"api-secondary-{kind.lower()}")
        assert first.inputs["name"] == second.inputs["name"] == "api.example.org"
        assert [record.inputs["failoverRoutingPolicies"] for record in (first, second)] == [
            [{"type": "PRIMARY"}],
            [{"type": "SECONDARY"}],
        ]
        assert [record.inputs["setIdentifier"] for record in (first, second)] == ["primary", "secondary"]
        assert first.inputs["healthCheckId"] == "check-1"
        assert "healthCheckId" not in second.inputs
        assert (first.inputs["aliases"], second.inputs["aliases"]) == (alias(HERE), alias(THERE))
        assert first.urn in second.dependencies, "a name with a plain record takes no second one"


@pytest.mark.requirement("EDG-05", part="what is checked does not fail over")
def test_the_name_that_is_checked_leads_home_whatever_happens() -> None:
    graph = leading(FAILOVER)
    for kind in ("A", "AAAA"):
        steady = named(graph, f"api-steady-{kind.lower()}").inputs
        assert steady == {"zoneId": "Z1", "name": "api-home.example.org", "type": kind, "aliases": alias(HERE)}


def test_failover_keeps_the_records_that_were_there() -> None:
    assert {record.urn for record in of_kind(leading(), "Record")} < {
        record.urn for record in of_kind(leading(FAILOVER), "Record")
    }


@pytest.mark.requirement("EDG-05", part="it can be switched on and off")
@pytest.mark.parametrize("on", [True, False], ids=["on", "off"])
def test_switching_the_second_target_on_or_off_leaves_every_other_record_as_it_is(on: bool) -> None:
    alone, both = leading(replace(FAILOVER, secondary=None)), leading(FAILOVER)
    found = changes(*((alone, both) if on else (both, alone)), table())
    assert {change.resource.name: change.kind for change in found.changes if change.kind is not Kind.SAME} == {
        f"api-secondary-{kind}": Kind.CREATE if on else Kind.DELETE for kind in ("a", "aaaa")
    }


@pytest.mark.parametrize(
    ("host", "failover", "message"),
    [
        ("api", None, r"host: 'api' is no domain name"),
        (FAILOVER.steady, FAILOVER, r"failover\.steady: api-home\.example\.org is what fails over; another name"),
        (
            "api.example.org",
            Failover(secondary=THERE, steady="x", health_check_id="c"),
            r"failover\.steady: 'x' is no domain name",
        ),
    ],
)
def test_what_is_no_name_is_refused(host: str, failover: Failover | None, message: str) -> None:
    with pytest.raises(ValueError, match=r"PublicNameArgs: ") as caught:
        PublicNameArgs(host=host, zone_id="Z1", target=HERE, failover=failover)
    assert re.search(message, str(caught.value))
