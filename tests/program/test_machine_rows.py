"""The rows of services on machines, over the three stacks."""

import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from components.core.tagging import REQUIRED
from plinth.engine.graph import Graph, Resource
from stack.config.document import KeyPath
from tests.harness import PLANTED, STACKS, configs, graphs, named, of_kind
from tests.program.switched import ONE_QUICKLY, planned

EVERY_STACK = pytest.mark.parametrize("stack", STACKS)
CONFIGS = configs()
SERVICES = ("bot-api", "bot-runner", "websocket")
PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBzVdnHbT0Jt ann"
KEY: KeyPath = ("plinth:machines", "sshPublicKey")


def fleets(graph: Graph) -> Mapping[str, Resource]:
    """The Auto Scaling group of each service on machines."""
    groups = {group.name.removeprefix("fleet-").removesuffix("-group"): group for group in of_kind(graph, "Group")}
    return {name: group for name, group in groups.items() if group.type == "aws:autoscaling/group:Group"}


def templates(graph: Graph) -> Mapping[str, Resource]:
    found = of_kind(graph, "LaunchTemplate")
    return {template.name.removeprefix("fleet-").removesuffix("-template"): template for template in found}


def scripts(graph: Graph) -> dict[str, str]:
    """What the machines of each service do at their first start."""
    return {name: base64.b64decode(one.inputs["userData"]).decode() for name, one in templates(graph).items()}


def policies(graph: Graph, service: str) -> list[Mapping[str, Any]]:
    of_it = f"fleet-{service}"
    found = graph.of_type("aws:autoscaling/policy:Policy")
    return [policy.inputs for policy in found if graph.resources[policy.parent].name == of_it]


@EVERY_STACK
@pytest.mark.requirement("CMP-01")
def test_the_bot_runner_is_one_machine_that_nobody_connects_to(stack: str) -> None:
    graph = graphs()[stack]
    inputs = fleets(graph)["bot-runner"].inputs
    assert (inputs["minSize"], inputs["maxSize"]) == (1, 1)
    group = named(graph, "firewall-service-bot-runner").outputs["id"]
    inbound = [rule for rule in of_kind(graph, "SecurityGroupIngressRule") if rule.inputs["securityGroupId"] == group]
    assert inbound == []
    assert "--publish" not in scripts(graph)["bot-runner"]
    tags = {tag["key"]: tag["value"] for tag in inputs["tags"]}
    assert tags["schedule"] == "always-on"
    expected = "t3.micro" if stack == "dev" else "t3.small"
    assert templates(graph)["bot-runner"].inputs["instanceType"] == expected


@EVERY_STACK
@pytest.mark.parametrize(
    "service",
    [
        pytest.param("bot-api", marks=pytest.mark.requirement("CMP-02")),
        pytest.param("websocket", marks=pytest.mark.requirement("CMP-03")),
    ],
)
def test_what_answers_on_machines_stands_behind_the_load_balancer_whose_checks_count(service: str, stack: str) -> None:
    graph = graphs()[stack]
    inputs, target = fleets(graph)[service].inputs, named(graph, f"route-{service}-blue")
    assert (inputs["targetGroupArns"], inputs["healthCheckType"]) == ([target.outputs["arn"]], "ELB")
    assert target.inputs["healthCheck"]["path"] == {"bot-api": "/health/", "websocket": "/health"}[service]
    assert target.inputs.get("stickiness", {}).get("enabled", False) is (service == "websocket")


@EVERY_STACK
@pytest.mark.requirement("CMP-04")
def test_each_service_on_machines_has_a_template_of_its_own_that_names_and_starts_it(stack: str) -> None:
    graph = graphs()[stack]
    assert templates(graph).keys() == set(SERVICES)
    key = named(graph, "storage-encryption-key").outputs["arn"]
    for service, template in templates(graph).items():
        inputs = template.inputs
        assert inputs["metadataOptions"]["httpTokens"] == "required"
        (device,) = inputs["blockDeviceMappings"]
        assert (device["ebs"]["encrypted"], device["ebs"]["volumeType"], device["ebs"]["kmsKeyId"]) == ("true", "gp3", key)
        assert inputs["monitoring"]["enabled"] is (stack == "prod")
        assert f"plinth-{service}.service" in scripts(graph)[service]
        assert "amazon-ssm-agent" in scripts(graph)[service]


@EVERY_STACK
@pytest.mark.requirement("CMP-05")
def test_every_service_but_the_bot_runner_scales_by_its_load_across_zones(stack: str) -> None:
    graph = graphs()[stack]
    for service, group in fleets(graph).items():
        kinds = [policy["policyType"] for policy in policies(graph, service)]
        assert ("TargetTrackingScaling" in kinds) is (service != "bot-runner"), service
        assert (f"fleet-{service}-by-cpu" in {one.name for one in graph.resources.values()}) is (service != "bot-runner")
        assert group.inputs["instanceRefresh"]["strategy"] == "Rolling"
        assert len(group.inputs["vpcZoneIdentifiers"]) == CONFIGS[stack].networking.workload_zones
    if stack == "prod":
        assert all(fleets(graph)[service].inputs["minSize"] >= 2 for service in ("bot-api", "websocket"))
        assert CONFIGS[stack].networking.workload_zones >= 2


@ONE_QUICKLY
@pytest.mark.requirement("CMP-06")
def test_a_key_pair_is_there_only_with_a_public_key_and_port_22_is_closed_either_way(stack: str, tmp_path: Path) -> None:
    closed, opened = graphs()[stack], planned(tmp_path, stack, {KEY: PUBLIC_KEY})
    assert not of_kind(closed, "KeyPair")
    assert not [one for one in templates(closed).values() if "keyName" in one.inputs]
    (pair,) = of_kind(opened, "KeyPair")
    assert {one.inputs["keyName"] for one in templates(opened).values()} == {pair.outputs["keyName"]}
    for graph in (closed, opened):
        for rule in of_kind(graph, "SecurityGroupIngressRule"):
            assert not rule.inputs["fromPort"] <= 22 <= rule.inputs["toPort"], rule.name


