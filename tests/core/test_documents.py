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
    MANAGED_LIMIT,
    ROLE_LIMIT,
    Grant,
    Refusal,
    identity_policy,
    packed,
    resource_policy,
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


def test_a_document_of_exactly_the_limit_is_accepted_and_one_character_more_is_refused() -> None:
    def sized(length: int) -> str:
        empty = len(text(identity_policy([Statement(actions=("s3:GetObject",), resources=("",))])))
        return text(identity_policy([Statement(actions=("s3:GetObject",), resources=("x" * (length - empty),))]))

    assert len(sized(ROLE_LIMIT)) == ROLE_LIMIT
    with pytest.raises(ValueError, match="a policy of 10,241 characters is too long; at most 10,240"):
        sized(ROLE_LIMIT + 1)


def test_a_refusal_refuses_all_but_what_it_names_while_its_conditions_hold() -> None:
    refusal = Refusal(but=("sts:GetSessionToken", "iam:GetUser"), conditions={"BoolIfExists": {"aws:X": "false"}})
    whole = text(identity_policy([Statement(actions=("iam:GetUser",), resources=("*",), because="a test")], refusals=[refusal]))
    (refused,) = [statement for statement in json.loads(whole)["Statement"] if statement["Effect"] == "Deny"]
    assert refused == {
        "Effect": "Deny",
        "NotAction": ["iam:GetUser", "sts:GetSessionToken"],
        "Resource": ["*"],
        "Condition": {"BoolIfExists": {"aws:X": "false"}},
    }


def test_a_refusal_in_a_resources_own_policy_is_of_everybody() -> None:
    refusal = Refusal(actions=("s3:PutObject", "s3:GetObject"), conditions={"Bool": {"aws:SecureTransport": "false"}})
    (refused,) = json.loads(text(resource_policy((), limit=ENDPOINT_LIMIT, refusals=[refusal])))["Statement"]
    assert refused == {
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:GetObject", "s3:PutObject"],
        "Resource": ["*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def test_a_refusal_can_wait_for_a_value_that_is_not_known_yet() -> None:
    def refusal(door: pulumi.Input[str]) -> Refusal:
        return Refusal(actions=("s3:GetObject",), conditions={"ArnNotEquals": {"aws:B": ("y", door), "aws:A": "z"}})

    def build(_: object) -> None:
        document = resource_policy([], limit=ENDPOINT_LIMIT, refusals=[refusal(Output.from_input("x"))])
        assert isinstance(document, Output)
        pulumi.export("document", document)

    known = text(resource_policy([], limit=ENDPOINT_LIMIT, refusals=[refusal("x")]))
    assert recorded(build).outputs["document"] == known
    assert json.loads(known)["Statement"][0]["Condition"] == {"ArnNotEquals": {"aws:A": "z", "aws:B": ["x", "y"]}}


@pytest.mark.parametrize("given", [{}, {"actions": ("a:B",), "but": ("a:C",)}])
def test_a_refusal_names_either_what_is_refused_or_what_is_not(given: Any) -> None:
    with pytest.raises(ValueError, match="names the actions that are refused, or those that are not"):
        Refusal(conditions={}, **given)


def test_one_of_several_values_of_a_condition_must_match() -> None:
    several = {"StringEquals": {"kms:ViaService": ("sqs.r.amazonaws.com", "rds.r.amazonaws.com", "sqs.r.amazonaws.com")}}
    document = text(identity_policy([Statement(actions=("kms:Decrypt",), resources=("k",), conditions=several)]))
    (written,) = json.loads(document)["Statement"]
    assert written["Condition"] == {"StringEquals": {"kms:ViaService": ["rds.r.amazonaws.com", "sqs.r.amazonaws.com"]}}


def test_statements_with_names_stand_apart_though_they_allow_the_same() -> None:
    twice = [Statement(actions=("kms:Decrypt",), resources=("k",), sid=name) for name in ("One", "Two", "One")]
    written = json.loads(text(identity_policy(twice)))["Statement"]
    assert [statement["Sid"] for statement in written] == ["One", "Two"]


# Documents in parts

LONG = st.builds(
    statement,
    st.lists(st.integers(0, 400).map(lambda n: f"s3:Action{n:03}"), min_size=1, max_size=30),
    st.lists(st.integers(0, 400).map(lambda n: f"arn:aws:s3:::bucket-{n:03}/*"), min_size=1, max_size=60),
    CONDITIONS,
)


def whole(statements: Sequence[Statement]) -> set[tuple[str, str, str]]:
    return rights([(one.actions, one.resources, one.conditions) for one in statements])


@given(st.lists(LONG, max_size=12), st.integers(700, 4_000))
def test_parts_grant_together_what_the_whole_grants_and_each_fits(statements: list[Statement], limit: int) -> None:
    parts = packed(statements, limit)
    assert whole([one for part in parts for one in part]) == whole(statements)
    assert all(len(text(identity_policy(part, limit=limit)).encode()) <= limit for part in parts)
    assert all(parts)


@given(st.lists(LONG, max_size=8).flatmap(lambda many: st.tuples(st.just(many), st.permutations(many))))
def test_the_parts_follow_from_the_statements_not_from_their_order(both: tuple[list[Statement], list[Statement]]) -> None:
    statements, shuffled = both
    parts = [identity_policy(part) for part in packed(statements, 2_000)]
    assert parts == [identity_policy(part) for part in packed([*shuffled, *statements], 2_000)]


def test_as_many_parts_as_needed_and_no_more() -> None:
    one = Statement(actions=("s3:GetObject",), resources=(f"arn:aws:s3:::{'x' * 2_900}",))
    two = Statement(actions=("s3:GetObject",), resources=(f"arn:aws:s3:::{'y' * 2_900}",))
    assert packed((), MANAGED_LIMIT) == ()
    assert len(packed((one, two), MANAGED_LIMIT)) == 1
    assert len(packed((one, two), 5_900)) == 2


def test_one_resource_that_is_too_long_by_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="s3:GetObject on one resource is too long for a policy of 1,000 characters"):
        packed([Statement(actions=("s3:GetObject",), resources=("x" * 1_000,))], 1_000)


def test_a_value_that_is_not_known_yet_takes_two_hundred_characters() -> None:
    def build(_: object) -> None:
        later = [Statement(actions=("s3:GetObject",), resources=(Output.from_input(f"{n}"),), sid=f"N{n}") for n in range(4)]
        pulumi.export("parts", [len(part) for part in packed(later, 600)])

    assert recorded(build).outputs["parts"] == [2, 2]
