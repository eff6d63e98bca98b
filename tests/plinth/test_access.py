"""Who may do what to what, read off the documents of a plan."""

import json
from collections.abc import Callable
from typing import Any

import pulumi_aws as aws
import pytest
from pulumi import Output, ResourceOptions

from components.core.context import Context
from plinth.access.arns import account_of, arns_of
from plinth.access.reaching import reaching
from plinth.access.report import called, principals, targets_in, things, to_json
from plinth.access.rights import EVERYBODY, Access, access
from plinth.engine.graph import Graph, name_of
from stack.config.document import read
from tests.harness import ROOT, STACKS, Done, graphs, named, of_kind, plinth_here, project_copy, recorded, stacks

TRUST = json.dumps(
    {
        "Statement": {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            "Condition": {"StringEquals": {"aws:SourceAccount": "111111111111"}},
        }
    }
)


def allow(*actions: str, on: str) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": [on]}]})


def planned(build: Callable[[ResourceOptions], object]) -> Graph:
    def program(ctx: Context) -> None:
        build(ResourceOptions(provider=ctx.provider))

    return recorded(program)


def with_role(document: Any, **more: Any) -> Callable[[ResourceOptions], None]:
    """A role whose inline policy is `document`, beside two buckets, a secret and a key."""

    def build(opts: ResourceOptions) -> None:
        aws.s3.Bucket("media", bucket="plinth-test-media", opts=opts)
        aws.s3.Bucket("media-old", bucket="plinth-test-media-old", opts=opts)
        aws.secretsmanager.Secret("token", name="plinth-test-token", opts=opts)
        key = aws.kms.Key("key", opts=opts, **more)
        role = aws.iam.Role("task", name="plinth-test-task", assume_role_policy=TRUST, opts=opts)
        text: Any = document(key) if callable(document) else document
        aws.iam.RolePolicy("rights", role=role.name, policy=text, opts=opts)

    return build


def on_the_key(key: aws.kms.Key) -> Output[str]:
    """A document that is known once the key is there."""
    return key.arn.apply(lambda arn: allow("kms:Decrypt", on=arn))


def reached(graph: Graph) -> dict[str, list[str]]:
    """The principals that reach each thing, by logical names; things that nobody reaches left out."""
    found = access(graph)
    lines = {thing.name: [called(right.principal) for right in rights] for thing, rights in things(graph, found)}
    return {name: who for name, who in lines.items() if who}


def test_a_role_has_the_rights_of_its_policy_and_is_taken_by_whom_its_trust_names() -> None:
    graph = planned(with_role(allow("s3:GetObject", "s3:PutObject", on="arn:aws:s3:::plinth-test-media/uploads/*")))
    ((role, takers, rights),) = principals(graph, access(graph))
    assert role.name == "task"
    assert [(taker.principal, taker.conditions) for taker in takers] == [("ecs-tasks.amazonaws.com", ("aws:SourceAccount",))]
    assert [(right.actions, targets_in(graph)(right.targets)) for right in rights] == [
        (("s3:GetObject", "s3:PutObject"), "media")
    ]
    assert rights[0].held_by == named(graph, "rights").urn
    assert "arn:aws:iam::111111111111:role/plinth-test-task" in takers[0].targets


@pytest.mark.parametrize(
    ("target", "things_reached"),
    [
        ("arn:aws:s3:::plinth-test-media", ["media"]),
        ("arn:aws:s3:::plinth-test-media/*", ["media"]),
        ("arn:aws:s3:::plinth-test-media-old", ["media-old"]),
        ("arn:aws:s3:::plinth-test-media*", ["media", "media-old"]),
        ("arn:aws:s3:::plinth-test-medi?", ["media"]),
        ("arn:aws:s3:::other", []),
        ("arn:aws:secretsmanager:us-east-1:111111111111:secret:plinth-test-token-??????", ["token"]),
        ("arn:aws:secretsmanager:eu-west-1:111111111111:secret:plinth-test-token-??????", []),
        ("*", ["media", "media-old", "token", "key"]),
    ],
)
def test_a_thing_is_reached_by_whatever_names_it_or_something_in_it(target: str, things_reached: list[str]) -> None:
    everything = allow("s3:Do", "secretsmanager:Do", "kms:Do", on=target)
    assert list(reached(planned(with_role(everything)))) == things_reached


def test_a_thing_is_reached_only_by_actions_of_its_own_service() -> None:
    graph = planned(with_role(allow("S3:GetObject", "iam:ListRoles", on="*")))
    assert reached(graph) == {"media": ["task"], "media-old": ["task"]}
    (right,) = reaching(access(graph), graph, named(graph, "media"))
    assert right.actions == ("S3:GetObject",)
    assert targets_in(graph)(right.targets) == "*"
    assert list(reached(planned(with_role(allow("*", on="*"))))) == ["media", "media-old", "token", "key"]


