"""Keys: who may do what with them."""

import json
from typing import Any

import pytest

from components.core.context import Context
from components.core.documents import Grant
from components.core.offers import Statement
from components.security.keys import (
    Key,
    KeyArgs,
    KeyUser,
    account_directly,
    account_through,
    auto_scaling,
    log_service,
    roles_directly,
    service_directly,
)
from plinth.engine.graph import Graph
from tests.harness import named, recorded

ACCOUNT = '{"AWS": ["arn:aws:iam::111111111111:root"]}'


def user(_: Context) -> Grant:
    return Grant(
        principals={"Service": ("x.amazonaws.com",)},
        statement=Statement(actions=("kms:Decrypt",), resources=("*",), because="this key"),
    )


def args(**changed: Any) -> KeyArgs:
    given: dict[str, Any] = {"purpose": "logs", "deletion_window_days": 7, "users": (user,)}
    return KeyArgs(**given | changed)


def key(*users: KeyUser, retain: bool = False, **changed: Any) -> Graph:
    return recorded(lambda ctx: Key("logs-encryption", args(users=users or (log_service,), **changed), ctx), retain=retain)


def policy(graph: Graph, name: str = "logs-encryption-key") -> list[dict[str, Any]]:
    return json.loads(named(graph, name).inputs["policy"])["Statement"]


@pytest.mark.parametrize("retain", [True, False])
def test_a_key_is_renewed_has_a_window_for_second_thoughts_and_an_alias(*, retain: bool) -> None:
    graph = key(retain=retain)
    made, alias = named(graph, "logs-encryption-key"), named(graph, "logs-encryption-alias")
    assert made.inputs["enableKeyRotation"] is True
    assert made.inputs["deletionWindowInDays"] == 7
    assert alias.inputs["name"] == "alias/plinth-test-logs-key"
    assert alias.inputs["targetKeyId"] == made.outputs["keyId"]
    assert (made.options.protect, made.options.retain_on_delete) == (retain, retain)
    assert "multiRegion" not in made.inputs
    assert graph.of_type(Key.TYPE)[0].outputs == {"key_arn": made.outputs["arn"], "copy_arns": {}}


def test_its_policy_names_every_action_and_every_principal() -> None:
    statements = {json.dumps(s["Principal"]): s for s in policy(key())}
    account, service = ACCOUNT, '{"Service": ["logs.us-east-1.amazonaws.com"]}'
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
    group = "arn:aws:logs:us-east-1:111111111111:log-group:"
    groups = [f"{group}/aws/rds/instance/plinth-test-*", f"{group}plinth-test-*"]
    assert statements[service]["Condition"] == {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}}


def test_bad_arguments_are_refused_all_at_once() -> None:
    with pytest.raises(ValueError, match=r"KeyArgs: ") as caught:
        args(purpose="All Logs", deletion_window_days=6, users=(), copies={"Far Away": "us-west-2"})
    for expected in (
        "copies: 'Far Away'",
        "purpose: 'All Logs'",
        "deletion_window_days: 6 is not possible; 7 to 30",
        "users: none given",
    ):
        assert expected in str(caught.value)


