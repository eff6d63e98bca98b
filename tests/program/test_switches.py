"""Each switch of a stack file alone, and all of them off: the program plans, and nothing hangs on what is not there."""

from pathlib import Path
from typing import Any

import pytest

from plinth.engine.graph import Graph
from stack.config.document import KeyPath, format_path, read
from stack.config.reference import entries, find, keys_of
from tests.harness import ROOT, STACKS
from tests.program.switched import ADOPTED, ONE_QUICKLY, SWITCHES, TRACING, planned, turned_off, turned_on


def off(stack: str) -> dict[KeyPath, Any]:
    """Every switch off, and every list and every map of free names empty that may be."""
    document = read(ROOT, stack, "plinth")
    paths = [entry.path for entry in entries()]
    lists = [path for path in paths if isinstance(document.at(path), list) and "minItems" not in (find(path) or {})]
    maps = [path for path in paths if isinstance(document.at(path), dict) and not keys_of(path)]
    values: dict[KeyPath, Any] = dict.fromkeys(SWITCHES, False)
    values |= {path: list[Any]() for path in lists}
    values |= {path: dict[str, Any]() for path in maps}
    return values


def hanging(graph: Graph) -> list[str]:
    """Every reference to a resource that is not in the graph, with who makes it."""
    return [
        f"{resource.name} -> {urn}"
        for resource in graph.resources.values()
        for urn in (
            *filter(None, (resource.parent, resource.provider)),
            *resource.dependencies,
            *(urn for urns in resource.property_dependencies.values() for urn in urns),
        )
        if urn not in graph.resources
    ]


def _asked(graph: Graph) -> set[str]:
    """The keys of the stack file that something was asked for by: a component, or the collector of traces within tasks."""
    found = {str(resource.inputs["configKey"]) for resource in graph.resources.values() if "configKey" in resource.inputs}
    tasks = graph.of_type("aws:ecs/taskDefinition:TaskDefinition")
    traced = any('"name":"collector"' in str(task.inputs["containerDefinitions"]) for task in tasks)
    return found | ({format_path(TRACING[:-1])} if traced else set())


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("switch", SWITCHES, ids=format_path)
def test_each_switch_can_be_turned_alone(switch: KeyPath, stack: str, tmp_path: Path) -> None:
    turned = not read(ROOT, stack, "plinth").at(switch)
    graph = planned(tmp_path, stack, turned_on(switch) if turned else turned_off(stack, switch))
    assert hanging(graph) == []
    asked = [key for key in _asked(graph) if key.startswith(format_path(switch[:-1]))]
    assert bool(asked) is (turned and switch != ADOPTED), "the switch decides whether its component is there"


@ONE_QUICKLY
def test_all_switches_can_be_off(stack: str, tmp_path: Path) -> None:
    graph = planned(tmp_path, stack, off(stack))
    assert hanging(graph) == []
    made = {resource.name for resource in graph.resources.values() if not resource.custom and resource.type.startswith("plinth:")}
    assert made == {"logs-encryption", "network", "firewall"}


@pytest.mark.parametrize("adopted", [True, False], ids=["adopted", "own"])
def test_all_switches_can_be_on(*, adopted: bool, tmp_path: Path) -> None:
    switches = [switch for switch in SWITCHES if adopted or switch != ADOPTED]
    graph = planned(tmp_path, "dev", turned_on(*switches))
    assert hanging(graph) == []
    asked = _asked(graph)
    displaced = {"plinth:networking.adopted", "plinth:networking.accessLists"} if adopted else set[str]()
    turned = {format_path(switch[:-1]) for switch in switches}
    assert {key for key in turned if not any(other.startswith(key) for other in asked)} == displaced


def test_a_system_outside_that_is_called_like_a_service_takes_none_of_its_connections(tmp_path: Path) -> None:
    role = {"issuer": "gitlab.com", "audience": "aws", "subject": "a", "access": [{"to": "log-group.flow-logs", "as": "read"}]}
    graph = planned(tmp_path, "dev", {("plinth:identity", "outside"): {"booking": role}})
    pair = {"firewall-service-booking-to-postgres-tcp-5432-in", "firewall-service-booking-to-postgres-tcp-5432-out"}
    assert pair <= {resource.name for resource in graph.resources.values()}


def test_a_reference_to_what_is_not_there_is_noticed(tmp_path: Path) -> None:
    graph = planned(tmp_path, "dev", {})
    without = {urn: resource for urn, resource in graph.resources.items() if resource.name != "network-vpc"}
    assert hanging(Graph(project="plinth", stack="dev", resources=without, outputs={}))