@EVERY_STACK
@pytest.mark.requirement("CMP-16", part="groups of machines")
def test_the_clock_changes_how_many_there_are_where_that_is_asked_for(stack: str) -> None:
    schedules = {one.name for one in graphs()[stack].of_type("aws:autoscaling/schedule:Schedule")}
    expected = {
        "dev": {f"fleet-{service}-{key}" for service in ("bot-api", "websocket") for key in ("start", "stop")},
        "staging": set[str](),
        "prod": {"fleet-bot-api-peak-0-7-any-any-1to5", "fleet-bot-api-peak-0-20-any-any-any"},
    }
    assert schedules == expected[stack]


@pytest.mark.requirement("CMP-20", part="groups of machines")
def test_in_dev_there_are_no_machines_out_of_hours_but_the_bot_runner() -> None:
    graph = graphs()["dev"]
    for service in ("bot-api", "websocket"):
        stop = named(graph, f"fleet-{service}-stop").inputs
        assert [stop[key] for key in ("minSize", "maxSize", "desiredCapacity")] == [0, 0, 0]
        assert (stop["recurrence"], stop["timeZone"]) == ("0 20 * * *", "UTC")
    for stack in ("staging", "prod"):
        assert not [one for one in of_kind(graphs()[stack], "Schedule") if one.name.endswith("-stop")]


@EVERY_STACK
@pytest.mark.requirement("CMP-21", part="groups of machines")
def test_groups_take_several_types_and_spot_where_the_stack_says_so(stack: str) -> None:
    for service, group in fleets(graphs()[stack]).items():
        mixed = group.inputs["mixedInstancesPolicy"]
        assert len(mixed["launchTemplate"]["overrides"]) == 2
        spot = stack == "dev" and service != "bot-runner"
        assert mixed["instancesDistribution"]["onDemandPercentageAboveBaseCapacity"] == (0 if spot else 100)


@EVERY_STACK
@pytest.mark.requirement("CMP-25")
def test_what_is_patched_is_what_every_template_is_tagged_with(stack: str) -> None:
    graph = graphs()[stack]
    (task,) = of_kind(graph, "MaintenanceWindowTask")
    assert task.inputs["taskArn"] == "AWS-RunPatchBaseline"
    (target,) = of_kind(graph, "MaintenanceWindowTarget")
    assert task.inputs["targets"] == [{"key": "WindowTargetIds", "values": [target.outputs["id"]]}]
    (asked,) = target.inputs["targets"]
    key, (value,) = asked["key"].removeprefix("tag:"), asked["values"]
    for template in templates(graph).values():
        tags = {one["resourceType"]: one["tags"] for one in template.inputs["tagSpecifications"]}
        assert tags["instance"][key] == value
    assert {one.inputs["patchGroup"] for one in of_kind(graph, "PatchGroup")} == {value}


@EVERY_STACK
@pytest.mark.requirement("SEC-01")
def test_each_template_wears_a_profile_of_its_own(stack: str) -> None:
    graph = graphs()[stack]
    worn = {service: one.inputs["iamInstanceProfile"]["arn"] for service, one in templates(graph).items()}
    assert worn == {service: named(graph, f"service-{service}-profile").outputs["arn"] for service in SERVICES}
    assert len({named(graph, f"service-{service}-profile").inputs["role"] for service in SERVICES}) == len(SERVICES)


@EVERY_STACK
@pytest.mark.requirement("OBS-17")
def test_events_of_scaling_of_machines_and_containers_are_recorded(stack: str) -> None:
    graph = graphs()[stack]
    sources = {
        source for rule in of_kind(graph, "EventRule") for source in json.loads(rule.inputs["eventPattern"]).get("source", ())
    }
    assert {"aws.autoscaling", "aws.ecs"} <= sources
    group = named(graph, "scaling-events-records").outputs["arn"]
    targets = [target for target in of_kind(graph, "EventTarget") if target.name.startswith("scaling-events-")]
    assert {target.inputs["arn"] for target in targets} == {group}


@EVERY_STACK
@pytest.mark.requirement("BST-07", part="what groups and templates launch")
def test_whatever_is_launched_carries_every_required_tag(stack: str) -> None:
    graph = graphs()[stack]
    for group in fleets(graph).values():
        assert set(REQUIRED) <= {tag["key"] for tag in group.inputs["tags"] if tag["propagateAtLaunch"]}
    for template in templates(graph).values():
        for one in template.inputs["tagSpecifications"]:
            assert set(REQUIRED) <= one["tags"].keys()
            assert one["tags"]["environment"] == stack


@EVERY_STACK
def test_no_script_of_a_machine_holds_a_secret(stack: str) -> None:
    for text in scripts(graphs()[stack]).values():
        assert PLANTED not in text
        assert "BEGIN" not in text
    assert "secretsmanager get-secret-value" in scripts(graphs()[stack])["bot-api"]
    assert "--env BOT_TOKEN \\" in scripts(graphs()[stack])["bot-runner"]


@EVERY_STACK
def test_every_script_passes_shellcheck(stack: str, tmp_path: Path) -> None:
    shellcheck = shutil.which("shellcheck", path=str(Path(sys.executable).parent))
    if shellcheck is None:
        pytest.skip("shellcheck is not installed here")
    for service, text in scripts(graphs()[stack]).items():
        file = tmp_path / f"{service}.sh"
        file.write_text(text)
        done = subprocess.run([shellcheck, str(file)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
