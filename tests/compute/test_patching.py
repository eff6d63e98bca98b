"""Patches, key pairs, and the record of scaling."""

import json
from typing import Any

import pytest

from components.compute.key_pair import MachineKey, MachineKeyArgs
from components.compute.patching import Patching, PatchingArgs
from components.compute.scaling_events import EVENTS, ScalingEvents, ScalingEventsArgs
from plinth.engine.graph import Graph
from tests.harness import named, of_kind, recorded

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


@pytest.mark.requirement("CMP-06", part="one key pair, of a public key")
def test_a_key_pair_is_made_of_a_public_key() -> None:
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBzVdnHbT0Jt ann"
    (pair,) = of_kind(recorded(lambda ctx: MachineKey("machine-key", MachineKeyArgs(public_key=key), ctx)), "KeyPair")
    assert pair.inputs["publicKey"] == key
    assert not {"keyName", "privateKey"} & pair.inputs.keys()


@pytest.mark.parametrize("text", ["", "-----BEGIN OPENSSH PRIVATE KEY-----", "ssh-dss AAAA"])
def test_what_is_no_public_key_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"^MachineKeyArgs: public_key: no public key; `ssh-ed25519` or `ssh-rsa`, then its text$"
    ):
        MachineKeyArgs(public_key=text)


# The record of scaling


def events(*sources: Any) -> ScalingEventsArgs:
    return ScalingEventsArgs(sources=sources, retention_days=30, key_arn="arn:aws:kms:us-east-1:111111111111:key/2")


@pytest.mark.requirement("OBS-17", part="a rule for each source of events, to a log group")
def test_every_source_has_a_rule_that_leads_to_the_log_group() -> None:
    graph = recorded(lambda ctx: ScalingEvents("scaling-events", events(*EVENTS), ctx))
    group = named(graph, "scaling-events-records")
    patterns = {json.loads(rule.inputs["eventPattern"])["source"][0] for rule in of_kind(graph, "EventRule")}
    assert patterns == {"aws.autoscaling", "aws.ecs", "aws.application-autoscaling"}
    assert {target.inputs["arn"] for target in of_kind(graph, "EventTarget")} == {group.outputs["arn"]}
    assert len(of_kind(graph, "EventTarget")) == 3
    policy = json.loads(named(graph, "scaling-events-policy").inputs["policyDocument"])
    (statement,) = policy["Statement"]
    assert statement["Resource"] == ["arn:aws:logs:us-east-1:111111111111:log-group:plinth-test-scaling-events:*"]
    assert statement["Condition"] == {
        "ArnLike": {"aws:SourceArn": "arn:aws:events:us-east-1:111111111111:rule/plinth-test-*"},
        "StringEquals": {"aws:SourceAccount": "111111111111"},
    }


def test_one_source_alone_has_one_rule() -> None:
    graph = recorded(lambda ctx: ScalingEvents("scaling-events", events("aws.ecs"), ctx))
    assert [rule.name for rule in of_kind(graph, "EventRule")] == ["scaling-events-ecs"]


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        ((), r"ScalingEventsArgs: sources: none given"),
        (("aws.ecs", "aws.ecs"), r"ScalingEventsArgs: sources: one is given twice"),
        (("aws.s3",), r"ScalingEventsArgs: sources: aws.s3 scales nothing"),
    ],
)
def test_what_does_not_scale_is_refused(sources: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        events(*sources)