def test_a_thing_without_a_name_is_reached_by_the_arn_that_the_cloud_gives_it() -> None:
    assert reached(planned(with_role(on_the_key))) == {"key": ["task"]}


def test_a_resource_policy_gives_its_own_resource_to_those_it_names() -> None:
    own = json.dumps(
        {
            "Statement": [
                {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": {"AWS": "arn:aws:iam::111111111111:root"}},
                {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Principal": "*"},
                {"Effect": "Deny", "Action": "kms:Encrypt", "Resource": "*", "Principal": {"AWS": "arn:aws:iam::2:role/x"}},
            ]
        }
    )
    graph = planned(with_role(allow("x:Do", on="arn:aws:s3:::other"), policy=own))
    assert reached(graph) == {"key": ["whom account 111111111111 lets", "everybody"]}


def test_inline_and_attached_policies_count_like_those_of_their_own() -> None:
    def build(opts: ResourceOptions) -> None:
        aws.s3.Bucket("media", bucket="plinth-test-media", opts=opts)
        document = allow("s3:GetObject", on="arn:aws:s3:::plinth-test-media/*")
        aws.iam.Role("inline", assume_role_policy=TRUST, inline_policies=[{"name": "x", "policy": document}], opts=opts)
        shared = aws.iam.Policy("shared", policy=document, opts=opts)
        bearer = aws.iam.Role("bearer", assume_role_policy=TRUST, opts=opts)
        aws.iam.RolePolicyAttachment("attachment", role=bearer.name, policy_arn=shared.arn, opts=opts)
        aws.iam.Policy("idle", policy=document, opts=opts)

    graph = planned(build)
    assert reached(graph) == {"media": ["inline", "bearer"]}
    assert [[taker.held_by for taker in takers] for _, takers, _ in principals(graph, access(graph))] == [
        [named(graph, name).urn] for name in ("inline", "bearer")
    ]


def test_what_an_endpoint_lets_through_is_no_right() -> None:
    def build(opts: ResourceOptions) -> None:
        aws.s3.Bucket("media", bucket="plinth-test-media", opts=opts)
        everything = json.dumps({"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Principal": "*"}]})
        aws.ec2.VpcEndpoint("s3", vpc_id="vpc-1", service_name="com.amazonaws.us-east-1.s3", policy=everything, opts=opts)

    assert access(planned(build)) == Access(rights=(), takers=(), unread=())


def test_a_document_that_cannot_be_read_is_told() -> None:
    graph = recorded(lambda ctx: with_role(on_the_key)(ResourceOptions(provider=ctx.provider)), mode="unknowns")
    assert access(graph).unread == (named(graph, "rights").urn,)


def test_an_arn_is_built_from_the_region_of_a_resource_and_the_one_account_of_its_provider() -> None:
    def build(opts: ResourceOptions) -> None:
        aws.sqs.Queue("here", name="plinth-test-work", opts=opts)
        aws.sqs.Queue("there", name="plinth-test-work", region="eu-west-1", opts=opts)
        two = aws.Provider("two", region="us-east-1", allowed_account_ids=["111111111111", "222222222222"])
        aws.sqs.Queue("either", name="plinth-test-work", opts=ResourceOptions(provider=two))

    graph = planned(build)
    assert arns_of(graph, named(graph, "here"))[0] == "arn:aws:sqs:us-east-1:111111111111:plinth-test-work"
    assert arns_of(graph, named(graph, "there"))[0] == "arn:aws:sqs:eu-west-1:111111111111:plinth-test-work"
    assert account_of(graph, named(graph, "either")) == ""


def test_no_arn_is_built_from_a_name_that_is_not_known_yet() -> None:
    def build(opts: ResourceOptions) -> None:
        first = aws.s3.Bucket("first", bucket="plinth-test-first", opts=opts)
        aws.s3.Bucket("second", bucket=first.hosted_zone_id.apply(lambda zone: f"plinth-{zone}"), opts=opts)

    graph = planned(build)
    assert not [arn for arn in arns_of(graph, named(graph, "second")) if arn.startswith("arn:aws:s3:::")]


# The stacks


def on_keys(service: str) -> str:
    key = "arn:aws:kms:us-east-1:111111111111:key/*"
    conditions = {"StringEquals": {"kms:ViaService": f"{service}.us-east-1.amazonaws.com"}}
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": key, "Condition": conditions}]})


def own_policy(condition: Any = None, *, principal: str = "arn:aws:iam::111111111111:root", action: str = "kms:De*") -> str:
    whom = {"Effect": "Allow", "Action": action, "Resource": "*", "Principal": {"AWS": principal}}
    return json.dumps({"Statement": [whom | {"Condition": condition} if condition else whom]})


