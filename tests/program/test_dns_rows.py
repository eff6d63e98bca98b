"""The rows of public names, with a domain and without, for each of the three stacks."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pulumi import Output

from plinth.changes.cascade import changes
from plinth.changes.facts import table
from plinth.changes.model import Kind
from plinth.engine.graph import Graph
from stack import dns
from stack.config.dns import Dns
from stack.config.document import KeyPath
from stack.config.loader import Stack
from stack.config.public_names import certified, hosts
from tests.harness import STACKS, graphs, named, of_kind, recorded, stacks
from tests.program.switched import HEALTH_CHECKS, NAMES, ONE_QUICKLY, ZONE, planned, turned_on
from tests.program.test_switches import hanging

EVERY_STACK = pytest.mark.parametrize("stack", STACKS)
DOMAINS = {"dev": "dev.example.org", "staging": "staging.example.org", "prod": "example.org"}
SERVERS = ["ns-1.awsdns-01.org", "ns-2.awsdns-02.com", "ns-3.awsdns-03.net", "ns-4.awsdns-04.co.uk"]
CHECKS = {"enabled": True, "path": "/health/", "intervalSeconds": 30, "failures": 3}
STANDBY = {"target": "standby.elb.example.net", "targetZoneId": "Z1H1FL5HABSF5"}
PUBLIC_TYPES = ("aws:route53/", "aws:acm/")
DOMAIN: KeyPath = ("plinth:dns", "domain")
ADOPTED_ZONE: KeyPath = ("plinth:dns", "zone", "id")
DELEGATIONS: KeyPath = ("plinth:dns", "zone", "delegations")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalancer:
    """Stands where a load balancer does."""

    dns_name: Output[str]
    dns_zone_id: Output[str]
    arn_suffix: Output[str]


def planned_with(folder: Path, stack: str, *switches: KeyPath, **more: Any) -> Graph:
    """The graph of a stack with its domain and some switches on."""
    return planned(folder, stack, {**turned_on(*switches), DOMAIN: DOMAINS[stack], **more.get("changes", {})})


def loaded(stack: str, **section: object) -> Stack:
    """A stack with public names, health checks included, and with other parts of its section `dns`."""
    found = stacks()[stack]
    own: dict[str, Any] = json.loads(found.config.dns.model_dump_json(by_alias=True))
    own |= {"domain": DOMAINS[stack], "zone": {**own["zone"], "enabled": True}, "names": {**own["names"], "enabled": True}}
    own |= {"healthChecks": CHECKS}
    changed = Dns.model_validate_json(json.dumps(own | section))
    return replace(found, config=found.config.model_copy(update={"dns": changed}))


def leading(stack: Stack) -> Graph:
    """What leads to the load balancers of a stack."""

    def program(ctx: Any) -> None:
        balancers = {
            name: LoadBalancer(
                dns_name=Output.from_input(f"{name}.elb.example.net"),
                dns_zone_id=Output.from_input(f"ZONE{name.upper()}"),
                arn_suffix=Output.from_input(name),
            )
            for name in stack.config.load_balancers
        }
        dns.names(stack, ctx, dns.zone(stack, ctx), balancers)

    return recorded(program)


def public(graph: Graph) -> set[str]:
    return {resource.name for resource in graph.resources.values() if resource.type.startswith(PUBLIC_TYPES)}


def records(graph: Graph, kind: str) -> dict[str, Mapping[str, Any]]:
    return {record.name: record.inputs for record in of_kind(graph, "Record") if record.inputs["type"] == kind}


# Without a domain


@EVERY_STACK
@pytest.mark.requirement("EDG-01", part="without a domain")
def test_without_a_domain_there_is_nothing_public_and_the_program_still_runs(stack: str) -> None:
    assert public(graphs()[stack]) == set()
    assert graphs()[stack].outputs["dns"] == {"hosts": []}


# The zone, made and used


@ONE_QUICKLY
@pytest.mark.requirement("EDG-01", part="one zone a stack; making it is a switch of its own")
def test_a_zone_is_made_before_anything_uses_it(stack: str, tmp_path: Path) -> None:
    graph = planned_with(tmp_path, stack, ZONE)
    assert public(graph) == {"zone-zone"}, "a first deploy waits for no delegation"
    zone = named(graph, "zone-zone")
    assert zone.inputs["name"] == DOMAINS[stack]
    assert zone.options.protect is (stack == "prod")
    assert graph.outputs["dns"]["nameServers"] == zone.outputs["nameServers"], "what the zone above has to be told"


@pytest.mark.requirement("EDG-01")
@pytest.mark.requirement("BST-08", part="the parent zone is the owner's; others have zones of their own below it")
def test_prod_owns_the_parent_zone_and_delegates_to_those_of_the_others(tmp_path: Path) -> None:
    below = dict.fromkeys(("dev", "staging"), SERVERS)
    owner = planned_with(tmp_path, "prod", ZONE, changes={DELEGATIONS: below})
    delegated = records(owner, "NS")
    assert {name: (record["name"], record["records"]) for name, record in delegated.items()} == {
        f"zone-delegation-{stack}": (DOMAINS[stack], SERVERS) for stack in below
    }
    assert {record["zoneId"] for record in delegated.values()} == {named(owner, "zone-zone").outputs["zoneId"]}
    for stack in below:
        child = planned_with(tmp_path, stack, ZONE)
        assert [zone.inputs["name"] for zone in of_kind(child, "Zone") if zone.custom] == [DOMAINS[stack]]
        assert records(child, "NS") == {}


@ONE_QUICKLY
def test_a_zone_of_others_is_used_and_not_touched(stack: str, tmp_path: Path) -> None:
    graph = planned(tmp_path, stack, {DOMAIN: DOMAINS[stack], ADOPTED_ZONE: "Z0123456789", NAMES: True})
    assert hanging(graph) == []
    assert [zone for zone in of_kind(graph, "Zone") if zone.custom] == []
    assert {record["zoneId"] for record in records(graph, "CNAME").values()} == {"Z0123456789"}
    assert graph.outputs["dns"]["nameServers"] == []


# Certificates


@ONE_QUICKLY
@pytest.mark.requirement("EDG-06", part="names, records and validation; what is on the distribution comes with CloudFront")
def test_the_certificate_covers_site_and_api_and_shows_that_they_are_ours(stack: str, tmp_path: Path) -> None:
    graph = planned_with(tmp_path, stack, NAMES)
    assert hanging(graph) == []
    domain, home = DOMAINS[stack], named(graph, "certificate-home")
    assert set(home.inputs["subjectAlternativeNames"]) == {domain, f"www.{domain}", f"api.{domain}", f"stream.{domain}"}
    assert {record["name"] for record in records(graph, "CNAME").values()} == {
        option["resourceRecordName"] for option in home.outputs["domainValidationOptions"]
    }
    valid = named(graph, "certificate-home-validation").outputs["certificateArn"]
    assert graph.outputs["dns"]["certificateArns"]["us-east-1"] == valid


@pytest.mark.requirement("EDG-06", part="one in us-east-1, one for each extra region, no two in one region")
@pytest.mark.parametrize(
    ("home", "standby", "expected"),
    [
        ("us-east-1", "us-west-2", {"home": "us-east-1", "standby": "us-west-2"}),
        ("eu-west-1", "us-west-2", {"home": "eu-west-1", "standby": "us-west-2", "edge": "us-east-1"}),
        ("eu-west-1", "us-east-1", {"home": "eu-west-1", "standby": "us-east-1"}),
    ],
)
def test_there_is_a_certificate_wherever_one_is_needed_and_one_only(home: str, standby: str, expected: dict[str, str]) -> None:
    stack = loaded("prod")
    regions = stack.config.platform.regions.model_copy(update={"home": home, "standby": standby})
    platform = stack.config.platform.model_copy(update={"regions": regions})
    moved = replace(stack, config=stack.config.model_copy(update={"platform": platform}))

    def program(ctx: Any) -> None:
        there = ctx.in_region(home)
        dns.certificates(moved, there, dns.zone(moved, there))

    graph = recorded(program)
    made = {found.name: found.inputs["region"] for found in of_kind(graph, "Certificate") if found.custom}
    assert made == {f"certificate-{place}": region for place, region in expected.items()}
    validations = {found.name: found.inputs["region"] for found in of_kind(graph, "CertificateValidation")}
    assert validations == {f"{name}-validation": region for name, region in made.items()}


def test_staging_and_dev_have_no_certificate_where_they_have_nothing(tmp_path: Path) -> None:
    for stack in ("dev", "staging"):
        graph = planned_with(tmp_path, stack, NAMES)
        assert [found.name for found in of_kind(graph, "Certificate") if found.custom] == ["certificate-home"]


# What leads to the load balancer


@EVERY_STACK
@pytest.mark.requirement("NET-22", part="the one name of the API, wherever the load balancer is")
@pytest.mark.requirement("EDG-02", part="in every stack")
def test_one_name_leads_to_the_load_balancer_of_the_stack(stack: str) -> None:
    graph = leading(loaded(stack, healthChecks={**CHECKS, "enabled": False}))
    for kind in ("A", "AAAA"):
        assert {record["name"]: record["aliases"] for record in records(graph, kind).values()} == {
            f"{label}.{DOMAINS[stack]}": [
                {"name": f"{to}.elb.example.net", "zoneId": f"ZONE{to.upper()}", "evaluateTargetHealth": True}
            ]
            for label, to in {"api": "public", "stream": "stream"}.items()
        }


@pytest.mark.parametrize("stack", ["staging", "prod"])
@pytest.mark.requirement("EDG-04", part="the check of each public endpoint")
def test_the_public_endpoint_is_checked(stack: str, tmp_path: Path) -> None:
    graph = planned_with(tmp_path, stack, HEALTH_CHECKS)
    assert hanging(graph) == []
    checks = [found.inputs for found in of_kind(graph, "HealthCheck") if found.custom]
    assert {(check["type"], check["fqdn"], check.get("resourcePath")) for check in checks} == {
        ("HTTPS", f"api-home.{DOMAINS[stack]}", "/health/"),
        ("TCP", f"stream.{DOMAINS[stack]}", None),
    }
    assert {(check["port"], check["requestInterval"], check["failureThreshold"]) for check in checks} == {(443, 30, 3)}


@pytest.mark.parametrize("stack", ["staging", "prod"])
@pytest.mark.requirement("EDG-04", part="an alarm of each check, where its metric is; who is told comes with the topics")
def test_every_check_has_an_alarm_in_the_one_region_that_its_metric_is_in(stack: str, tmp_path: Path) -> None:
    graph = planned_with(tmp_path, stack, HEALTH_CHECKS)
    checks = {found.outputs["id"] for found in of_kind(graph, "HealthCheck") if found.custom}
    alarms = [one.inputs for one in of_kind(graph, "MetricAlarm") if one.inputs["namespace"] == "AWS/Route53"]
    assert {alarm["dimensions"]["HealthCheckId"] for alarm in alarms} == checks
    assert len(alarms) == len(checks) == 2
    assert {(alarm["metricName"], alarm["comparisonOperator"], alarm["threshold"], alarm["region"]) for alarm in alarms} == {
        ("HealthCheckStatus", "LessThanThreshold", 1, "us-east-1")
    }


@ONE_QUICKLY
@pytest.mark.requirement("OBS-14", part="of the certificates of public names; who is told comes with the topics")
def test_every_certificate_has_an_alarm_beside_it_thirty_days_before_it_ends(stack: str, tmp_path: Path) -> None:
    graph = planned_with(tmp_path, stack, NAMES)
    made = {(found.outputs["arn"], found.inputs["region"]) for found in of_kind(graph, "Certificate") if found.custom}
    alarms = [one.inputs for one in of_kind(graph, "MetricAlarm") if one.inputs["metricName"] == "DaysToExpiry"]
    assert {(alarm["dimensions"]["CertificateArn"], alarm["region"]) for alarm in alarms} == made
    assert len(alarms) == len(made) == (2 if stack == "prod" else 1)
    assert {(alarm["comparisonOperator"], alarm["threshold"]) for alarm in alarms} == {("LessThanThreshold", 30)}


@pytest.mark.requirement("EDG-05")
def test_prod_fails_over_to_its_standby() -> None:
    stack = loaded("prod", failover=STANDBY)
    graph = leading(stack)
    check = named(graph, "api-health-check")
    for kind in ("A", "AAAA"):
        pair = [record for record in records(graph, kind).values() if record["name"] == "api.example.org"]
        assert {record["setIdentifier"] for record in pair} == {"primary", "secondary"}
        by_part = {record["failoverRoutingPolicies"][0]["type"]: record for record in pair}
        assert by_part["PRIMARY"]["healthCheckId"] == check.outputs["id"]
        assert by_part["PRIMARY"]["aliases"][0]["name"] == "public.elb.example.net"
        assert by_part["SECONDARY"]["aliases"][0]["name"] == "standby.elb.example.net"
    assert check.inputs["fqdn"] == "api-home.example.org", "checked by its own name the standby would pass for it"
    assert "api-home.example.org" in {record["name"] for record in records(graph, "A").values()}
    assert hosts(stack.config) == ("api.example.org", "api-home.example.org")


@pytest.mark.requirement("EDG-05", part="it can be switched on and off")
@pytest.mark.parametrize("on", [True, False], ids=["on", "off"])
def test_switching_failover_on_or_off_creates_or_deletes_the_second_records_and_changes_nothing_else(on: bool) -> None:
    alone, both = leading(loaded("prod")), leading(loaded("prod", failover=STANDBY))
    found = changes(*((alone, both) if on else (both, alone)), table())
    assert {change.resource.name: change.kind for change in found.changes if change.kind is not Kind.SAME} == {
        f"api-secondary-{kind}": Kind.CREATE if on else Kind.DELETE for kind in ("a", "aaaa")
    }
    assert certified(loaded("prod").config) == certified(loaded("prod", failover=STANDBY).config)


def test_without_a_load_balancer_no_name_leads_anywhere() -> None:
    stack = loaded("dev")
    graph = recorded(lambda ctx: dns.names(stack, ctx, dns.zone(stack, ctx), {}))
    assert of_kind(graph, "Record") == []
