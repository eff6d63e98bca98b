"""From intent to rights: each entry makes its own statements, exact to the ARN, and nobody else's."""

import json
from collections.abc import Sequence
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi import Output

from components.core.access import Endpoint, Thing, endpoint_for, statements_for
from components.core.documents import identity_policy
from components.core.needs import Need
from components.core.offers import Ingress, Statement
from components.core.verbs import CAPABILITIES, Kind
from tests.core.test_verbs import ARNS
from tests.harness import recorded

POSTGRES = Endpoint(group="postgres", ingress=Ingress(port=5432, purpose="PostgreSQL"))
MEDIA = Thing(kind="bucket", arns=("arn:aws:s3:::media",), encrypted=True)


def statements(need: Need, thing: Thing) -> tuple[Statement, ...]:
    return statements_for(need, thing, region="r", account_id="1")


def written(found: Sequence[Statement]) -> list[dict[str, Any]]:
    document = identity_policy(found)
    assert isinstance(document, str)
    return json.loads(document)["Statement"]


def test_reading_a_secret_takes_the_secret_and_the_key_for_this_secret_alone() -> None:
    secret = Thing(kind="secret", arns=(ARNS["secret"],), encrypted=True)
    assert written(statements(Need(to="secret.google-oauth", verb="read"), secret)) == [
        {
            "Sid": "KeyReadSecretGoogleOauth",
            "Effect": "Allow",
            "Action": ["kms:Decrypt"],
            "Resource": ["arn:aws:kms:r:1:key/*"],
            "Condition": {
                "StringEquals": {"kms:ViaService": "secretsmanager.r.amazonaws.com"},
                "StringLike": {"kms:EncryptionContext:SecretARN": [ARNS["secret"]]},
            },
        },
        {
            "Sid": "ReadSecretGoogleOauth",
            "Effect": "Allow",
            "Action": ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
            "Resource": [ARNS["secret"]],
        },
    ]


def test_a_prefix_narrows_objects_and_what_is_decrypted_of_them() -> None:
    of_key, on_objects = written(statements(Need(to="bucket.media", verb="read", prefix="in/"), MEDIA))
    assert on_objects["Resource"] == ["arn:aws:s3:::media/in/*"]
    assert of_key["Condition"]["StringLike"] == {
        "kms:EncryptionContext:aws:s3:arn": ["arn:aws:s3:::media", "arn:aws:s3:::media/in/*"]
    }


def test_a_prefix_narrows_what_a_list_shows() -> None:
    (narrow,) = written(statements(Need(to="bucket.media", verb="list", prefix="in/"), MEDIA))
    assert (narrow["Resource"], narrow["Condition"]) == (["arn:aws:s3:::media"], {"StringLike": {"s3:prefix": ["in/*"]}})
    (whole,) = written(statements(Need(to="bucket.media", verb="list"), MEDIA))
    assert "Condition" not in whole


def test_what_is_not_encrypted_with_a_key_of_ours_takes_none() -> None:
    queue = Thing(kind="queue", arns=(ARNS["queue"],))
    assert [one.sid for one in statements(Need(to="queue.work", verb="send"), queue)] == ["SendQueueWork"]


def test_a_connection_is_opened_where_the_verb_takes_one_and_the_login_is_a_statement_where_iam_knows_it() -> None:
    need = Need(to="postgres", verb="connect")
    with_login = Thing(kind="database", arns=(ARNS["database"],), endpoint=POSTGRES)
    assert endpoint_for(need, with_login) == POSTGRES
    assert [one.actions for one in statements(need, with_login)] == [("rds-db:connect",)]
    assert statements(need, Thing(kind="database", endpoint=POSTGRES)) == ()
    assert endpoint_for(Need(to="bucket.media", verb="read"), Thing(kind="bucket", endpoint=POSTGRES)) is None


