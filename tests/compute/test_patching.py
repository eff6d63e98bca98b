"""The window in which machines are patched."""

import json
from typing import Any

import pytest

from components.compute.patching import Patching, PatchingArgs
from plinth.engine.graph import Graph
from tests.harness import named, recorded

GROUP = "plinth-test-machines-patches"


def args(**changed: Any) -> PatchingArgs:
    given: dict[str, Any] = {"tag": "PatchGroup", "patch_group": GROUP, "at": "0 4 * * 0", "timezone": "UTC", "hours": 3}
    return PatchingArgs(**given | changed)


def patching() -> Graph:
    return recorded(lambda ctx: Patching("patching", args(), ctx))


@pytest.mark.requirement("CMP-25", part="the window, its task, and whom it is for")
def test_a_weekly_window_runs_the_baseline_on_whatever_carries_the_tag() -> None:
    graph = patching()
    window = named(graph, "patching-window").inputs
    assert (window["schedule"], window["scheduleTimezone"]) == ("cron(0 4 ? * 1 *)", "UTC")
    assert (window["duration"], window["cutoff"]) == (3, 1)
    assert named(graph, "patching-targets").inputs["targets"] == [{"key": "tag:PatchGroup", "values": [GROUP]}]
    task = named(graph, "patching-task").inputs
    assert (task["taskArn"], task["taskType"]) == ("AWS-RunPatchBaseline", "RUN_COMMAND")
    assert (task["maxConcurrency"], task["maxErrors"]) == ("1", "0")
    parameters = task["taskInvocationParameters"]["runCommandParameters"]["parameters"]
    assert {one["name"]: one["values"] for one in parameters} == {"Operation": ["Install"], "RebootOption": ["RebootIfNeeded"]}


def test_the_baseline_belongs_to_the_group_and_lets_urgent_patches_through_at_once() -> None:
    graph = patching()
    baseline = named(graph, "patching-baseline")
    assert baseline.inputs["operatingSystem"] == "AMAZON_LINUX_2023"
    assert [rule["approveAfterDays"] for rule in baseline.inputs["approvalRules"]] == [0, 3]
    assert named(graph, "patching-group").inputs["patchGroup"] == GROUP
    assert named(graph, "patching-group").inputs["baselineId"] == baseline.outputs["id"]


def test_the_role_of_the_window_sends_one_document_to_machines_of_the_group() -> None:
    graph = patching()
    statements = {
        one["Sid"]: one for one in json.loads(named(graph, "patching-window-role-rights").inputs["policy"])["Statement"]
    }
    assert statements["Document"]["Resource"] == ["arn:aws:ssm:us-east-1::document/AWS-RunPatchBaseline"]
    assert statements["Machines"]["Condition"] == {"StringEquals": {"ssm:resourceTag/PatchGroup": GROUP}}
    assert statements["Machines"]["Action"] == ["ssm:SendCommand"]
    assert named(graph, "patching-task").inputs["serviceRoleArn"] == named(graph, "patching-window-role-role").outputs["arn"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"tag": "patch-group"}, r"PatchingArgs: tag: 'patch-group' is not what Patch Manager looks for"),
        ({"hours": 1}, r"PatchingArgs: hours: 1 is not possible; 2 to 24"),
        ({"at": "sunday"}, r"PatchingArgs: at: 'sunday' is no time"),
    ],
)
def test_what_is_no_window_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        args(**changed)
