"""The rules on the three stacks, and what one broken property changes."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from plinth.engine.graph import Graph
from plinth.engine.values import SECRET, UNKNOWN
from plinth.policy.verdicts import report
from policy.catalogue import RULES
from policy.exceptions import load
from policy.judge import Verdict
from tests.harness import ROOT, STACKS, graphs, named

Inputs = Mapping[str, Any]
Change = Callable[[Inputs], Inputs]
EVERY_STACK = pytest.mark.parametrize("stack", STACKS)
ALLOWED = load(ROOT, {rule.id for rule in RULES})
WORLD = {"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrBlocks": ["0.0.0.0/0"]}


def verdicts(graph: Graph, verdict: Verdict = Verdict.VIOLATED) -> set[tuple[str, str]]:
    """The rules with this verdict, each with the name of the resource."""
    (stack,) = report([graph], ALLOWED).stacks
    return {(found.rule.id, found.urn.rsplit("::", 1)[-1]) for found in stack.of(verdict)}


def changed(graph: Graph, name: str, change: Change) -> Graph:
    """`graph` with the inputs of one resource changed."""
    found = named(graph, name)
    return replace(graph, resources={**graph.resources, found.urn: replace(found, inputs=change(found.inputs))})


def without(graph: Graph, name: str) -> Graph:
    urn = named(graph, name).urn
    return replace(graph, resources={key: resource for key, resource in graph.resources.items() if key != urn})


def setting(key: str, value: object) -> Change:
    return lambda inputs: {**inputs, key: value}


def in_statement(key: str, **parts: Any) -> Change:
    """Changes the first statement of the document at `key`; a part that is None is left out."""

    def change(inputs: Inputs) -> Inputs:
        document = json.loads(inputs[key])
        first = {name: part for name, part in {**document["Statement"][0], **parts}.items() if part is not None}
        return {**inputs, key: json.dumps({**document, "Statement": [first, *document["Statement"][1:]]})}

    return change


@pytest.mark.requirement("POL-18", part="run on the plan of every stack, before there is an account")
@EVERY_STACK
def test_every_rule_holds_on_every_stack_and_none_is_undecided(stack: str) -> None:
    found = report([graphs()[stack]], ALLOWED)
    assert verdicts(graphs()[stack]) == set()
    assert verdicts(graphs()[stack], Verdict.UNDECIDED) == set()
    assert not found.failed
    assert found.stacks[0].counts[Verdict.SATISFIED] > 100


_OPEN = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sqs:DeleteQueue", "Resource": "*"}],
    }
)
"""A queue's policy that lets nobody delete it, and nothing else."""
BROKEN: list[tuple[str, str, Change]] = [
    ("iam-no-service-wide-action", "flow-logs-writer-rights", in_statement("policy", Action=["logs:*"])),
    ("iam-no-service-wide-action", "logs-encryption-key", in_statement("policy", Action="*")),
    ("iam-no-action-pattern", "flow-logs-writer-rights", in_statement("policy", Action=["logs:Put*"])),
    ("iam-no-action-pattern", "endpoints-kms", in_statement("policy", Action="kms:Describe*")),
    ("iam-no-negation", "flow-logs-writer-rights", in_statement("policy", Resource=None, NotResource="arn:aws:logs:::x")),
    ("iam-star-only-when-forced", "flow-logs-writer-rights", in_statement("policy", Resource="*")),
    ("iam-pass-role-scoped", "flow-logs-writer-rights", in_statement("policy", Action="iam:PassRole")),
    (
        "iam-no-administrator-policy",
        "flow-logs-writer-role",
        setting("managedPolicyArns", ["arn:aws:iam::aws:policy/PowerUserAccess"]),
    ),
    ("iam-trust-names-principals", "flow-logs-writer-role", in_statement("assumeRolePolicy", Principal={"AWS": "*"})),
    ("iam-no-confused-deputy", "flow-logs-writer-role", in_statement("assumeRolePolicy", Condition=None)),
    ("resource-policy-not-public", "logs-encryption-key", in_statement("policy", Principal="*", Condition=None)),
    ("endpoint-policy-bounded", "endpoints-kms", setting("policy", None)),
    ("endpoint-policy-bounded", "endpoints-kms", in_statement("policy", Condition=None)),
    ("group-open-to-world-on-web-only", "firewall-eks", setting("ingress", [WORLD])),
    (
        "group-open-to-world-on-web-only",
        "firewall-load-balancer-public-to-eks-tcp-443-in",
        lambda inputs: {**inputs, "cidrIpv6": "::/0", "fromPort": 442},
    ),
    ("group-no-every-protocol", "firewall-redis", setting("ingress", [{"protocol": "-1", "cidrBlocks": ["10.0.0.0/16"]}])),
    ("default-group-empty", "network-default-group", setting("egress", [{"protocol": "-1"}])),
    ("tags-required", "network-vpc", setting("tags", {"owner": ""})),
    ("tags-from-list", "network-vpc", setting("tags", {"environment": "live"})),
    ("name-by-convention", "flow-logs-writer-role", setting("name", "writer")),
    ("log-group-retained", "flow-logs-records", setting("retentionInDays", None)),
    ("log-group-encrypted", "flow-logs-records", setting("kmsKeyId", None)),
    ("file-system-encrypted", "files-files", setting("encrypted", False)),
    ("region-allowed", "network-vpc", setting("region", "sa-east-1")),
    ("cache-encrypted", "cache-redis-group", setting("transitEncryptionEnabled", value=False)),
    ("cache-asks-who-it-is", "cache-broker-group", setting("authToken", None)),
    ("cache-fails-over", "cache-redis-group", setting("multiAzEnabled", value=False)),
    ("queue-encrypted", "queue-images-queue", lambda inputs: {**inputs, "kmsMasterKeyId": None, "sqsManagedSseEnabled": False}),
    ("queue-by-tls-alone", "queue-images-dead-letters-policy", setting("policy", _OPEN)),
    ("queue-has-dead-letters", "queue-jobs-queue", setting("redrivePolicy", None)),
    ("listener-tls-current", "load-balancer-public-users", setting("protocol", "HTTPS")),
    ("load-balancer-drops-invalid-headers", "load-balancer-public-balancer", setting("dropInvalidHeaderFields", False)),
    ("load-balancer-access-logged", "load-balancer-stream-balancer", setting("accessLogs", None)),
    ("database-not-public", "postgres-primary", setting("publiclyAccessible", True)),
    ("database-encrypted", "mysql-primary", setting("storageEncrypted", False)),
    ("database-in-two-zones", "postgres-primary", setting("multiAz", False)),
    ("database-backed-up", "postgres-primary", setting("backupRetentionPeriod", 3)),
    ("database-deletion-protected", "mysql-primary", setting("deletionProtection", False)),
    ("database-login-by-identity", "postgres-replica-1", setting("iamDatabaseAuthenticationEnabled", False)),
    ("database-tls-forced", "mysql-parameters", setting("parameters", [])),
    ("database-proxy-tls-forced", "postgres-proxy-pool", setting("requireTls", False)),
]


