"""The rights of a stack's pipelines: what is called, on what is the stack's; to a preview nothing that changes or tells."""

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any, cast

import pytest
from policy_sentry.querying.actions import get_action_data

from components.core.context import Context
from components.core.documents import identity_policy
from components.core.offers import Statement
from components.core.registries import PULL, PUSH
from components.core.service_role import documents_of
from components.security import handlers
from components.security.handlers import Right
from components.security.pipeline_rights import (
    GUARDED_PATH,
    PipelineScope,
    StateBackend,
    deploy_statements,
    preview_statements,
)
from tests.iam import Request, allows, like

PARLIAMENT: Any = importlib.import_module("parliament")  # which says nothing about its types
ACCOUNT, REGION, STANDBY = "111111111111", "us-east-1", "us-west-2"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0123456789ab-cdef"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy{GUARDED_PATH}plinth-dev-boundary"
STATE = StateBackend(bucket="plinth-state", prefix="states/", key_arn=KEY)
SCOPE = PipelineScope(state=STATE, boundary_arn=BOUNDARY, account_wide=True, domain="dev.example.org")
GUARDED = (
    f"arn:aws:iam::{ACCOUNT}:role{GUARDED_PATH}plinth-dev-deploy",
    f"arn:aws:iam::{ACCOUNT}:role{GUARDED_PATH}plinth-dev-preview",
    f"arn:aws:iam::{ACCOUNT}:policy{GUARDED_PATH}plinth-dev-deploy-1",
    BOUNDARY,
    f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com",
)
NARROWABLE: Mapping[str, str] = {
    "kms:TagResource": "KMS wants it on no particular key from whoever makes one with tags",
    "servicediscovery:GetOperation": "the reference names the namespace, which does not exist yet when its making is asked about",
}
"""Actions on every resource although the reference names something narrower, and why."""
KEPT_THROUGH: Mapping[str, str] = {
    "kms:CreateGrant": "rds",
    "kms:Encrypt": "ssm",
    "kms:GenerateDataKeyWithoutPlaintext": "elasticfilesystem",
    "kms:RetireGrant": "ecr",
}
"""A service through which a key is put to this use, where that is not Secrets Manager."""
ACCOUNT_WIDE = {
    *("ec2:DisableEbsEncryptionByDefault", "ec2:EnableEbsEncryptionByDefault"),
    *("ec2:ModifyEbsDefaultKmsKeyId", "ec2:ResetEbsDefaultKmsKeyId", "ecr:PutRegistryScanningConfiguration"),
    *("iam:DeleteAccountPasswordPolicy", "iam:UpdateAccountPasswordPolicy", "s3:PutAccountPublicAccessBlock"),
}
"""What changes a setting that the account has once."""
NONE_OF_OURS = (":listener/gwy/", ":rds:*:*:cluster:")
"""What actions also work on, and the platform has none of: gateway load balancers, clusters of Aurora."""


def context(region: str = REGION) -> Context:
    return Context(
        project="plinth",
        environment="dev",
        account_id=ACCOUNT,
        region=region,
        retain=False,
        provider=cast("Any", None),
    )


DEPLOY, PREVIEW = deploy_statements(context(), SCOPE), preview_statements(context(), SCOPE)


def actions(statements: tuple[Statement, ...]) -> set[str]:
    return {action for statement in statements for action in statement.actions}


def arn(right: Right, *, environment: str = "dev", region: str = REGION) -> str:
    """A thing that the right works on, of a stack."""
    names = {"account": ACCOUNT, "region": region, "project": "plinth", "environment": environment}
    return right.arn.format(stack=f"plinth-{environment}", **names).replace("*", "x") if right.resource != "*" else "*"


def tagged(kind: str, environment: str | None) -> dict[str, str]:
    return {f"aws:{kind}Tag/project": "plinth", f"aws:{kind}Tag/environment": environment} if environment else {}


# -- what is granted


def expected(right: Right, *, carried: str | None, given: str | None, creating: bool) -> bool:
    """What the guard of a right means, by the tags that the thing carries and the call gives."""
    match right.guard:
        case "own":
            return carried == "dev"
        case "new":
            return given == "dev"
        case "creation":
            return given == "dev" and creating
        case "claim":
            return given == "dev" and carried in (None, "dev")
        case "unclaimed" | "copy":
            return carried in (None, "dev")
        case _:
            return True


