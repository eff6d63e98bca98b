"""Users for machines: bounded, without a password, without a key of ours."""

import json
from dataclasses import replace

import pytest

from components.core.context import Context
from components.core.offers import Statement
from components.security.service_user import ServiceUser, ServiceUserArgs, service_user_arn
from plinth.engine.graph import Graph
from tests.harness import named, of_kind, recorded

RIGHT = Statement(actions=("logs:FilterLogEvents",), resources=("arn:aws:logs:us-east-1:111111111111:log-group:x",))


def user() -> Graph:
    return recorded(lambda ctx: ServiceUser("user-siem", ServiceUserArgs(user="siem", statements=(RIGHT,)), ctx))


@pytest.mark.requirement("SEC-06", part="users: bounded, without a password, no key in the state")
def test_a_user_is_bounded_by_its_own_rights_and_has_neither_password_nor_key() -> None:
    graph = user()
    made, boundary, rights = (named(graph, f"user-siem-{part}") for part in ("user", "boundary", "rights"))
    assert made.inputs["name"] == "plinth-test-siem-machine"
    assert made.inputs["permissionsBoundary"] == boundary.outputs["arn"]
    assert rights.inputs["user"] == made.outputs["name"]
    assert rights.inputs["policy"] == boundary.inputs["policy"]
    (statement,) = json.loads(rights.inputs["policy"])["Statement"]
    assert (statement["Action"], statement["Resource"]) == (list(RIGHT.actions), list(RIGHT.resources))
    assert not [kind for kind in ("AccessKey", "UserLoginProfile") if of_kind(graph, kind)]
    assert graph.of_type(ServiceUser.TYPE)[0].outputs == {"user_name": made.outputs["name"]}


def test_what_bounds_the_roles_of_a_stack_takes_no_users_own_bound_away() -> None:
    def build(ctx: Context) -> None:
        bounded = replace(ctx, boundary_arn="arn:aws:iam::111111111111:policy/most")
        ServiceUser("user-siem", ServiceUserArgs(user="siem", statements=(RIGHT,)), bounded)

    graph = recorded(build)
    made, boundary = named(graph, "user-siem-user"), named(graph, "user-siem-boundary")
    assert made.inputs["permissionsBoundary"] == boundary.outputs["arn"]


def test_a_users_arn_is_known_before_it_exists() -> None:
    def build(ctx: Context) -> None:
        assert service_user_arn(ctx, "siem") == "arn:aws:iam::111111111111:user/plinth-test-siem-machine"

    recorded(build)


def test_bad_arguments_are_refused_all_at_once() -> None:
    with pytest.raises(ValueError, match=r"ServiceUserArgs: user: 'Siem' is no name; .* \| statements: none given"):
        ServiceUserArgs(user="Siem", statements=())


def many(count: int) -> tuple[Statement, ...]:
    return tuple(Statement(actions=("s3:GetObject",), resources=(f"arn:aws:s3:::{n}{'x' * 150}/*",)) for n in range(count))


def test_rights_that_are_too_long_for_a_policy_of_the_user_are_given_by_the_one_that_bounds_it() -> None:
    graph = recorded(lambda ctx: ServiceUser("user-siem", ServiceUserArgs(user="siem", statements=many(12)), ctx))
    made, boundary, attached = (named(graph, f"user-siem-{part}") for part in ("user", "boundary", "attached"))
    assert attached.inputs == {"user": made.outputs["name"], "policyArn": boundary.outputs["arn"]}
    assert made.inputs["permissionsBoundary"] == boundary.outputs["arn"]
    assert len(json.loads(boundary.inputs["policy"])["Statement"]) == 12
    assert not of_kind(graph, "UserPolicy")


def test_a_user_cannot_have_more_rights_than_fit() -> None:
    with pytest.raises(ValueError, match="at most 6,144"):
        recorded(lambda ctx: ServiceUser("user-siem", ServiceUserArgs(user="siem", statements=many(30)), ctx))
