"""Who may take a role, in the words of IAM."""

import json
from typing import Any

import pulumi
import pytest
from pulumi import Output

from components.core.trust import TRUST_LIMIT, PeopleTrust, ServiceTrust, Trust, WebIdentityTrust, trust_policy, trust_problems
from tests.harness import recorded

PIPELINE = WebIdentityTrust(
    provider_arn="arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com",
    issuer="token.actions.githubusercontent.com",
    audience="sts.amazonaws.com",
    subject="repo:owner/name:environment:dev",
)
PERSON = "arn:aws:iam::111111111111:user/ann"


def body(trust: Trust) -> dict[str, Any]:
    document = trust_policy(trust, "1")
    assert isinstance(document, str)
    (statement,) = json.loads(document)["Statement"]
    return statement


@pytest.mark.requirement("SEC-05", part="services that take roles")
def test_a_service_is_trusted_for_one_account_and_its_resources_only() -> None:
    assert body(ServiceTrust(service="x.amazonaws.com", source_arn="arn:aws:ec2:r:1:y/*")) == {
        "Effect": "Allow",
        "Principal": {"Service": ["x.amazonaws.com"]},
        "Action": ["sts:AssumeRole"],
        "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:ec2:r:1:y/*"}, "StringEquals": {"aws:SourceAccount": "1"}},
    }


def test_a_machine_has_no_source_to_test() -> None:
    assert "Condition" not in body(ServiceTrust(service="ec2.amazonaws.com"))


def test_a_token_is_accepted_for_one_audience_and_one_subject() -> None:
    assert body(PIPELINE) == {
        "Effect": "Allow",
        "Principal": {"Federated": ["arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com"]},
        "Action": ["sts:AssumeRoleWithWebIdentity"],
        "Condition": {
            "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": "repo:owner/name:environment:dev",
            }
        },
    }


@pytest.mark.requirement("SEC-09", part="the trust of a service account of a cluster; its roles come with the cluster")
def test_a_service_account_of_a_cluster_is_trusted_before_the_cluster_has_an_issuer() -> None:
    def build(_: object) -> None:
        issuer = Output.from_input("oidc.eks.r.amazonaws.com/id/AB")
        trust = WebIdentityTrust(
            provider_arn=issuer.apply(lambda known: f"arn:aws:iam::1:oidc-provider/{known}"),
            issuer=issuer,
            audience="sts.amazonaws.com",
            subject="system:serviceaccount:shop:cart",
        )
        pulumi.export("trust", trust_policy(trust, "1"))

    (statement,) = json.loads(recorded(build).outputs["trust"])["Statement"]
    assert statement["Principal"] == {"Federated": ["arn:aws:iam::1:oidc-provider/oidc.eks.r.amazonaws.com/id/AB"]}
    assert statement["Condition"] == {
        "StringEquals": {
            "oidc.eks.r.amazonaws.com/id/AB:aud": "sts.amazonaws.com",
            "oidc.eks.r.amazonaws.com/id/AB:sub": "system:serviceaccount:shop:cart",
        }
    }


def test_people_are_named_and_have_just_shown_a_second_factor() -> None:
    statement = body(PeopleTrust(arns=(PERSON,)))
    assert (statement["Principal"], statement["Action"]) == ({"AWS": [PERSON]}, ["sts:AssumeRole"])
    assert statement["Condition"] == {
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
        "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"},
    }


def test_a_trust_policy_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 2,048"):
        trust_policy(ServiceTrust(service="x.amazonaws.com", source_arn="arn:" + "x" * TRUST_LIMIT), "1")


def pipeline(**changed: str) -> WebIdentityTrust:
    given: dict[str, Any] = {"provider_arn": "p", "issuer": "i", "audience": "a", "subject": "s"}
    return WebIdentityTrust(**given | changed)


@pytest.mark.parametrize(
    ("trust", "problem"),
    [
        (ServiceTrust(service="me", source_arn="arn:x"), "'me' is no service"),
        (ServiceTrust(service="a b.amazonaws.com", source_arn="arn:x"), "is no service"),
        (ServiceTrust(service="amazonaws.com", source_arn="arn:x"), "is no service"),
        (ServiceTrust(service="x.amazonaws.com"), "'' is no ARN"),
        (ServiceTrust(service="ec2.amazonaws.com", source_arn="arn:x"), "does not say on whose behalf"),
        (pipeline(subject="repo:owner/*"), "subject 'repo:owner/*' does not name exactly one"),
        (pipeline(subject="repo:owner/?"), "does not name exactly one"),
        (pipeline(audience=""), "audience '' does not name exactly one"),
        (PeopleTrust(arns=()), "nobody is named"),
        (PeopleTrust(arns=("arn:aws:iam::111111111111:root",)), "names no user in particular"),
        (PeopleTrust(arns=("arn:aws:iam::111111111111:user/*",)), "names no user in particular"),
        (PeopleTrust(arns=("arn:aws:iam::111111111111:role/on-call",)), "names no user in particular"),
    ],
)
def test_a_trust_that_names_nobody_in_particular_is_a_problem(trust: Trust, problem: str) -> None:
    (said,) = trust_problems(trust)
    assert problem in said


@pytest.mark.parametrize(
    "trust",
    [
        PIPELINE,
        ServiceTrust(service="ec2.amazonaws.com"),
        ServiceTrust(service="x.y.amazonaws.com", source_arn="arn:x"),
        PeopleTrust(arns=(PERSON,)),
    ],
)
def test_a_trust_that_names_somebody_is_none(trust: Trust) -> None:
    assert list(trust_problems(trust)) == []
