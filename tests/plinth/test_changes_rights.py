"""Whose rights grow and whose shrink, and what is the same right though it is written otherwise."""

import json
from collections.abc import Callable

import pulumi_aws as aws
from pulumi import Alias, Output, ResourceOptions

from components.core.context import Context
from plinth.changes.cascade import changes
from plinth.changes.rights import Delta, RightsDelta, rights_delta
from plinth.engine.graph import Graph
from tests.harness import recorded

TRUST = json.dumps({"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs.amazonaws.com"}}})


def allow(*actions: str, on: str) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": [on]}]})


def with_role(
    document: str | Callable[[aws.kms.Key], Output[str]],
    *,
    trust: str = TRUST,
    called: str = "task",
    key_called: str = "key",
    formerly: tuple[str, ...] = (),
) -> Graph:
    """A role with one document, beside a bucket and a key."""

    def build(ctx: Context) -> None:
        opts = ResourceOptions(provider=ctx.provider)
        aws.s3.Bucket("media", bucket="plinth-test-media", opts=opts)
        moved = ResourceOptions(provider=ctx.provider, aliases=[Alias(name=name) for name in formerly])
        key = aws.kms.Key(key_called, opts=moved if key_called != "key" else opts)
        role = aws.iam.Role(called, assume_role_policy=trust, opts=moved if called != "task" else opts)
        text = document if isinstance(document, str) else document(key)
        aws.iam.RolePolicy("rights", role=role.name, policy=text, opts=opts)

    return recorded(build)


def delta(before: Graph, after: Graph) -> RightsDelta:
    return rights_delta(changes(before, after, {}))


def lines(deltas: tuple[Delta, ...]) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(one.principal, one.actions, one.targets) for one in deltas]


MEDIA = "arn:aws:s3:::plinth-test-media/*"


def on_the_key(key: aws.kms.Key) -> Output[str]:
    return key.arn.apply(lambda arn: allow("kms:Decrypt", on=arn))


def test_an_action_more_is_gained_and_on_the_way_back_lost() -> None:
    little, much = with_role(allow("s3:GetObject", on=MEDIA)), with_role(allow("s3:GetObject", "s3:PutObject", on=MEDIA))
    there, back = delta(little, much), delta(much, little)
    assert (lines(there.gained), there.lost) == ([("task", ("s3:PutObject",), ("media",))], ())
    assert (back.gained, back.lost) == (there.lost, there.gained)


def test_the_same_rights_written_in_another_order_are_no_change() -> None:
    one, other = (
        with_role(allow("s3:PutObject", "s3:GetObject", on=MEDIA)),
        with_role(allow("s3:GetObject", "s3:PutObject", on=MEDIA)),
    )
    assert delta(one, other) == RightsDelta(gained=(), lost=(), unread=())


def test_a_right_on_what_the_cloud_names_is_the_same_one_while_that_thing_goes_on() -> None:
    before = with_role(on_the_key)
    assert delta(before, with_role(on_the_key, key_called="other", formerly=("key",))) == RightsDelta(
        gained=(), lost=(), unread=()
    )
    another = delta(before, with_role(on_the_key, key_called="other"))
    assert (lines(another.gained), lines(another.lost)) == (
        [("task", ("kms:Decrypt",), ("other",))],
        [("task", ("kms:Decrypt",), ("key",))],
    )


def test_a_role_that_only_moves_keeps_its_rights() -> None:
    document = allow("s3:GetObject", on=MEDIA)
    moved = delta(with_role(document), with_role(document, called="worker", formerly=("task",)))
    assert [one for one in (*moved.gained, *moved.lost) if one.holds == "right"] == []


def test_who_may_take_a_role_is_told_apart_from_what_it_may_do() -> None:
    document, everybody = allow("s3:GetObject", on=MEDIA), TRUST.replace("ecs", "ec2")
    found = delta(with_role(document), with_role(document, trust=everybody))
    assert [(one.holds, one.principal, one.targets) for one in found.gained] == [("trust", "ec2.amazonaws.com", ("task",))]
    assert [(one.holds, one.principal) for one in found.lost] == [("trust", "ecs.amazonaws.com")]
