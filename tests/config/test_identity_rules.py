"""What keys, secrets and identities need of each other, and where a credential may stand."""

from pathlib import Path

import pytest

from components.core.trust import TRUST_LIMIT, PeopleTrust, trust_policy
from stack.config.checklist import unset
from stack.config.identity_rules import TAKERS_LIMIT
from stack.config.loader import load_all
from tests.config.stack_files import refusals
from tests.harness import linked_copy, replace_in

SEALED = "v1:TmFOaMy8J4w=:v1:AAAA"
PLAIN = "hunter2-4711"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return linked_copy(tmp_path)


def changed(folder: Path, pattern: str, replacement: str, stack: str = "dev") -> list[str]:
    replace_in(folder / f"Pulumi.{stack}.yaml", pattern, replacement)
    return refusals(folder, stack)


@pytest.mark.parametrize(
    ("pattern", "replacement", "expected"),
    [
        (
            "purposes: .*",
            "purposes: [data, data, storage, secrets, backup, config]",
            "plinth:keys.purposes[1]: data is given twice; each purpose once",
        ),
        (
            r"(?<=deletionDays: 7\n    )copies: .*",
            "copies: {standby: [data, data], vault: []}",
            "plinth:keys.copies.standby[1]: data is given twice; each purpose once",
        ),
        (
            r"purposes: .*\n    deletionDays: 7\n    copies: .*",
            "purposes: [data, storage, secrets, backup]\n    deletionDays: 7\n    copies: {standby: [], vault: [config]}",
            "plinth:keys.copies.vault[0]: config has no key of its own; one of keys.purposes",
        ),
        (
            "      bot-token: .*",
            "      bot-token: {keptIn: parameter-store}\n      redis: {keptIn: secrets-manager}",
            "plinth:secrets.given.redis: is generated as well; one owner for each secret",
        ),
        (
            "github: {enabled: false",
            "github: {enabled: true",
            "plinth:identity.github.repository: is not given, but pipelines are on; a repository such as owner/name",
        ),
        (
            "users: {enabled: false",
            "users: {enabled: true",
            "plinth:identity.users.names: is empty, but users are on; at least one user",
        ),
        (
            "breakGlass: {enabled: false",
            "breakGlass: {enabled: true",
            "plinth:identity.breakGlass.takenBy: is empty, but the role is on; who may take it, by their ARNs",
        ),
        (
            "users: .*",
            "users: {enabled: true, names: {siem: {access: []}}}",
            "plinth:identity.users.names.siem.access: is empty: a user without rights is of no use; at least one entry",
        ),
        (
            "breakGlass: .*",
            "breakGlass: {enabled: true, takenBy: [arn:aws:iam::111111111111:user/a, arn:aws:iam::111111111111:user/a]}",
            "plinth:identity.breakGlass.takenBy[1]: arn:aws:iam::111111111111:user/a is given twice; each user once",
        ),
        (
            "rolePath: /",
            "rolePath: /guarded/plinth/",
            "plinth:identity.rolePath: /guarded/plinth/ is kept for what no pipeline may change; a path that does not begin with "
            "/guarded/",
        ),
        (
            'boundaryArn: ""',
            "boundaryArn: arn:aws:iam::999999999999:policy/most",
            "plinth:identity.boundaryArn: arn:aws:iam::999999999999:policy/most is a policy of another account; a policy of "
            "account 000000000000 (platform.accountId), or one of AWS",
        ),
        (
            r'boundaryArn: ""([\s\S]*)users: .*',
            r"boundaryArn: arn:aws:iam::aws:policy/PowerUserAccess\1users: {enabled: true, names: {siem: {access: [{to: "
            "log-group.flow-logs, as: read}]}}}",
            'plinth:identity.boundaryArn: would take the place of what bounds each user, which is its own rights; "" while users '
            "are on",
        ),
    ],
)
def test_what_one_value_needs_of_another_is_there(copy: Path, pattern: str, replacement: str, expected: str) -> None:
    assert changed(copy, pattern, replacement) == [expected]


def test_secrets_need_a_key_and_so_do_the_databases_whose_passwords_they_are(copy: Path) -> None:
    assert changed(copy, "purposes: .*", "purposes: [data, storage, backup, config]") == [
        "plinth:keys.purposes: has no secrets, but there are some; secrets among them, or no secret",
        *(
            f"plinth:data.{store}: {title} needs the key secrets, which is not there; secrets in plinth:keys.purposes, or off"
            for store, title in (("postgres", "PostgreSQL"), ("mysql", "MySQL"))
        ),
    ]


