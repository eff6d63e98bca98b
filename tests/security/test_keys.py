"""Keys: who may do what with them."""

import json
from typing import Any

import pytest

from components.core.documents import Grant
from components.core.offers import Statement
from components.security.keys import Key, KeyArgs, log_service
from plinth.engine.graph import Graph
from tests.harness import named, recorded

USER = Grant(
    principals={"Service": ("x.amazonaws.com",)},
    statement=Statement(actions=("kms:Decrypt",), resources=("*",), because="this key"),
)


def args(**changed: Any) -> KeyArgs:
    given: dict[str, Any] = {"purpose": "logs", "deletion_window_days": 7, "users": (USER,)}
    return KeyArgs(**given | changed)


def key(*, retain: bool = False) -> Graph:
    return recorded(
        lambda ctx: Key("logs-encryption", args(users=(log_service(ctx),)), ctx),
        retain=retain,
    )


@pytest.mark.parametrize("retain", [True, False])
def test_a_key_is_renewed_has_a_window_for_second_thoughts_and_an_alias(*, retain: bool) -> None:
    graph = key(retain=retain)
    made, alias = named(graph, "logs-encryption-key"), named(graph, "logs-encryption-alias")
    assert made.inputs["enableKeyRotation"] is True
    assert made.inputs["deletionWindowInDays"] == 7
    assert alias.inputs["name"] == "alias/plinth-test-logs-key"
    assert alias.inputs["targetKeyId"] == made.outputs["keyId"]
    assert (made.options.protect, made.options.retain_on_delete) == (retain, retain)
    assert graph.of_type(Key.TYPE)[0].outputs == {"key_arn": made.outputs["arn"]}


@pytest.mark.requirement(
    "SEC-12", part="the key for logs; those for data, storage, secrets and backup come with what they encrypt"
)
def test_its_policy_names_every_action_and_every_principal() -> None:
    text = named(key(), "logs-encryption-key").inputs["policy"]
    statements = {json.dumps(s["Principal"]): s for s in json.loads(text)["Statement"]}
    account, service = '{"AWS": ["arn:aws:iam::111111111111:root"]}', '{"Service": ["logs.us-east-1.amazonaws.com"]}'
    assert statements.keys() == {account, service}
    actions = {action for statement in statements.values() for action in statement["Action"]}
    assert all(action.startswith("kms:") and "*" not in action for action in actions)
    assert "kms:PutKeyPolicy" in statements[account]["Action"]
    assert not {"kms:Decrypt", "kms:Encrypt", "kms:CreateGrant"} & set(statements[account]["Action"])
    assert "Condition" not in statements[account]
    assert statements[service]["Action"] == [
        *("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyPair"),
        *("kms:GenerateDataKeyPairWithoutPlaintext", "kms:GenerateDataKeyWithoutPlaintext"),
        *("kms:ReEncryptFrom", "kms:ReEncryptTo"),
    ]
    groups = "arn:aws:logs:us-east-1:111111111111:log-group:plinth-test-*"
    assert statements[service]["Condition"] == {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}}


def test_bad_arguments_are_refused_all_at_once() -> None:
    with pytest.raises(ValueError, match=r"KeyArgs: ") as caught:
        args(purpose="All Logs", deletion_window_days=6, users=())
    for expected in ("purpose: 'All Logs'", "deletion_window_days: 6 is not possible; 7 to 30", "users: none given"):
        assert expected in str(caught.value)


@pytest.mark.parametrize("days", [6, 31])
def test_a_window_that_aws_does_not_know_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match="7 to 30"):
        args(deletion_window_days=days)