def test_a_key_by_its_alias_is_held_to_that_alias() -> None:
    key = Thing(
        kind="key",
        arns=("arn:aws:kms:r:1:key/*",),
        conditions={"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/x"}},
        because="a test",
    )
    (one,) = written(statements(Need(to="key.data", verb="decrypt"), key))
    assert one["Condition"] == {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/x"}}


def test_an_arn_that_is_not_known_yet_makes_the_same_statements_later() -> None:
    need = Need(to="kafka", verb="connect")

    def build(_: object) -> None:
        thing = Thing(kind="kafka", arns=(Output.from_input(ARNS["kafka"]),))
        pulumi.export("document", identity_policy(statements(need, thing)))

    now = identity_policy(statements(need, Thing(kind="kafka", arns=(ARNS["kafka"],))))
    assert recorded(build).outputs["document"] == now


def test_a_verb_that_a_kind_has_not_is_an_error_of_the_caller() -> None:
    with pytest.raises(KeyError):
        statements(Need(to="bucket.media", verb="consume"), MEDIA)


# Any list

KINDS: list[Kind] = list(CAPABILITIES)
NAMES = st.from_regex(r"[a-z][a-z0-9]{0,2}(-[a-z0-9]{1,2})?", fullmatch=True)


@st.composite
def entries(draw: st.DrawFn) -> tuple[Need, Thing]:
    kind = draw(st.sampled_from(KINDS))
    word = draw(st.sampled_from(sorted(CAPABILITIES[kind].verbs)))
    prefix = draw(st.sampled_from(["", "in/", "in-"])) if CAPABILITIES[kind].verbs[word].takes_prefix else ""
    thing = Thing(kind=kind, arns=(ARNS[kind],), encrypted=draw(st.booleans()), endpoint=POSTGRES)
    return Need(to=f"{kind}.{draw(NAMES)}", verb=word, prefix=prefix), thing


LISTS = st.lists(entries(), min_size=1, max_size=8, unique_by=lambda entry: entry[0])


@given(LISTS, st.data())
def test_removing_an_entry_removes_exactly_the_statements_that_it_made(
    found: list[tuple[Need, Thing]], data: st.DataObject
) -> None:
    gone = data.draw(st.sampled_from(found))
    before = written([one for entry in found for one in statements(*entry)])
    after = written([one for entry in found if entry is not gone for one in statements(*entry)] or [FILLER])
    own = written(statements(*gone))
    assert [one for one in before if one not in after] == own
    assert [one for one in after if one not in before] in ([], written([FILLER]))


FILLER = Statement(actions=("sts:GetCallerIdentity",), resources=("*",), because="a document cannot be empty", sid="Filler")


@given(LISTS)
def test_no_two_statements_share_a_name(found: list[tuple[Need, Thing]]) -> None:
    sids = [one.sid for entry in found for one in statements(*entry)]
    assert len(sids) == len(set(sids))
    assert all(sid.isalnum() for sid in sids)


def test_entries_that_would_read_alike_are_told_apart() -> None:
    alike = [Need(to=to, verb="read", prefix=prefix) for to in ("bucket.a1", "bucket.a-1") for prefix in ("", "in/", "in-")]
    assert len({need.sid for need in alike}) == len(alike)
    assert Need(to="bucket.a-b", verb="read").sid == "ReadBucketAB"


@given(entries())
def test_every_statement_of_an_entry_goes_by_a_name_that_the_entry_knows(entry: tuple[Need, Thing]) -> None:
    need, thing = entry
    assert {one.sid for one in statements(need, thing)} <= set(need.sids(3))


@given(LISTS)
def test_no_action_is_a_pattern_and_a_target_is_one_only_inside_what_is_named(found: list[tuple[Need, Thing]]) -> None:
    for one in (one for entry in found for one in statements(*entry)):
        assert not [action for action in one.actions if "*" in action]
        assert "*" not in one.resources
        if "arn:aws:kms:r:1:key/*" in one.resources:
            assert one.conditions
            assert one.because