VIA_SQS = {"StringEquals": {"kms:ViaService": ["sqs.us-east-1.amazonaws.com", "sns.us-east-1.amazonaws.com"]}}
TASK, OTHER = ("arn:aws:iam::111111111111:role/plinth-test-" + name for name in ("task", "other"))


@pytest.mark.parametrize(
    ("policy", "reaches"),
    [
        (own_policy(VIA_SQS), True),
        (own_policy(), True),
        (own_policy(principal=TASK), True),
        (own_policy({"ArnEquals": {"aws:PrincipalArn": TASK}}), True),
        (own_policy(action="kms:Encrypt"), False),
        (own_policy(principal=OTHER), False),
        (own_policy({"ArnEquals": {"aws:PrincipalArn": [OTHER]}}), False),
        (own_policy({"StringEquals": {"kms:ViaService": "ssm.us-east-1.amazonaws.com"}}), False),
        (own_policy({"Null": {"kms:ViaService": "true"}}), False),
    ],
)
def test_a_key_is_reached_only_as_its_own_policy_consents(policy: str, *, reaches: bool) -> None:
    graph = planned(with_role(on_keys("sqs"), policy=policy))
    assert ("task" in reached(graph).get("key", [])) is reaches


def test_a_key_without_a_policy_of_its_own_leaves_it_to_the_account() -> None:
    assert reached(planned(with_role(on_keys("sqs")))) == {"key": ["task"]}


MONITORED = {
    "dev": set[str](),
    "staging": {"postgres-monitoring-role", "mysql-monitoring-role"},
    "prod": {"postgres-monitoring-role", "mysql-monitoring-role"},
}
"""The roles of Enhanced Monitoring, of stacks whose databases have it."""
PROXIES = {"dev": set[str](), "staging": {"postgres-proxy-reader-role"}, "prod": {"postgres-proxy-reader-role"}}
"""The roles by which a proxy reads the passwords that it connects with."""
SESSIONS = {"dev": ("booking", "booking-worker", "catalogue", "collection"), "staging": (), "prod": ()}
"""The services into whose containers a person may open a session; such a session asks which log groups there are."""


@pytest.mark.parametrize("stack", STACKS)
def test_every_role_of_a_stack_has_rights_of_its_own_and_a_key_that_asked(stack: str) -> None:
    graph = graphs()[stack]
    found = access(graph)
    # A policy of AWS stands in no plan, and who watches the machines of databases has one.
    assert {name_of(urn).removesuffix("-amazonrdsenhancedmonitoringrole") + "-role" for urn in found.unread} == MONITORED[stack]
    roles = [entry for entry in principals(graph, found) if entry[0].type.endswith(":Role")]
    services = stacks()[stack].config.services
    names = {role.name for role, _, _ in roles}
    assert {"flow-logs-writer-role", *(f"service-{name}-identity-role" for name in services)} <= names
    told = {f"service-{name}-identity-role" for name, service in services.items() if service.runs_on == "ecs"}
    lent = {urn for one in of_kind(graph, "RolePolicyAttachment") for urn in one.property_dependencies["role"]}
    assert {role.name for role, _, _ in roles if role.urn in lent} == MONITORED[stack]  # their rights stand in a policy of AWS
    for role, takers, rights in roles:
        assert takers
        assert rights or role.urn in lent or role.name in told, "a task that only connects is told what it connects to"
        assert graph.asked_by(role).startswith("plinth:")
    (writer,) = found.of(named(graph, "flow-logs-writer-role").urn)
    assert targets_in(graph)(writer.targets) == "flow-logs-records"


ACCOUNT_ITSELF = f"whom account {'0' * 12} lets"


