"""The record of scaling."""

import json
from typing import Any

import pytest

from components.compute.scaling_events import EVENTS, ScalingEvents, ScalingEventsArgs
from tests.harness import named, of_kind, recorded


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
    found = {one["Action"][0]: one for one in policy["Statement"]}
    for one in found.values():
        assert one["Resource"] == ["arn:aws:logs:us-east-1:111111111111:log-group:plinth-test-scaling-events:*"]
    assert "Condition" not in found["logs:CreateLogStream"], "EventBridge says no source when it makes a stream"
    assert found["logs:PutLogEvents"]["Condition"] == {
        "ArnLike": {"aws:SourceArn": "arn:aws:events:us-east-1:111111111111:rule/plinth-test-*"},
        "StringEquals": {"aws:SourceAccount": "111111111111"},
    }


@pytest.mark.requirement("OBS-17", part="steps of services on ECS, where a trail of the account records management events")
def test_a_change_of_the_number_of_tasks_is_recorded_as_the_call_that_it_is() -> None:
    graph = recorded(lambda ctx: ScalingEvents("scaling-events", events("aws.ecs"), ctx))
    pattern = json.loads(named(graph, "scaling-events-ecs").inputs["eventPattern"])
    events_of_ecs, calls = pattern["$or"]
    assert events_of_ecs["resources"] == [{"prefix": "arn:aws:ecs:us-east-1:111111111111:service/plinth-test-"}]
    assert calls == {
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["UpdateService"],
            "userIdentity": {"invokedBy": ["ecs.application-autoscaling.amazonaws.com"]},
            "requestParameters": {"cluster": [{"prefix": "plinth-test-"}]},
        },
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
