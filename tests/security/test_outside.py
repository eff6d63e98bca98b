"""Whoever is no service of the platform: systems with a token, people in an emergency."""

import json

import pytest

from components.core.offers import Statement
from components.core.trust import WebIdentityTrust
from components.security.outside import BreakGlass, BreakGlassArgs, OutsideRole, OutsideRoleArgs, outside_role_arn
from tests.harness import named, of_kind, recorded

RIGHT = Statement(actions=("logs:FilterLogEvents",), resources=("arn:aws:logs:us-east-1:111111111111:log-group:x",))
PROVIDER = "arn:aws:iam::111111111111:oidc-provider/gitlab.com"
TRUST = WebIdentityTrust(provider_arn=PROVIDER, issuer="gitlab.com", audience="aws", subject="project_path:a/b")
ANN = "arn:aws:iam::111111111111:user/ann"


@pytest.mark.requirement("SEC-06", part="roles by token, the first choice")
def test_a_system_outside_takes_its_role_with_a_token_and_has_no_key() -> None:
    args = OutsideRoleArgs(system="siem", trust=TRUST, statements=(RIGHT,))
    graph = recorded(lambda ctx: OutsideRole("outside-siem", args, ctx))
    role = named(graph, "outside-siem-identity-role")
    assert role.inputs["name"] == "plinth-test-siem-outside"
    (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert statement["Principal"] == {"Federated": [PROVIDER]}
    assert statement["Condition"] == {"StringEquals": {"gitlab.com:aud": "aws", "gitlab.com:sub": "project_path:a/b"}}
    assert not of_kind(graph, "User")
    recorded(lambda ctx: _same(outside_role_arn(ctx, "siem"), "arn:aws:iam::111111111111:role/plinth-test-siem-outside"))


def _same(found: str, expected: str) -> None:
    assert found == expected


def test_the_role_for_emergencies_is_taken_by_named_people_and_stands_where_no_pipeline_reaches() -> None:
    graph = recorded(lambda ctx: BreakGlass("break-glass", BreakGlassArgs(taken_by=(ANN,)), ctx))
    role = named(graph, "break-glass-identity-role")
    assert (role.inputs["name"], role.inputs["path"]) == ("plinth-test-emergency-break-glass", "/guarded/")
    (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert statement["Principal"] == {"AWS": [ANN]}
    assert statement["Condition"]["Bool"] == {"aws:MultiFactorAuthPresent": "true"}
    (attached,) = of_kind(graph, "RolePolicyAttachment")
    assert attached.inputs["policyArn"] == "arn:aws:iam::aws:policy/AdministratorAccess"


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match=r"OutsideRoleArgs: system: 'My SIEM' is no name"):
        OutsideRoleArgs(system="My SIEM", trust=TRUST, statements=())
    with pytest.raises(ValueError, match=r"BreakGlassArgs: taken_by: nobody is named"):
        BreakGlassArgs(taken_by=())
