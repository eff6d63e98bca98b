"""Queues: encrypted, private, each with its dead letters."""

import json
from dataclasses import replace
from typing import Any

import pytest

from components.core.context import Context
from components.core.documents import Grant
from components.core.offers import Statement
from components.data.queue import Queue, QueueArgs
from plinth.engine.graph import Graph
from tests.harness import named, of_kind, recorded

KEY = "arn:aws:kms:us-east-1:111111111111:key/11111111-2222-3333-4444-555555555555"
ARN = "arn:aws:sqs:us-east-1:111111111111:plinth-test-images-queue"
DEAD = "arn:aws:sqs:us-east-1:111111111111:plinth-test-images-dead-letters"
BUCKET = "arn:aws:s3:::plinth-test-uploads-111111111111"


def args(**changed: Any) -> QueueArgs:
    plain: dict[str, Any] = {
        "purpose": "images",
        "visibility_seconds": 360,
        "retention_days": 4,
        "receives": 5,
        "key_arn": KEY,
    }
    return QueueArgs(**{**plain, **changed})


def queue(*, retain: bool = False, **changed: Any) -> Graph:
    return recorded(lambda ctx: Queue("queue-images", args(**changed), ctx), retain=retain)


def statements(graph: Graph, name: str) -> list[dict[str, Any]]:
    return json.loads(named(graph, name).inputs["policy"])["Statement"]


@pytest.mark.requirement("DAT-31", part="redrive, dead letters and encryption of a queue")
def test_what_was_taken_in_vain_five_times_goes_to_the_dead_letters_of_this_queue_alone() -> None:
    graph = queue()
    main, dead = named(graph, "queue-images-queue"), named(graph, "queue-images-dead-letters")
    assert json.loads(main.inputs["redrivePolicy"]) == {"deadLetterTargetArn": DEAD, "maxReceiveCount": 5}
    assert dead.urn in main.dependencies
    assert "redrivePolicy" not in dead.inputs
    allowed = json.loads(named(graph, "queue-images-dead-letters-sources").inputs["redriveAllowPolicy"])
    assert allowed == {"redrivePermission": "byQueue", "sourceQueueArns": [ARN]}


def test_both_queues_are_encrypted_and_dead_letters_are_kept_longest() -> None:
    graph = queue()
    assert {one.inputs["kmsMasterKeyId"] for one in of_kind(graph, "Queue") if one.custom} == {KEY}
    kept = {one.inputs["name"]: one.inputs["messageRetentionSeconds"] for one in of_kind(graph, "Queue") if one.custom}
    assert kept == {"plinth-test-images-queue": 4 * 86400, "plinth-test-images-dead-letters": 14 * 86400}


def test_receivers_wait_for_messages_and_have_them_alone() -> None:
    inputs = named(queue(), "queue-images-queue").inputs
    assert (inputs["receiveWaitTimeSeconds"], inputs["visibilityTimeoutSeconds"]) == (20, 360)


@pytest.mark.parametrize(("name", "arn"), [("queue-images-policy", ARN), ("queue-images-dead-letters-policy", DEAD)])
def test_nobody_gets_in_in_plain_or_from_another_account(name: str, arn: str) -> None:
    denied = [one for one in statements(queue(), name) if one["Effect"] == "Deny"]
    assert {json.dumps(one["Condition"], sort_keys=True) for one in denied} == {
        json.dumps({"Bool": {"aws:SecureTransport": "false"}}),
        json.dumps(
            {
                "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                "StringNotEquals": {"aws:PrincipalAccount": "111111111111"},
            }
        ),
    }
    assert all((one["Principal"], one["Action"], one["Resource"]) == ("*", ["sqs:*"], [arn]) for one in denied)


def test_only_buckets_that_tell_it_let_s3_send_and_only_for_them() -> None:
    assert [one for one in statements(queue(), "queue-images-policy") if one["Effect"] == "Allow"] == []
    (sends,) = [one for one in statements(queue(bucket_arns=(BUCKET,)), "queue-images-policy") if one["Effect"] == "Allow"]
    assert (sends["Principal"], sends["Action"]) == ({"Service": ["s3.amazonaws.com"]}, ["sqs:SendMessage"])
    assert sends["Condition"] == {
        "ArnEquals": {"aws:SourceArn": [BUCKET]},
        "StringEquals": {"aws:SourceAccount": "111111111111"},
    }


@pytest.mark.parametrize("retain", [True, False])
def test_messages_are_kept_where_the_stack_retains_data(*, retain: bool) -> None:
    found = [one for one in of_kind(queue(retain=retain), "Queue") if one.custom]
    assert {(one.options.protect, one.options.retain_on_delete) for one in found} == {(retain, retain)}


@pytest.mark.requirement("DAT-31", part="the signal that an alarm on dead letters is made of")
def test_one_dead_letter_is_worth_an_alarm_and_so_is_one_that_nobody_takes() -> None:
    made: list[Queue] = []

    def build(ctx: Context) -> None:
        made.append(Queue("queue-images", args(), ctx))

    recorded(build)
    found = {(one.dimensions["QueueName"], one.metric): one.threshold for one in made[0].signals}
    assert found == {
        ("plinth-test-images-dead-letters", "ApproximateNumberOfMessagesVisible"): 0,
        ("plinth-test-images-queue", "ApproximateAgeOfOldestMessage"): 1800,
    }


def grant(number: int) -> Grant:
    return Grant(
        principals={"AWS": ("arn:aws:iam::111111111111:root",)},
        statement=Statement(sid=f"S{number}", actions=("sqs:SendMessage",), resources=(ARN,)),
    )


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"purpose": "Images"}, "purpose: 'Images' is no name"),
        ({"visibility_seconds": 43_201}, "visibility_seconds: 43201 is not possible; 1 to 43200"),
        ({"retention_days": 14}, "retention_days: 14 is not possible; 1 to 13"),
        ({"receives": 0}, "receives: 0 is not possible; 1 to 1000"),
        ({"grants": tuple(map(grant, range(19)))}, "grants: its policy would have 21 statements; at most 20"),
    ],
)
def test_what_is_impossible_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=r"QueueArgs: ") as refused:
        replace(args(), **changed)
    assert message in str(refused.value)
