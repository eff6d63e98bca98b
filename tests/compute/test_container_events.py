"""The record of what happened to services."""

import json

import pytest

from components.compute.container_events import ContainerEvents, ContainerEventsArgs
from plinth.engine.graph import Graph
from tests.harness import named, recorded

CLUSTER = "plinth-test-containers-cluster"


def events() -> Graph:
    args = ContainerEventsArgs(cluster_name=CLUSTER, retention_days=7, key_arn="arn:aws:kms:x")
    return recorded(lambda ctx: ContainerEvents("container-events", args, ctx))


@pytest.mark.requirement("OBS-17", part="services on ECS")
def test_deployments_and_scaling_of_the_cluster_are_written_to_one_encrypted_group() -> None:
    graph = events()
    group = named(graph, "container-events-records")
    assert (group.inputs["name"], group.inputs["kmsKeyId"]) == ("plinth-test-containers-events", "arn:aws:kms:x")
    patterns = {
        key: json.loads(named(graph, f"container-events-{key}").inputs["eventPattern"]) for key in ("deployments", "scaling")
    }
    assert patterns["deployments"] == {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Deployment State Change", "ECS Service Action"],
        "resources": [{"prefix": f"arn:aws:ecs:us-east-1:111111111111:service/{CLUSTER}/"}],
    }
    assert patterns["scaling"]["source"] == ["aws.application-autoscaling"]
    assert patterns["scaling"]["detail"] == {"resourceId": [{"prefix": f"service/{CLUSTER}/"}]}
    for key in patterns:
        target = named(graph, f"container-events-{key}-records")
        assert target.inputs["arn"] == group.outputs["arn"]
        assert named(graph, "container-events-policy").urn in target.dependencies


def test_only_rules_of_the_stack_write_to_it() -> None:
    policy = named(events(), "container-events-policy")
    assert policy.inputs["policyName"] == "plinth-test-containers-events"
    (statement,) = json.loads(policy.inputs["policyDocument"])["Statement"]
    assert statement["Resource"] == ["arn:aws:logs:us-east-1:111111111111:log-group:plinth-test-containers-events:*"]
    assert statement["Condition"] == {"ArnLike": {"aws:SourceArn": "arn:aws:events:us-east-1:111111111111:rule/plinth-test-*"}}


def test_a_number_of_days_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match=r"ContainerEventsArgs: retention_days: 8 is not possible"):
        ContainerEventsArgs(cluster_name="x", retention_days=8, key_arn="x")  # type: ignore[arg-type]