@pytest.mark.parametrize(("rule", "name", "change"), BROKEN, ids=[f"{rule}-{name}" for rule, name, _ in BROKEN])
def test_one_broken_property_breaks_exactly_its_rule(rule: str, name: str, change: Change) -> None:
    assert verdicts(changed(graphs()["prod"], name, change)) == {(rule, name)}


def test_a_vpc_without_any_flow_log_breaks_the_rule_on_the_vpc() -> None:
    archived = without(graphs()["prod"], "flow-logs-all")
    assert verdicts(archived) == set()
    assert verdicts(without(archived, "flow-logs-archive")) == {("vpc-flow-logged", "network-vpc")}


@pytest.mark.parametrize("setting_of", ["private", "ownership", "encryption", "versioning", "policy", "lifecycle"])
def test_a_bucket_without_one_of_its_settings_breaks_the_rule_on_the_bucket(setting_of: str) -> None:
    broken = without(graphs()["prod"], f"bucket-media-{setting_of}")
    assert verdicts(broken) == {("bucket-has-all-settings", "bucket-media-bucket")}


def test_a_database_without_backups_breaks_both_rules_on_them() -> None:
    bare = changed(
        graphs()["prod"], "mysql-primary", lambda inputs: {**inputs, "backupRetentionPeriod": 0, "tags": {"Name": "x"}}
    )
    assert verdicts(bare) == {("database-backed-up", "mysql-primary"), ("stateful-backed-up", "mysql-primary")}


def test_a_group_that_admits_the_world_may_not_be_worn_by_an_instance() -> None:
    prod = graphs()["prod"]
    group = named(prod, "firewall-load-balancer-public")
    admits = replace(
        group,
        urn="urn:pulumi:prod::plinth::aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::web",
        inputs={"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "0.0.0.0/0", "tags": group.inputs["tags"]},
        property_dependencies={"securityGroupId": (group.urn,)},
    )
    instance = replace(
        group,
        urn="urn:pulumi:prod::plinth::aws:ec2/instance:Instance::bot",
        inputs={**group.inputs, "tags": {"Name": "plinth-prod-bot"}},
        property_dependencies={"vpcSecurityGroupIds": (group.urn,)},
    )
    worn = replace(prod, resources={**prod.resources, admits.urn: admits})
    assert verdicts(worn) == set()
    worn = replace(worn, resources={**worn.resources, instance.urn: instance})
    assert verdicts(worn) == {("group-open-to-world-on-load-balancers-only", "firewall-load-balancer-public")}


def test_a_plain_listener_that_faces_the_internet_breaks_the_rule_on_the_listener() -> None:
    prod = graphs()["prod"]
    balancer, users = named(prod, "load-balancer-public-balancer"), named(prod, "load-balancer-public-users")
    testers = named(prod, "load-balancer-public-testers")
    assert (balancer.inputs["internal"], users.inputs["protocol"]) == (True, "HTTP")
    facing = changed(prod, balancer.name, setting("internal", False))
    assert verdicts(facing) == {("listener-plain-redirects", users.name), ("listener-plain-redirects", testers.name)}


def test_every_rule_that_applies_to_the_platform_is_seen_to_break() -> None:
    (stack,) = report([graphs()["prod"]], ALLOWED).stacks
    applied = {found.rule.id for found in stack.judgements}
    elsewhere = {"bucket-has-all-settings", "vpc-flow-logged", "group-open-to-world-on-load-balancers-only"}
    elsewhere |= {"listener-plain-redirects", "stateful-backed-up"}
    assert applied - elsewhere == {rule for rule, _, _ in BROKEN}


@pytest.mark.parametrize("mark", [SECRET, UNKNOWN])
def test_what_is_secret_or_not_known_yet_is_undecided(mark: str) -> None:
    hidden = changed(graphs()["prod"], "flow-logs-records", setting("retentionInDays", mark))
    assert verdicts(hidden) == set()
    assert verdicts(hidden, Verdict.UNDECIDED) == {("log-group-retained", "flow-logs-records")}
    assert not report([hidden], ALLOWED).failed