def held(right: Right, others: Mapping[str, str]) -> dict[str, str]:
    """What else a request says, so that a guard that does not go by tags is met."""
    service = {"kms:ViaService": f"{KEPT_THROUGH.get(right.action, 'secretsmanager')}.{REGION}.amazonaws.com"}
    bounded = {"iam:PermissionsBoundary": BOUNDARY}
    attached = {**bounded, "iam:PolicyARN": f"arn:aws:iam::{ACCOUNT}:policy/plinth-dev-x"}
    records = {"route53:ChangeResourceRecordSetsRecordTypes": "SOA"}
    names = {
        "route53:ChangeResourceRecordSetsRecordTypes": "A",
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": "api.dev.example.org",
    }
    copied = {"kms:ReplicaRegion": REGION}
    met = {"service": service, "bounded": bounded, "attach": attached, "soa": records, "names": names, "copy": copied}
    return {"aws:RequestedRegion": REGION, **met.get(right.guard, {}), **others}


def situations() -> Iterator[tuple[str | None, str | None, bool]]:
    stacks = (None, "dev", "prod")
    return product(stacks, stacks, (False, True))


def test_merged_statements_say_exactly_what_the_table_says() -> None:
    for action, rights in handlers.rights().items():
        for right in rights:
            alternatives = [each for each in rights if each.resource in (right.resource, "*")]
            for carried, given, creating in situations():
                tags = {**tagged("Resource", carried), **tagged("Request", given)}
                said = held(right, {**tags, **({"ec2:CreateAction": "CreateX"} if creating else {})})
                wanted = any(expected(each, carried=carried, given=given, creating=creating) for each in alternatives)
                request = Request(action=action, arn=arn(right), context=said)
                assert allows(DEPLOY, request) == wanted, (request, right)


def test_nothing_is_granted_that_no_handler_calls() -> None:
    roles = {"iam:PassRole", "iam:CreateServiceLinkedRole"}
    state = {"s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"}
    assert actions(DEPLOY) == set(handlers.rights()) | roles | state | {"ecr:GetAuthorizationToken", *PULL, *PUSH}


def test_what_goes_by_its_name_is_out_of_reach_under_the_name_of_another_stack() -> None:
    named = [
        right
        for rights in handlers.rights().values()
        for right in rights
        if "{environment}" in right.arn or "{stack}" in right.arn
    ]
    assert len(named) > 80
    for right in named:
        assert allows(DEPLOY, Request(action=right.action, arn=arn(right), context=held(right, {}))), right
        assert not allows(DEPLOY, Request(action=right.action, arn=arn(right, environment="prod"), context=held(right, {}))), (
            right
        )


def test_nothing_happens_in_a_region_that_the_stack_does_not_use() -> None:
    both = deploy_statements(context(), replace(SCOPE, regions=(STANDBY, REGION)))
    regional = [r for rights in handlers.rights().values() for r in rights if "{region}" in r.arn or r.resource == "*"]
    for right in (r for r in regional if r.action.partition(":")[0] not in ("iam", "route53") and r.guard != "service"):
        tags = {**tagged("Resource", "dev"), **tagged("Request", "dev")}
        there = {**held(right, tags), "aws:RequestedRegion": STANDBY}
        request = Request(action=right.action, arn=arn(right, region=STANDBY), context=there)
        assert (allows(DEPLOY, request), allows(both, request)) == (False, True), right


def test_every_resource_wildcard_has_a_reason_and_the_reference_knows_nothing_narrower() -> None:
    for statement in (*DEPLOY, *PREVIEW):
        if "*" in statement.resources:
            assert statement.because
            for action in statement.actions:
                service, _, name = action.partition(":")
                rows = cast("dict[str, Any]", get_action_data(service, name))[service]
                narrower = {row["resource_arn_format"] for row in rows} - {"*"}
                assert not narrower or action in NARROWABLE, (action, narrower)