def test_the_stack_that_makes_the_providers_believes_every_token_that_it_asks_for(copy: Path) -> None:
    replace_in(copy / "Pulumi.prod.yaml", 'enabled: false, repository: ""', "enabled: true, repository: owner/name")
    assert load_all(copy, ["prod"])
    found = changed(copy, "audience: sts.amazonaws.com", "audience: other", stack="prod")
    assert found == [
        "plinth:identity.github.enabled: tokens of token.actions.githubusercontent.com for sts.amazonaws.com are not believed in "
        "this account; an issuer and audience of account.singletons.identityProviders"
    ]


def test_a_stack_that_makes_no_providers_cannot_tell_and_is_not_asked(copy: Path) -> None:
    replace_in(copy / "Pulumi.dev.yaml", 'enabled: false, repository: ""', "enabled: true, repository: owner/name")
    replace_in(copy / "Pulumi.dev.yaml", "audience: sts.amazonaws.com", "audience: other")
    assert load_all(copy, ["dev"])


def test_two_providers_of_the_same_issuer_are_refused(copy: Path) -> None:
    twice = "github: {issuer: a.b, audience: c}\n        gitlab: {issuer: a.b, audience: d}"
    found = changed(copy, r"github: \{issuer: .*", twice)
    assert found == ["plinth:account.singletons.identityProviders.gitlab.issuer: a.b is given twice; each issuer once"]


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("rolePath", "roles"),
        ("boundaryArn", "arn:aws:iam::1:policy/x"),
        ("repository", "name"),
        ("stateBucket", "My_Bucket"),
        ("takenBy", "[arn:aws:iam::111111111111:root]"),
        ("takenBy", "[arn:aws:iam::111111111111:role/on-call]"),
    ],
)
def test_what_names_somebody_has_the_form_of_it(copy: Path, key: str, wrong: str) -> None:
    (fault,) = changed(copy, rf'{key}: (""|/|\[\])', f"{key}: {wrong}")
    assert key in fault
    assert "is not possible" in fault


def people(count: int) -> list[str]:
    return [f"arn:aws:iam::111111111111:user/people/on-call-{number:020d}" for number in range(count)]


def test_more_people_than_one_trust_policy_can_name_are_refused_and_as_many_as_are_not_fit(copy: Path) -> None:
    most = TAKERS_LIMIT // len(f'"{people(1)[0]}",')
    assert len(str(trust_policy(PeopleTrust(arns=tuple(people(most))), "111111111111"))) <= TRUST_LIMIT
    (fault,) = changed(copy, "breakGlass: .*", f"breakGlass: {{enabled: true, takenBy: [{', '.join(people(most + 1))}]}}")
    assert fault.startswith(f"plinth:identity.breakGlass.takenBy: {most + 1} users, whose ARNs are too long together")
    assert fault.endswith("fewer, of 1,800 characters together")


def test_a_user_with_more_rights_than_one_policy_can_hold_is_refused_and_one_with_six_is_not(copy: Path) -> None:
    secrets = ("postgres", "mysql", "redis", "broker", "google-oauth", "collection-api-keys")
    six = ", ".join(f"{{to: secret.{name}, as: read}}" for name in secrets)
    replace_in(copy / "Pulumi.dev.yaml", "users: .*", f"users: {{enabled: true, names: {{siem: {{access: [{six}]}}}}}}")
    assert load_all(copy, ["dev"])
    more = ", ".join(f"{{to: bucket.exports, as: read, prefix: {number:03d}/}}" for number in range(12))
    (fault,) = changed(copy, "users: .*", f"users: {{enabled: true, names: {{siem: {{access: [{six}, {more}]}}}}}}")
    assert fault.startswith("plinth:identity.users.names.siem.access: 18 entries come to up to ")
    assert fault.endswith("too long for the policy that bounds it; 6,144 at most: fewer entries, or several users")


REACHED = "arn:aws:iam::000000000000:policy/plinth/plinth-dev-boundary"