def test_a_service_uses_a_key_for_whom_the_account_lets_and_hands_it_on_only_to_aws() -> None:
    users = [s for s in policy(key(*account_through("rds", "sqs"))) if "Condition" in s]
    services = ["rds.us-east-1.amazonaws.com", "sqs.us-east-1.amazonaws.com"]
    through = {"kms:CallerAccount": "111111111111", "kms:ViaService": services}
    hand_on, use = sorted(users, key=lambda s: len(s["Action"]))
    assert json.dumps(use["Principal"]) == json.dumps(hand_on["Principal"]) == ACCOUNT
    assert use["Condition"] == {"StringEquals": through}
    assert {"kms:Decrypt", "kms:GenerateDataKey"} <= set(use["Action"])
    assert hand_on["Action"] == ["kms:CreateGrant"]
    assert hand_on["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}, "StringEquals": through}


def test_a_key_can_be_used_without_a_service_by_the_account_or_by_roles_that_need_not_exist() -> None:
    role = "arn:aws:iam::111111111111:role/plinth-test-x"
    of_account, of_role = (account_directly("kms:Encrypt"), roles_directly(("kms:Decrypt",), (role,)))
    found = {s["Action"][0]: s for s in policy(key(of_account, of_role)) if "Condition" in s}
    assert found["kms:Encrypt"]["Condition"] == {
        "Null": {"kms:ViaService": "true"},
        "StringEquals": {"kms:CallerAccount": "111111111111"},
    }
    assert found["kms:Decrypt"]["Condition"] == {"ArnEquals": {"aws:PrincipalArn": [role]}, "Null": {"kms:ViaService": "true"}}
    assert {json.dumps(s["Principal"]) for s in found.values()} == {ACCOUNT}


@pytest.mark.parametrize("retain", [True, False])
def test_a_copy_stands_in_its_region_under_the_same_alias_with_a_policy_for_that_region(*, retain: bool) -> None:
    graph = key(*account_through("s3"), copies={"standby": "us-west-2", "vault": "eu-west-1"}, retain=retain)
    made, copy, alias = (named(graph, f"logs-encryption-{part}") for part in ("key", "standby", "standby-alias"))
    assert (made.inputs["multiRegion"], made.inputs["region"]) == (True, "us-east-1")
    assert (copy.inputs["primaryKeyArn"], copy.inputs["region"]) == (made.outputs["arn"], "us-west-2")
    assert copy.inputs["deletionWindowInDays"] == 7
    assert (copy.options.protect, copy.options.retain_on_delete) == (retain, retain)
    assert (alias.inputs["name"], alias.inputs["region"]) == ("alias/plinth-test-logs-key", "us-west-2")
    assert alias.inputs["targetKeyId"] == copy.outputs["keyId"]
    via = {json.dumps(s["Condition"]["StringEquals"]) for s in policy(graph, copy.name) if "Condition" in s}
    assert via == {'{"kms:CallerAccount": "111111111111", "kms:ViaService": ["s3.us-west-2.amazonaws.com"]}'}
    (administration,) = [s for s in policy(graph) if "Condition" not in s]
    assert {"kms:ReplicateKey", "kms:UpdatePrimaryRegion"} <= set(administration["Action"])
    assert graph.of_type(Key.TYPE)[0].outputs["copy_arns"] == {
        label: named(graph, f"logs-encryption-{label}").outputs["arn"] for label in ("standby", "vault")
    }


@pytest.mark.parametrize("days", [6, 31])
def test_a_window_that_aws_does_not_know_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match="7 to 30"):
        args(deletion_window_days=days)


def test_auto_scaling_may_hand_a_key_of_volumes_on_though_no_policy_of_the_account_lets_it() -> None:
    graph = key(*auto_scaling())
    statements = json.loads(named(graph, "logs-encryption-key").inputs["policy"])["Statement"]
    role = "arn:aws:iam::111111111111:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    use, hand_on = sorted(
        (one for one in statements if one["Principal"] == "*"), key=lambda one: "kms:CreateGrant" in one["Action"]
    )
    for one in (use, hand_on):
        assert one["Condition"]["ArnEquals"] == {"aws:PrincipalArn": role}
        assert one["Condition"]["StringEquals"] == {"kms:CallerAccount": "111111111111"}
    assert "kms:Decrypt" in use["Action"]
    assert (hand_on["Action"], hand_on["Condition"]["Bool"]) == (["kms:CreateGrant"], {"kms:GrantIsForAWSResource": "true"})


def test_a_service_that_acts_by_itself_uses_a_key_for_this_account_alone() -> None:
    statements = policy(key(service_directly("events.rds.amazonaws.com", "kms:Decrypt")))
    (found,) = [one for one in statements if one["Principal"] == {"Service": ["events.rds.amazonaws.com"]}]
    assert found["Condition"] == {"StringEquals": {"aws:SourceAccount": "111111111111"}}
    assert found["Action"] == ["kms:Decrypt"]