def reaching_names(graph: Graph, name: str) -> list[str]:
    return [called(right.principal) for right in reaching(access(graph), graph, named(graph, name))]


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.requirement("SEC-27", part="who reaches each secret and key, as its own policy consents")
def test_a_secret_is_reached_by_the_services_that_named_it_and_by_nobody_else(stack: str) -> None:
    graph = graphs()[stack]
    started = [f"task-{name}-starter-role" for name in ("booking", "booking-worker")]  # who starts the tasks reads it for them
    assert reaching_names(graph, "secrets-google-oauth") == ["task-collection-starter-role"]
    assert sorted(reaching_names(graph, "secrets-booking-django-key")) == ["service-bot-api-identity-role", *started]
    assert set(reaching_names(graph, "secrets-postgres")) == {"logins-starter-role"} | PROXIES[stack]
    assert set(reaching_names(graph, "secrets-encryption-key")) == {
        ACCOUNT_ITSELF,
        "logins-starter-role",
        *PROXIES[stack],
        *started,
        *(f"task-{name}-starter-role" for name in ("catalogue", "collection")),
        *(f"service-{name}-identity-role" for name in ("bot-api", "bot-runner", "websocket")),
    }


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.requirement("SEC-27", part="who reaches each secret and key, as its own policy consents")
def test_a_key_is_reached_by_the_services_whose_things_it_encrypts_and_by_nobody_else(stack: str) -> None:
    graph = graphs()[stack]
    using = {f"service-{name}-identity-role" for name in ("booking", "bot-runner", "collection", "resize")}
    copying = {f"bucket-{name}-replicator-role" for name in ("backups", "frontend", "media", "static") if stack == "prod"}
    for purpose in ("storage", "backup"):  # by either key, as long as it is for one of their buckets
        disks = {EVERYBODY} if purpose == "storage" else set[str]()
        assert set(reaching_names(graph, f"{purpose}-encryption-key")) == {ACCOUNT_ITSELF} | using | copying | disks
    open_to_all = [one for one in access(graph).rights if one.principal == EVERYBODY]
    assert all("aws:PrincipalArn" in right.conditions for right in open_to_all), "the role that starts machines, by its ARN"
    queueing = {f"service-{name}-identity-role" for name in ("booking-worker", "resize")}
    telling = {"events.rds.amazonaws.com", "s3.amazonaws.com"}
    assert set(reaching_names(graph, "data-encryption-key")) == {ACCOUNT_ITSELF} | queueing | telling
    assert set(reaching_names(graph, "config-encryption-key")) == {ACCOUNT_ITSELF}


@pytest.mark.parametrize("stack", STACKS)
def test_flow_logs_are_written_by_their_role_alone_and_at_most_listed_by_others(stack: str) -> None:
    graph = graphs()[stack]
    found = reaching(access(graph), graph, named(graph, "flow-logs-records"))
    listing = {called(right.principal) for right in found if right.actions == ("logs:DescribeLogGroups",)}
    assert listing == {f"service-{name}-identity-role" for name in SESSIONS[stack]}
    assert {called(right.principal) for right in found} - listing == {"flow-logs-writer-role"}


def attached(kind: str, arn: str) -> Access:
    def build(opts: ResourceOptions) -> None:
        role = aws.iam.Role("task", name="plinth-test-task", assume_role_policy=TRUST, opts=opts)
        group = aws.iam.Group("people", name="plinth-test-people", opts=opts)
        if kind == "role":
            aws.iam.RolePolicyAttachment("more", role=role.name, policy_arn=arn, opts=opts)
        else:
            aws.iam.GroupPolicyAttachment("more", group=group.name, policy_arn=arn, opts=opts)
        aws.secretsmanager.Secret("token", name="plinth-test-token", opts=opts)

    return access(planned(build))


@pytest.mark.parametrize("kind", ["role", "group"])
def test_whoever_has_every_right_by_a_policy_of_aws_has_it_here_and_reaches_everything(kind: str) -> None:
    found = attached(kind, "arn:aws:iam::aws:policy/AdministratorAccess")
    (right,) = found.rights
    assert (right.actions, right.targets) == (("*",), ("*",))
    assert right.principal.endswith("::task" if kind == "role" else "::people")
    assert found.unread == ()


def test_a_policy_of_aws_that_cannot_be_read_here_is_told() -> None:
    found = attached("role", "arn:aws:iam::aws:policy/ReadOnlyAccess")
    assert found.rights == ()
    assert [urn.rpartition("::")[2] for urn in found.unread] == ["more"]


def test_the_command_says_it_for_people_and_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    copy = project_copy(tmp_path)

    def command(*arguments: str) -> Done:
        return plinth_here(copy, "access", *arguments, patch=monkeypatch, capture=capsys)

    said = command("--stack", "prod").out
    assert "flow-logs-writer-role  asked by plinth:networking.flowLogs (Pulumi.prod.yaml:" in said
    assert "taken by vpc-flow-logs.amazonaws.com if aws:SourceAccount, aws:SourceArn" in said
    assert "logs.us-east-1.amazonaws.com  kms: 9 actions if kms:EncryptionContext:aws:logs:arn" in said
    assert "on bucket-media-bucket  for bucket.media as read (Pulumi.prod.yaml:" in said
    answer = json.loads(command("--stack", "prod", "--json").out)
    assert answer == json.loads(json.dumps(to_json(graphs()["prod"], read(ROOT, "prod", "plinth"))))
    people = {one["name"]: one for one in answer["principals"]}
    assert {"account-administrators", "flow-logs-writer-role", "service-booking-identity-role"} < people.keys()
    entries = {right.get("entry", "") for right in people["service-booking-identity-role"]["rights"]}
    assert {entry.partition(" (Pulumi.prod.yaml:")[0] for entry in entries if entry} == {
        "bucket.media as read",
        "bucket.media as write from booking/",
    }
    assert {"logs-encryption-key", "flow-logs-records", "secrets-google-oauth", "data-encryption-standby"} < {
        thing["name"] for thing in answer["things"]
    }
