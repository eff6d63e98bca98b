"""What an account has once: the password policy, administrators who show a second factor, the analyzer."""

import json
from typing import Any

import pytest

from components.security.account import AccountBaseline, AccountBaselineArgs, IdentityProvider
from plinth.engine.graph import Graph
from tests.harness import named, recorded

GITHUB = IdentityProvider(issuer="token.actions.githubusercontent.com", audience="sts.amazonaws.com")


def args(**changed: Any) -> AccountBaselineArgs:
    given: dict[str, Any] = {"min_length": 14, "remembered": 24, "max_age_days": 90, "identity_providers": {"github": GITHUB}}
    return AccountBaselineArgs(**given | changed)


def account() -> Graph:
    return recorded(lambda ctx: AccountBaseline("account", args(), ctx))


def statements() -> list[dict[str, Any]]:
    return json.loads(named(account(), "account-administrators-mfa").inputs["policy"])["Statement"]


def test_passwords_are_long_mixed_new_and_changed_now_and_then() -> None:
    inputs = named(account(), "account-passwords").inputs
    assert (inputs["minimumPasswordLength"], inputs["passwordReusePrevention"], inputs["maxPasswordAge"]) == (14, 24, 90)
    kinds = ("LowercaseCharacters", "UppercaseCharacters", "Numbers", "Symbols")
    assert all(inputs[f"require{kind}"] is True for kind in kinds)
    assert (inputs["allowUsersToChangePassword"], inputs["hardExpiry"]) == (True, False)


@pytest.mark.requirement("SEC-23")
def test_administrators_can_do_nothing_without_a_second_factor_but_get_one() -> None:
    assert named(account(), "account-administrators").inputs["path"] == "/guarded/"
    (refused,) = [statement for statement in statements() if statement["Effect"] == "Deny"]
    assert refused["Condition"] == {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
    assert refused["Resource"] == ["*"]
    assert "iam:EnableMFADevice" in refused["NotAction"]
    assert not [action for action in refused["NotAction"] if "*" in action]


def test_a_person_may_register_a_device_of_their_own_only() -> None:
    allowed = {action: s["Resource"] for s in statements() if s["Effect"] == "Allow" for action in s["Action"]}
    assert allowed["iam:EnableMFADevice"] == ["arn:aws:iam::111111111111:user/${aws:username}"]
    assert allowed["iam:CreateVirtualMFADevice"] == ["arn:aws:iam::111111111111:mfa/*"]
    assert {action for action, target in allowed.items() if target == ["*"]} == {"iam:ListVirtualMFADevices"}


@pytest.mark.requirement("SEC-27", part="the analyzer of access from outside; roles come with what takes them")
def test_the_analyzer_looks_at_the_whole_account() -> None:
    graph = account()
    analyzer = named(graph, "account-analyzer")
    assert (analyzer.inputs["type"], analyzer.inputs["analyzerName"]) == ("ACCOUNT", "plinth-test-account-open-doors")
    outputs = graph.of_type(AccountBaseline.TYPE)[0].outputs
    assert outputs["analyzer_arn"] == analyzer.outputs["arn"]
    assert outputs["administrators"] == named(graph, "account-administrators").outputs["name"]


@pytest.mark.requirement("DEL-04", part="the provider of tokens")
def test_tokens_are_believed_of_whom_and_for_whom_they_are_meant() -> None:
    inputs = named(account(), "account-tokens-github").inputs
    assert (inputs["url"], inputs["clientIdLists"]) == ("https://token.actions.githubusercontent.com", ["sts.amazonaws.com"])
    none = recorded(lambda ctx: AccountBaseline("account", args(identity_providers={}), ctx))
    assert not [resource for resource in none.resources.values() if "tokens" in resource.name]


@pytest.mark.parametrize("issuer", ["https://gitlab.com", ""])
def test_an_issuer_is_a_name_without_its_scheme(issuer: str) -> None:
    with pytest.raises(ValueError, match=r"AccountBaselineArgs: identity_providers.x: an issuer without https://"):
        args(identity_providers={"x": IdentityProvider(issuer=issuer, audience="a")})


@pytest.mark.parametrize("changed", [{"min_length": 7}, {"min_length": 129}, {"remembered": 25}, {"max_age_days": 0}])
def test_what_iam_cannot_demand_is_refused(changed: dict[str, int]) -> None:
    ((name, value),) = changed.items()
    with pytest.raises(ValueError, match=rf"AccountBaselineArgs: {name}: {value} is not possible"):
        args(**changed)


def test_every_fault_is_named() -> None:
    with pytest.raises(ValueError, match=r"AccountBaselineArgs: min_length: .* \| remembered: .* \| max_age_days: "):
        args(min_length=1, remembered=0, max_age_days=0)