def test_the_same_in_any_order_and_each_time() -> None:
    again = deploy_statements(context(), SCOPE)
    assert again == DEPLOY
    for statement in DEPLOY:
        assert list(statement.actions) == sorted(set(statement.actions))
        assert all(isinstance(resource, str) for resource in statement.resources)


def test_the_rights_fit_into_as_many_managed_policies_as_a_role_can_have_in_several_regions_too() -> None:
    everywhere = deploy_statements(context(), replace(SCOPE, regions=(STANDBY, "eu-west-1")))
    assert (documents(DEPLOY), documents(PREVIEW)) == (8, 2)
    assert len(documents_of(everywhere)) <= 10


def test_of_a_zone_only_records_under_the_domain_of_the_stack_are_changed() -> None:
    zone = "arn:aws:route53:::hostedzone/Z0123456789"
    without = deploy_statements(context(), replace(SCOPE, domain=""))

    def changes(statements: tuple[Statement, ...], name: str) -> bool:
        said = {
            "route53:ChangeResourceRecordSetsRecordTypes": "A",
            "route53:ChangeResourceRecordSetsNormalizedRecordNames": name,
        }
        return allows(statements, Request(action="route53:ChangeResourceRecordSets", arn=zone, context=said))

    public = {"acm:RequestCertificate", "route53:CreateHealthCheck", "route53:DeleteHostedZone"}
    assert public <= actions(DEPLOY)
    assert public.isdisjoint(actions(without))
    assert [changes(DEPLOY, name) for name in ("dev.example.org", "api.dev.example.org")] == [True, True]
    public = {"acm:RequestCertificate", "route53:CreateHealthCheck", "route53:DeleteHostedZone"}
    assert public <= actions(DEPLOY)
    assert public.isdisjoint(actions(without))
    assert [changes(DEPLOY, name) for name in ("example.org", "api.prod.example.org", "baddev.example.org")] == [False] * 3
    assert not changes(without, "api.dev.example.org")


def documents(statements: tuple[Statement, ...]) -> int:
    """How many managed policies it takes, each filled with whatever still fits."""
    limit, envelope = 6_144, len(text(DEPLOY[0])) - len(text(DEPLOY[0])[37:-2])  # IAM user guide, "IAM and AWS STS quotas"
    room: list[int] = []
    for size in sorted((len(text(statement)) - envelope + 1 for statement in statements), reverse=True):
        place = next((place for place, left in enumerate(room) if left >= size), len(room))
        if place == len(room):
            room.append(limit - envelope)
        room[place] -= size
    return len(room)


def text(statement: Statement) -> str:
    return str(identity_policy([statement]))


# -- nobody gets more than they have


@pytest.mark.requirement("SEC-27", part="the pipelines of a stack cannot give themselves rights")
@pytest.mark.parametrize("guarded", GUARDED)
def test_no_pipeline_writes_to_a_pipelines_roles_policies_boundary_or_to_whom_the_account_trusts(guarded: str) -> None:
    reads = {action for action, rights in handlers.rights().items() if rights[0].reads}
    every = {**tagged("Resource", "dev"), **tagged("Request", "dev"), "iam:PermissionsBoundary": BOUNDARY}
    services = {"iam:PassedToService": "ec2.amazonaws.com", "iam:PolicyARN": f"arn:aws:iam::{ACCOUNT}:policy/plinth-dev-x"}
    named = tuple(statement for statement in DEPLOY if "*" not in statement.resources)
    allowed = {a for a in actions(DEPLOY) if allows(named, Request(action=a, arn=guarded, context={**every, **services}))}
    assert set() < allowed <= reads, "it is planned with the stack, and never changed"


def test_what_changes_something_without_naming_it_makes_keys_and_names_and_nothing_else() -> None:
    signs_in = {"ecr:GetAuthorizationToken"}
    named_nothing = {action for statement in DEPLOY if "*" in statement.resources for action in statement.actions} - signs_in
    assert {action for action in named_nothing if not handlers.rights()[action][0].reads} == {
        *("kms:CreateKey", "kms:TagResource", "route53:CreateHealthCheck", "route53:CreateHostedZone"),
        *("servicediscovery:CreatePrivateDnsNamespace", "servicediscovery:TagResource", "servicediscovery:UntagResource"),
        *("acm:RequestCertificate", "elasticfilesystem:CreateFileSystem", "rds:CreateDBProxy"),
        *("ecs:DeregisterTaskDefinition", "ssm:CreateMaintenanceWindow", "ssm:CreatePatchBaseline"),
        *("logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:UpdateLogDelivery"),
        *("logs:DeleteResourcePolicy", "logs:PutResourcePolicy"),
        *ACCOUNT_WIDE,
    }


