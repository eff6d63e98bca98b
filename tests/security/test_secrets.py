"""Secrets: made up or given, kept where the stack file says, seen by nobody."""

import json
from typing import Any

import pytest
from pulumi import Output

from components.core.context import Context
from components.security.secrets import Generated, Given, Secrets, SecretsArgs, Store, secret_arn
from plinth.engine.graph import Graph
from plinth.engine.values import SECRET, leaves
from tests.harness import named, recorded

KEY = "arn:aws:kms:us-east-1:111111111111:key/k"
PLANTED = "planted-9f2d"
MANAGED: Store = "secrets-manager"
STORED: Store = "parameter-store"
STORES = (MANAGED, STORED)


def args(secrets: dict[str, Generated | Given], **changed: Any) -> SecretsArgs:
    given: dict[str, Any] = {"key_arn": KEY, "recovery_days": 7, "secrets": secrets}
    return SecretsArgs(**given | changed)


def made(name: str, secret: Generated | Given, *, retain: bool = False) -> Graph:
    return recorded(lambda ctx: Secrets("secrets", args({name: secret}), ctx), retain=retain)


def given(kept_in: Any) -> Graph:
    """A secret whose value somebody else issued. A Pulumi secret is made while the program runs."""
    return recorded(lambda ctx: Secrets("secrets", args({"token": Given(kept_in=kept_in, value=Output.secret(PLANTED))}), ctx))


@pytest.mark.requirement("SEC-04", part="the component: key, window, policy, value")
@pytest.mark.parametrize("retain", [True, False])
def test_a_secret_that_rotates_is_kept_under_the_key_with_a_window_and_a_policy(*, retain: bool) -> None:
    graph = made("postgres", Generated(kept_in=MANAGED, length=32, username="plinth"), retain=retain)
    secret, version, rules = (named(graph, f"secrets-postgres{part}") for part in ("", "-version", "-policy"))
    assert secret.inputs["name"] == "plinth-test-postgres-secret"
    assert (secret.inputs["kmsKeyId"], secret.inputs["recoveryWindowInDays"]) == (KEY, 7)
    assert version.inputs["secretId"] == secret.outputs["id"]
    for kept in (secret, version, named(graph, "secrets-postgres-value")):
        assert (kept.options.protect, kept.options.retain_on_delete) == (retain, retain)
    assert rules.inputs["blockPublicPolicy"] is True
    (refused,) = json.loads(rules.inputs["policy"])["Statement"]
    assert (refused["Effect"], refused["Principal"]) == ("Deny", "*")
    assert refused["Condition"] == {
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        "StringNotEquals": {"aws:PrincipalAccount": "111111111111"},
    }
    assert "secretsmanager:GetSecretValue" in refused["Action"]
    assert graph.of_type(Secrets.TYPE)[0].outputs["arns"] == {"postgres": secret.outputs["arn"]}


@pytest.mark.requirement("SEC-10", part="what does not rotate: a SecureString under the project's path and key")
@pytest.mark.requirement("DAT-12", part="the helper: one form for what is secret and what is not")
def test_a_secret_that_stays_is_an_encrypted_parameter() -> None:
    graph = made("django-key", Generated(kept_in=STORED, length=64))
    inputs = named(graph, "secrets-django-key").inputs
    assert (inputs["name"], inputs["type"], inputs["keyId"]) == ("/plinth/test/django-key", "SecureString", KEY)
    assert graph.of_type(Secrets.TYPE)[0].outputs["arns"] == {"django-key": named(graph, "secrets-django-key").outputs["arn"]}


def test_a_made_up_value_has_the_length_asked_for_and_only_letters_and_digits() -> None:
    inputs = named(made("token", Generated(kept_in=MANAGED, length=64)), "secrets-token-value").inputs
    assert (inputs["length"], inputs["special"]) == (64, False)


@pytest.mark.parametrize(("kept_in", "place"), [(MANAGED, "secrets-token-version"), (STORED, "secrets-token")])
def test_a_given_value_is_kept_and_hidden(kept_in: Any, place: str) -> None:
    graph = given(kept_in)
    inputs = named(graph, place).inputs
    assert inputs["secretString" if kept_in == MANAGED else "value"] == SECRET
    assert PLANTED not in graph.to_json()


@pytest.mark.parametrize("kept_in", [MANAGED, STORED])
def test_a_made_up_value_is_hidden_even_inside_the_pair_with_its_user(kept_in: Any) -> None:
    graph = made("db", Generated(kept_in=kept_in, length=32, username="plinth"))
    holder = named(graph, "secrets-db-version" if kept_in == MANAGED else "secrets-db")
    assert SECRET in leaves(holder.inputs)


def test_a_given_secret_without_a_value_is_an_empty_place_and_a_parameter_none_at_all() -> None:
    kept = {
        store: [
            one.name for one in made("x", Given(kept_in=store, value=None)).resources.values() if one.type.startswith("aws:s")
        ]
        for store in STORES
    }
    assert kept == {MANAGED: ["secrets-x", "secrets-x-policy"], STORED: []}


def test_its_arn_is_known_before_it_exists() -> None:
    def build(ctx: Context) -> None:
        prefix = "arn:aws:secretsmanager:us-east-1:111111111111:secret"
        assert secret_arn(ctx, "oauth", "secrets-manager") == f"{prefix}:plinth-test-oauth-secret-??????"
        assert secret_arn(ctx, "token", "parameter-store") == "arn:aws:ssm:us-east-1:111111111111:parameter/plinth/test/token"

    recorded(build)


def test_bad_arguments_are_refused_all_at_once() -> None:
    short: dict[str, Generated | Given] = {"My Key": Generated(kept_in=MANAGED, length=15)}
    with pytest.raises(ValueError, match=r"SecretsArgs: ") as caught:
        args(short, recovery_days=3)
    for expected in ("recovery_days: 3 is not possible; 0, or 7 to 30", "'My Key' is no name", "length: 15 is not possible"):
        assert expected in str(caught.value)


@pytest.mark.parametrize(("days", "length"), [(1, 32), (6, 32), (31, 32), (7, 129)])
def test_each_limit_is_held(days: int, length: int) -> None:
    with pytest.raises(ValueError, match="is not possible"):
        args({"x": Generated(kept_in=STORED, length=length)}, recovery_days=days)
    assert args({"x": Generated(kept_in=STORED, length=128)}, recovery_days=0)


def test_a_value_can_be_had_by_what_is_made_with_it_and_is_no_output() -> None:
    found: list[Secrets] = []

    def build(ctx: Context) -> None:
        found.append(Secrets("secrets", args({"token": Generated(kept_in=MANAGED, length=64)}), ctx))
        found[0].value("token")
        with pytest.raises(KeyError):
            found[0].value("nothing")

    graph = recorded(build)
    assert graph.of_type(Secrets.TYPE)[0].outputs.keys() == {"arns"}
