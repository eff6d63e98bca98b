"""What services are told by the platform: where others are, by names that they can look up, in variables that are its own."""

import base64
import re
from pathlib import Path
from typing import Any

import pytest

from stack.config.document import KeyPath
from stack.config.told import variables
from tests.harness import graphs, named
from tests.program.switched import planned
from tests.program.test_container_rows import CONFIGS, EVERY_STACK, containers, on_ecs, said, service


@EVERY_STACK
@pytest.mark.requirement("NET-14", part="services on ECS; nothing on machines calls another service")
def test_every_name_that_a_service_is_told_of_another_is_one_that_it_can_look_up(stack: str) -> None:
    """Who takes turns has no record in the private domain: only clients in the namespace know its alias."""
    graph = graphs()[stack]
    found = dict[str, str]()
    for name in on_ecs(stack):
        client = service(graph, name)["serviceConnectConfiguration"]
        clients = {
            one for one in on_ecs(stack) if service(graph, one)["serviceConnectConfiguration"]["namespace"] == client["namespace"]
        }
        aliases = {
            f"http://{alias['dnsName']}:{alias['port']}": one
            for one in clients
            for offered in service(graph, one)["serviceConnectConfiguration"]["services"]
            for alias in offered["clientAlias"]
        }
        for variable, value in said(graph, name).items():
            if variable.endswith("_URL"):
                assert client["enabled"] is True
                found[f"{name} {variable}"] = aliases[value]
    calls = {"graphql COLLECTION_URL": "collection", "graphql CATALOGUE_URL": "catalogue"}
    assert found == ({} if stack == "dev" else calls)


@EVERY_STACK
def test_the_rules_know_every_variable_that_the_platform_tells_a_service(stack: str) -> None:
    """What they do not know, an entry of the stack file could take without anybody being told."""
    graph = graphs()[stack]
    for name, wanted in on_ecs(stack).items():
        container = containers(graph, name)[name]
        told = {one["name"] for key in ("environment", "secrets") for one in container[key]}
        assert told - {*wanted.environment, *wanted.secrets} <= variables(CONFIGS[stack], name)
    for name, wanted in CONFIGS[stack].services.items():
        if wanted.runs_on == "ec2":
            script = base64.b64decode(named(graph, f"fleet-{name}-template").inputs["userData"]).decode()
            told = set(re.findall(r"--env '?([A-Z_0-9]+)", script))
            assert told - {*wanted.environment, *wanted.secrets} <= variables(CONFIGS[stack], name)
            assert "AWS_REGION" in told


@pytest.mark.requirement("CMP-24", part="the gateway finds the services that it asks")
def test_who_calls_others_starts_when_their_names_are_there() -> None:
    for stack in ("staging", "prod"):
        graph = graphs()[stack]
        after = named(graph, "tasks-graphql-service").dependencies
        assert {named(graph, f"tasks-{name}-service").urn for name in ("collection", "catalogue")} <= set(after)


def test_of_two_that_call_each_other_one_is_there_first(tmp_path: Path) -> None:
    """Aliases between containers, and the private domain for a machine that calls somebody who takes no turns."""
    access: dict[KeyPath, Any] = {
        ("plinth:services", caller, "access"): [{"to": f"service.{callee}", "as": "call"}]
        for caller, callee in (("collection", "catalogue"), ("catalogue", "collection"), ("websocket", "catalogue"))
    }
    graph = planned(tmp_path, "dev", access)
    pair = [named(graph, f"tasks-{name}-service") for name in ("collection", "catalogue")]
    assert sum(other.urn in one.dependencies for one in pair for other in pair) == 1
    assert said(graph, "catalogue")["COLLECTION_URL"] == "http://collection:8000"
    script = base64.b64decode(named(graph, "fleet-websocket-template").inputs["userData"]).decode()
    assert "CATALOGUE_URL=http://catalogue.dev.plinth.internal:50051" in script
    assert named(graph, "tasks-catalogue-name").inputs["name"] == "catalogue"