@pytest.mark.requirement("SEC-27", part="the pipelines of a stack cannot give themselves rights")
def test_with_a_boundary_nobody_is_made_or_given_rights_beyond_it() -> None:
    giving = {right.action for rights in handlers.rights().values() for right in rights if right.guard in ("bounded", "attach")}
    assert giving == {
        *("iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:CreateRole"),
        *("iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"),
        *("iam:CreateUser", "iam:PutUserPermissionsBoundary", "iam:PutUserPolicy", "iam:UpdateAssumeRolePolicy"),
    }
    for action in giving:
        someone = f"arn:aws:iam::{ACCOUNT}:{'user' if 'User' in action else 'role'}/plinth-dev-x"
        policy = {"iam:PolicyARN": f"arn:aws:iam::{ACCOUNT}:policy/plinth-dev-x"}
        for boundary, wanted in ((BOUNDARY, True), (f"arn:aws:iam::{ACCOUNT}:policy/plinth-dev-mine", False), (None, False)):
            said = {**policy, **({"iam:PermissionsBoundary": boundary} if boundary else {})}
            assert allows(DEPLOY, Request(action=action, arn=someone, context=said)) == wanted
    assert {"iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"}.isdisjoint(actions(DEPLOY))
    unbounded = deploy_statements(context(), PipelineScope(state=STATE))
    assert not any("iam:PermissionsBoundary" in block for s in unbounded for block in s.conditions.values())


@pytest.mark.parametrize("path", ["/", "/plinth/"])
def test_only_policies_of_the_stack_are_attached_and_those_of_aws_that_the_platform_has(path: str) -> None:
    deploy = deploy_statements(replace(context(), role_path=path), SCOPE)

    def attaches(policy: str) -> bool:
        said = {"iam:PermissionsBoundary": BOUNDARY, "iam:PolicyARN": policy}
        role = f"arn:aws:iam::{ACCOUNT}:role{path}plinth-dev-x"
        return allows(deploy, Request(action="iam:AttachRolePolicy", arn=role, context=said))

    assert attaches(f"arn:aws:iam::{ACCOUNT}:policy{path}plinth-dev-x")
    assert attaches("arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole")
    for policy in ("plinth-prod-x", "guarded/plinth-dev-x", "elsewhere/plinth-dev-x"):
        assert not attaches(f"arn:aws:iam::{ACCOUNT}:policy/{policy}")
    assert not attaches("arn:aws:iam::aws:policy/AdministratorAccess")


@pytest.mark.requirement("POL-04", part="a pipeline passes roles of its stack alone, to the services that it names")
def test_a_role_is_passed_to_the_services_that_need_one_and_only_a_role_of_the_stack() -> None:
    def passes(role: str, service: str) -> bool:
        arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
        return allows(DEPLOY, Request(action="iam:PassRole", arn=arn, context={"iam:PassedToService": service}))

    assert passes("plinth-dev-x", "ec2.amazonaws.com")
    assert passes("plinth-dev-x", "vpc-flow-logs.amazonaws.com")
    assert not passes("plinth-dev-x", "lambda.amazonaws.com")
    assert not passes("plinth-prod-x", "ec2.amazonaws.com")
    assert not passes("administrator", "ec2.amazonaws.com")


def test_the_pipeline_of_a_stack_that_retains_its_data_can_delete_no_object_of_it() -> None:
    keeping = deploy_statements(replace(context(), retain=True), PipelineScope())
    emptying = {"s3:DeleteObject", "s3:DeleteObjectVersion"}
    assert actions(deploy_statements(context(), PipelineScope())) - actions(keeping) == emptying