@pytest.mark.parametrize(
    ("boundary", "path", "on", "refused"),
    [
        (REACHED, "/plinth/", "true", True),
        (REACHED, "/plinth/", "false", False),
        (REACHED, "/", "true", False),
        ("arn:aws:iam::000000000000:policy/guarded/plinth-dev-boundary", "/", "true", False),
        ("arn:aws:iam::000000000000:policy/plinth-dev-boundary", "/", "true", True),
        ("arn:aws:iam::000000000000:policy/most", "/", "true", False),
        ("arn:aws:iam::aws:policy/PowerUserAccess", "/", "true", False),
    ],
)
def test_a_boundary_that_the_pipeline_could_rewrite_is_refused(
    copy: Path, boundary: str, path: str, on: str, refused: bool
) -> None:
    file = copy / "Pulumi.dev.yaml"
    replace_in(file, 'enabled: false, repository: ""', f"enabled: {on}, repository: owner/name")
    replace_in(file, "rolePath: /", f"rolePath: {path}")
    replace_in(file, 'boundaryArn: ""', f"boundaryArn: {boundary}")
    if not refused:
        assert load_all(copy, ["dev"])
        return
    assert refusals(copy) == [
        f"plinth:identity.boundaryArn: {boundary} can be changed by the pipeline that it is to hold; a policy under /guarded/, "
        "or one whose name does not begin with plinth-dev-"
    ]


def test_a_role_that_can_show_no_second_factor_is_refused_for_emergencies_with_what_can(copy: Path) -> None:
    (fault,) = changed(copy, r"takenBy: \[\]", "takenBy: [arn:aws:iam::111111111111:role/on-call]")
    assert "such as arn:aws:iam::111111111111:user/on-call; a session of a role shows no second factor" in fault


# Credentials


def with_credential(folder: Path, line: str) -> Path:
    with (folder / "Pulumi.dev.yaml").open("a") as file:
        file.write(f"  {line}\n")
    return folder


def test_an_encrypted_credential_is_known_by_its_name(copy: Path) -> None:
    with_credential(copy, f"credentials:google-oauth: {{secure: {SEALED}}}")
    assert load_all(copy, ["dev"])["dev"].credentials == {"google-oauth"}


@pytest.mark.requirement("BST-10", part="no plaintext secret in a stack file; the key for config secrets is made by the stack")
def test_a_credential_in_plain_is_refused_and_never_shown(copy: Path) -> None:
    (fault,) = refusals(with_credential(copy, f"credentials:google-oauth: {PLAIN}"))
    assert fault.startswith("credentials:google-oauth: is not encrypted; pulumi config set --secret credentials:google-oauth")
    assert PLAIN not in fault


@pytest.mark.parametrize("key", ["google-oauth", "plinth:google-oauth"])
def test_a_secret_that_is_set_without_its_namespace_is_refused_with_the_key_that_was_meant(copy: Path, key: str) -> None:
    (fault,) = refusals(with_credential(copy, f"{key}: {{secure: {SEALED}}}"))
    assert fault.startswith("plinth:google-oauth: is encrypted and no section; a credential is called credentials:<name>: ")
    assert fault.endswith(": credentials:google-oauth?")


def test_a_credential_of_no_given_secret_is_refused_with_those_there_are(copy: Path) -> None:
    (fault,) = refusals(with_credential(copy, f"credentials:google-oath: {{secure: {SEALED}}}"))
    assert fault == (
        "credentials:google-oath: is the value of no given secret; one of google-oauth, collection-api-keys, bot-token; "
        "did you mean google-oauth?"
    )


def test_a_generated_secret_is_given_no_value(copy: Path) -> None:
    (fault,) = refusals(with_credential(copy, f"credentials:postgres: {{secure: {SEALED}}}"))
    assert fault.startswith("credentials:postgres: is the value of no given secret")


# Before the first up


def missing(folder: Path) -> list[tuple[str, str]]:
    return [(str(item.path[-1]), item.allowed) for item in unset(load_all(folder, ["dev"])["dev"])]


def test_the_checklist_names_the_account_and_every_credential_that_a_service_reads(copy: Path) -> None:
    assert missing(copy) == [
        ("accountId", "the twelve digits of the account to deploy to"),
        *(
            (f"credentials:{name}", f"pulumi config set --secret credentials:{name}")
            for name in ("google-oauth", "collection-api-keys", "bot-token")
        ),
    ]


def test_the_checklist_shrinks_with_what_is_set_and_with_what_nobody_reads(copy: Path) -> None:
    replace_in(copy / "Pulumi.dev.yaml", '"000000000000"', '"123456789012"')
    replace_in(copy / "Pulumi.dev.yaml", r"      secrets: \{BOT_TOKEN: bot-token\}\n", "")
    with_credential(copy, f"credentials:google-oauth: {{secure: {SEALED}}}")
    assert [name for name, _ in missing(copy)] == ["credentials:collection-api-keys"]
