"""Policy documents: what goes in is what is allowed, whatever its order, and nothing else."""

import json
from collections.abc import Sequence
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi import Output

from components.core.documents import (
    ENDPOINT_LIMIT,
    ROLE_LIMIT,
    TRUST_LIMIT,
    Grant,
    Refusal,
    identity_policy,
    resource_policy,
    service_trust,
)
from components.core.offers import Statement
from tests.harness import recorded

ACTIONS = st.lists(st.sampled_from(["s3:GetObject", "s3:PutObject", "sqs:SendMessage", "kms:Decrypt"]), min_size=1, max_size=5)
RESOURCES = st.lists(st.sampled_from([f"arn:aws:s3:::bucket-{name}/*" for name in "abc"]), min_size=1, max_size=4)
CONDITIONS = st.dictionaries(
    st.sampled_from(["StringEquals", "ArnLike"]),
    st.dictionaries(st.sampled_from(["aws:SourceAccount", "aws:PrincipalAccount"]), st.sampled_from(["1", "2"]), min_size=1),
    max_size=2,
)


def statement(actions: list[str], resources: list[str], conditions: dict[str, dict[str, str]]) -> Statement:
    return Statement(actions=tuple(actions), resources=tuple(resources), conditions=conditions)


STATEMENTS = st.lists(st.builds(statement, ACTIONS, RESOURCES, CONDITIONS), min_size=1, max_size=5)


def rights(statements: Sequence[tuple[Sequence[str], Sequence[Any], Any]]) -> set[tuple[str, str, str]]:
    """Each action on each resource under each set of conditions."""
    return {
        (action, resource, json.dumps(conditions, sort_keys=True))
        for actions, resources, conditions in statements
        for action in actions
        for resource in resources
    }


def text(document: pulumi.Input[str]) -> str:
    assert isinstance(document, str)
    return document


@given(STATEMENTS)
def test_a_document_gives_exactly_the_rights_of_its_statements(statements: list[Statement]) -> None:
    body = json.loads(text(identity_policy(statements)))
    assert body["Version"] == "2012-10-17"
    written = [(s["Action"], s["Resource"], s.get("Condition", {})) for s in body["Statement"]]
    assert rights(written) == rights([(s.actions, s.resources, s.conditions) for s in statements])
    assert {s["Effect"] for s in body["Statement"]} == {"Allow"}


@given(STATEMENTS.flatmap(lambda statements: st.tuples(st.just(statements), st.permutations(statements))))
def test_neither_order_nor_repetition_of_statements_changes_the_text(both: tuple[list[Statement], list[Statement]]) -> None:
    statements, shuffled = both
    assert identity_policy(statements) == identity_policy([*shuffled, *statements])


@given(STATEMENTS)
def test_actions_and_resources_are_sorted_lists_without_repetition(statements: list[Statement]) -> None:
    for written in json.loads(text(identity_policy(statements)))["Statement"]:
        assert written["Action"] == sorted(set(written["Action"]))
        assert written["Resource"] == sorted(set(written["Resource"]))


def test_one_statement_in_full() -> None:
    one = Statement(
        actions=("logs:PutLogEvents", "logs:CreateLogStream"),
        resources=("arn:aws:logs:eu-west-1:1:log-group:x",),
        conditions={"StringEquals": {"aws:SourceAccount": "1"}},
    )
    assert identity_policy([one]) == (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],'
        '"Resource":["arn:aws:logs:eu-west-1:1:log-group:x"],"Condition":{"StringEquals":{"aws:SourceAccount":"1"}}}]}'
    )


def test_what_is_not_known_yet_makes_an_output_of_the_same_form() -> None:
    def build(_: object) -> None:
        conditions = {"StringEquals": {"aws:SourceArn": Output.from_input("c")}}
        later = Statement(actions=("sqs:SendMessage",), resources=("a", Output.from_input("b")), conditions=conditions)
        document = identity_policy([later, Statement(actions=("s3:GetObject",), resources=("d",))])
        assert isinstance(document, Output)
        pulumi.export("document", document)

    now = Statement(actions=("sqs:SendMessage",), resources=("a", "b"), conditions={"StringEquals": {"aws:SourceArn": "c"}})
    assert recorded(build).outputs["document"] == identity_policy([Statement(actions=("s3:GetObject",), resources=("d",)), now])


@pytest.mark.parametrize(
    ("principals", "written"),
    [
        ("*", "*"),
        ({"Service": ("b.amazonaws.com", "a.amazonaws.com")}, {"Service": ["a.amazonaws.com", "b.amazonaws.com"]}),
        ({"AWS": ("arn:aws:iam::1:root",)}, {"AWS": ["arn:aws:iam::1:root"]}),
    ],
)
def test_a_resources_own_policy_names_its_principals(principals: Any, written: Any) -> None:
    grant = Grant(principals=principals, statement=Statement(actions=("s3:GetObject",), resources=("d",)))
    (body,) = json.loads(text(resource_policy([grant], limit=ENDPOINT_LIMIT)))["Statement"]
    assert list(body) == ["Effect", "Principal", "Action", "Resource"]
    assert body["Principal"] == written


def test_a_service_is_trusted_for_one_account_and_its_resources_only() -> None:
    (body,) = json.loads(service_trust("x.amazonaws.com", account_id="1", source_arn="arn:aws:ec2:r:1:y/*"))["Statement"]
    assert body == {
        "Effect": "Allow",
        "Principal": {"Service": ["x.amazonaws.com"]},
        "Action": ["sts:AssumeRole"],
        "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:ec2:r:1:y/*"}, "StringEquals": {"aws:SourceAccount": "1"}},
    }


def test_a_document_of_exactly_the_limit_is_accepted_and_one_character_more_is_refused() -> None:
    def sized(length: int) -> str:
        empty = len(text(identity_policy([Statement(actions=("s3:GetObject",), resources=("",))])))
        return text(identity_policy([Statement(actions=("s3:GetObject",), resources=("x" * (length - empty),))]))

    assert len(sized(ROLE_LIMIT)) == ROLE_LIMIT
    with pytest.raises(ValueError, match="a policy of 10,241 characters is too long; at most 10,240"):
        sized(ROLE_LIMIT + 1)


def test_a_trust_policy_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 2,048"):
        service_trust("x.amazonaws.com", account_id="1", source_arn="arn:" + "x" * TRUST_LIMIT)


def test_a_refusal_refuses_all_but_what_it_names_while_its_conditions_hold() -> None:
    refusal = Refusal(but=("sts:GetSessionToken", "iam:GetUser"), conditions={"BoolIfExists": {"aws:X": "false"}})
    text = identity_policy([Statement(actions=("iam:GetUser",), resources=("*",), because="a test")], refusals=[refusal])
    assert isinstance(text, str)
    (refused,) = [statement for statement in json.loads(text)["Statement"] if statement["Effect"] == "Deny"]
    assert refused == {
        "Effect": "Deny",
        "NotAction": ["iam:GetUser", "sts:GetSessionToken"],
        "Resource": ["*"],
        "Condition": {"BoolIfExists": {"aws:X": "false"}},
    }