def test_what_an_account_has_once_is_for_the_one_stack_that_makes_it() -> None:
    others = actions(deploy_statements(context(), replace(SCOPE, account_wide=False)))
    reads = {"ec2:GetEbsDefaultKmsKeyId", "ec2:GetEbsEncryptionByDefault", "iam:GetAccountPasswordPolicy"}
    reads |= {"ecr:GetRegistryScanningConfiguration", "s3:GetAccountPublicAccessBlock"}
    assert actions(DEPLOY) - others == ACCOUNT_WIDE | reads


# -- a preview changes nothing and tells no secret


@pytest.mark.requirement("DEL-04", part="the preview role changes nothing and takes no lock")
def test_a_preview_only_reads() -> None:
    for action in actions(PREVIEW) - {"kms:Decrypt"}:
        service, _, name = action.partition(":")
        rows = cast("dict[str, Any]", get_action_data(service, name))[service]
        assert {row["access_level"] for row in rows} <= {"Read", "List"}, action


def test_a_preview_reads_no_secret_but_those_in_the_state_that_it_is_made_from() -> None:
    tell = ("secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue", "ssm:GetParameter", "ssm:GetParameters")
    assert actions(PREVIEW).isdisjoint(tell)
    decrypting = [statement for statement in PREVIEW if "kms:Decrypt" in statement.actions]
    assert [statement.resources for statement in decrypting] == [(KEY,)]


def test_whatever_a_preview_may_the_deployment_may() -> None:
    assert actions(PREVIEW) <= actions(DEPLOY)


@pytest.mark.requirement("DEL-04", part="each stack's pipelines reach their own part of the state")
def test_the_state_of_another_stack_is_out_of_reach() -> None:
    def reaches(statements: tuple[Statement, ...], action: str, path: str) -> bool:
        return allows(statements, Request(action=action, arn=f"arn:aws:s3:::plinth-state/states/.pulumi/{path}"))

    own = (
        "stacks/plinth/dev.json",
        "history/plinth/dev/dev-1.history.json",
        "backups/plinth/dev/1",
        "locks/organization/plinth/dev/1.json",
    )
    for path in own:
        assert reaches(DEPLOY, "s3:PutObject", path)
        assert not reaches(PREVIEW, "s3:PutObject", path)
        assert not reaches(DEPLOY, "s3:PutObject", path.replace("dev", "prod"))
        assert not reaches(DEPLOY, "s3:GetObject", path.replace("dev", "prod"))
    assert reaches(PREVIEW, "s3:GetObject", "stacks/plinth/dev.json")
    assert not reaches(PREVIEW, "s3:GetObject", "stacks/plinth/prod.json")
    assert reaches(PREVIEW, "s3:GetObject", "meta.yaml")
    assert not reaches(DEPLOY, "s3:PutObject", "meta.yaml")


# -- what others find


def test_parliament_finds_nothing_in_a_preview_and_only_what_is_explained_in_a_deployment() -> None:
    assert list(findings(PREVIEW)) == []
    stars: set[str] = set()
    for issue, detail in findings(DEPLOY):
        match issue:
            case "RESOURCE_STAR":
                stars |= set(detail)
            case "RESOURCE_MISMATCH":  # one of two kinds of things that a call works on: the other stands in another statement
                assert all(on_the_other_kind(each["action"], each["required_format"]) for each in detail), detail
            case "MISMATCHED_TYPE_BUT_USABLE":  # "works with string operators" (IAM user guide, iam:PermissionsBoundary)
                assert detail == "Type mismatch: StringEquals requires a value of type String but given Arn"
            case "RESOURCE_POLICY_PRIVILEGE_ESCALATION":  # whoever makes a bucket says who may use it
                assert "s3:PutBucketPolicy" in detail
            case _:
                raise AssertionError(f"{issue}: {detail}")
    assert stars == set(NARROWABLE)


def findings(statements: tuple[Statement, ...]) -> Iterator[tuple[str, Any]]:
    for statement in statements:
        for finding in PARLIAMENT.analyze_policy_string(text(statement)).findings:
            yield finding.issue, finding.detail


def on_the_other_kind(action: str, pattern: str) -> bool:
    return any(other in pattern for other in NONE_OF_OURS) or any(
        action in statement.actions and any(like(pattern, str(arn)) for arn in statement.resources) for statement in DEPLOY
    )
