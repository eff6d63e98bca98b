"""Measured: every call that a deployment or a preview makes is one that its role may make, on just that thing.

The genuine engine and Terraform provider run against the emulated AWS, with the state in a bucket there. All that arrives is
recorded, and judged as IAM would judge it. What moto cannot serve is not measured: `UNMEASURED`.
"""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, cast

import pytest

from components.core.context import Context
from components.core.offers import Statement
from components.security import handlers
from components.security.pipeline_rights import PipelineScope, StateBackend, deploy_statements, preview_statements
from tests.engine.calls import ANY_THING, JUDGED, Call, Things, calls, requests
from tests.engine.real import NEEDED, with_engine
from tests.harness import ACCOUNT, ROOT, deployable, lean
from tests.iam import Request, allows

pytestmark = NEEDED

STATE = StateBackend(bucket="plinth-state", prefix="states/")
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/guarded/plinth-dev-boundary"
CTX = Context(
    project="plinth", environment="dev", account_id=ACCOUNT, region="us-east-1", retain=False, provider=cast("Any", None)
)
DEPLOY = deploy_statements(CTX, PipelineScope(state=STATE, account_wide=True, boundary_arn=BOUNDARY))
PREVIEW = preview_statements(CTX, PipelineScope(state=STATE, account_wide=True))
UNBOUNDED = deploy_statements(CTX, PipelineScope(state=STATE))
"""For `dev` as it is, whose roles have no boundary."""
STEPS = ("preview", "up", "update", "refresh", "destroy")
RECORDED: Final = """
set -e
after() { mv calls.jsonl "$1.jsonl"; }
curl -s -X PUT "$AWS_ENDPOINT_URL/plinth-state"
export PULUMI_BACKEND_URL="s3://plinth-state/states?region=us-east-1&use_path_style=true"
pulumi login "$PULUMI_BACKEND_URL"
pulumi stack init dev
after init
STEP=1 pulumi preview -s dev --non-interactive
after preview
STEP=1 pulumi up -s dev --yes --skip-preview --non-interactive
after up
pulumi stack export -s dev > up.json
sh change.sh
after change
STEP=2 pulumi up -s dev --yes --skip-preview --non-interactive
after update
pulumi stack export -s dev > state.json
after export
STEP=2 pulumi preview -s dev --refresh --non-interactive
after refresh
pulumi destroy -s dev --yes --skip-preview --non-interactive
after destroy
"""
ASKED_WITHOUT_RIGHT: Final = "iam:GetUser"
"""The provider asks it first for the account that it is in; refused, as every role is, it asks sts:GetCallerIdentity, for which
nobody needs a right (`GetAccountIDAndPartition` of hashicorp/aws-sdk-go-base)."""
TELLING: Final = ("secretsmanager:GetSecretValue", "ssm:GetParameter")
"""What a refresh of secrets calls, and only the deploying role may."""
UNMEASURED: Final[Mapping[str, str]] = {
    "the emulated AWS has no Access Analyzer": """
        access-analyzer:CreateAnalyzer access-analyzer:DeleteAnalyzer access-analyzer:GetAnalyzer access-analyzer:ListAnalyzers
        access-analyzer:TagResource access-analyzer:UntagResource access-analyzer:UpdateAnalyzer""",
    "the emulated AWS has no Client VPN": """
        ec2:AssociateClientVpnTargetNetwork ec2:AuthorizeClientVpnIngress ec2:CreateClientVpnEndpoint ec2:DeleteClientVpnEndpoint
        ec2:DescribeClientVpnAuthorizationRules ec2:DescribeClientVpnEndpoints ec2:DescribeClientVpnTargetNetworks
        ec2:DisassociateClientVpnTargetNetwork ec2:ModifyClientVpnEndpoint ec2:RevokeClientVpnIngress""",
    "only where there are files that services share, whose calls have no action in them": """
        ec2:CreateNetworkInterface ec2:DeleteNetworkInterface ec2:ModifyNetworkInterfaceAttribute
        elasticfilesystem:CreateAccessPoint
        elasticfilesystem:CreateFileSystem elasticfilesystem:CreateMountTarget elasticfilesystem:DeleteAccessPoint
        elasticfilesystem:DeleteFileSystem elasticfilesystem:DeleteFileSystemPolicy elasticfilesystem:DeleteMountTarget
        elasticfilesystem:DescribeAccessPoints elasticfilesystem:DescribeBackupPolicy
        elasticfilesystem:DescribeFileSystemPolicy elasticfilesystem:DescribeFileSystems
        elasticfilesystem:DescribeLifecycleConfiguration elasticfilesystem:DescribeMountTargetSecurityGroups
        elasticfilesystem:DescribeReplicationConfigurations
        elasticfilesystem:DescribeMountTargets elasticfilesystem:ModifyMountTargetSecurityGroups
        elasticfilesystem:PutBackupPolicy elasticfilesystem:PutFileSystemPolicy elasticfilesystem:PutLifecycleConfiguration
        elasticfilesystem:TagResource elasticfilesystem:UntagResource elasticfilesystem:UpdateFileSystem kms:CreateGrant
        kms:GenerateDataKeyWithoutPlaintext""",
    "for what an account has once, of which other programs of the same account would have to be free": """
        ec2:DisableEbsEncryptionByDefault ec2:EnableEbsEncryptionByDefault ec2:GetEbsDefaultKmsKeyId
        ec2:GetEbsEncryptionByDefault ec2:ModifyEbsDefaultKmsKeyId ec2:ResetEbsDefaultKmsKeyId s3:GetAccountPublicAccessBlock
        s3:PutAccountPublicAccessBlock""",
    "for locks and copies of buckets, which prod alone has, and for queues": """
        s3:GetBucketNotification s3:GetIntelligentTieringConfiguration s3:PutBucketNotification
        s3:PutBucketObjectLockConfiguration s3:PutIntelligentTieringConfiguration s3:PutReplicationConfiguration""",
    "for machines and their patches, of which what is measured has none": """
        ec2:CreateLaunchTemplate ec2:CreateLaunchTemplateVersion ec2:DeleteKeyPair ec2:DeleteLaunchTemplate ec2:DescribeKeyPairs
        ec2:DescribeLaunchTemplateVersions ec2:DescribeLaunchTemplates ec2:ImportKeyPair ec2:ModifyLaunchTemplate
        ec2:RunInstances ssm:CreateMaintenanceWindow ssm:CreatePatchBaseline ssm:DeleteMaintenanceWindow ssm:DeletePatchBaseline
        ssm:DeregisterPatchBaselineForPatchGroup ssm:DeregisterTargetFromMaintenanceWindow
        ssm:DeregisterTaskFromMaintenanceWindow ssm:DescribeMaintenanceWindowTargets ssm:DescribePatchGroups
        ssm:GetMaintenanceWindow ssm:GetMaintenanceWindowTask ssm:GetPatchBaseline ssm:RegisterPatchBaselineForPatchGroup
        ssm:RegisterTargetWithMaintenanceWindow ssm:RegisterTaskWithMaintenanceWindow ssm:UpdateMaintenanceWindow
        ssm:UpdateMaintenanceWindowTarget ssm:UpdateMaintenanceWindowTask ssm:UpdatePatchBaseline""",
    "for services on containers, of which it has none, and their registries": """
        kms:RetireGrant servicediscovery:CreateService servicediscovery:DeleteService servicediscovery:DeregisterInstance
        servicediscovery:GetService servicediscovery:ListInstances servicediscovery:UpdateService""",
    "for databases, caches and the record of scaling, of which it has none": """
        logs:DeleteResourcePolicy logs:DescribeResourcePolicies logs:GetLogDelivery logs:ListLogDeliveries
        logs:PutResourcePolicy logs:UpdateLogDelivery secretsmanager:RotateSecret""",
    "for a bucket that is not empty when it goes, and for tags as the provider's next major version gives them": """
        s3:DeleteObjectVersion s3:GetBucketLocation s3:ListBucketVersions s3:ListTagsForResource s3:TagResource
        s3:UntagResource""",
    "AWS calls it in the name of whoever has flow logs delivered to a bucket": "logs:CreateLogDelivery logs:DeleteLogDelivery",
    "the emulated AWS copies no keys to other regions": "kms:ReplicateKey",
    "AWS calls it in the name of whoever calls a service that keeps data under a key of ours": """
        kms:Decrypt kms:Encrypt kms:GenerateDataKey""",
    "AWS calls it in the name of whoever makes a namespace (Cloud Map developer guide, 'API permissions reference')": """
        ec2:DescribeRegions route53:ChangeResourceRecordSets route53:CreateHostedZone route53:GetHostedZone
        route53:ListHostedZonesByName""",
    "AWS calls it in the name of whoever is the first of an account to use a service": "iam:CreateServiceLinkedRole",
    "for a role or a user that was made before there was a boundary": """
        iam:PutRolePermissionsBoundary iam:PutUserPermissionsBoundary""",
    "for a user whose rights are too long for an inline policy": """
        iam:AttachUserPolicy iam:DetachUserPolicy iam:ListAttachedUserPolicies""",
    "for a user that somebody has put into a group, or that gets another name": "iam:RemoveUserFromGroup iam:UpdateUser",
    "a property of the provider's next major version": "logs:PutLogGroupDeletionProtection",
}
"""What the deploying role may do though nothing here calls it, by the reason."""
ANYBODYS: Final[Mapping[str, str]] = {
    "ec2:ReplaceNetworkAclAssociation": "to a VPC's own list, which has no tags; the subnet is asked about apart, and refused",
    "kms:CreateAlias": "the key; the alias goes by its name, and is refused",
    "kms:EnableKeyRotation": "it only protects the key",
    "servicediscovery:TagResource": "Cloud Map names no resource; whether it tells the tags of the namespace cannot be seen here",
}
"""What the pipeline of one stack may do to something of another, and what of it."""


@dataclass(frozen=True, slots=True)
class Run:
    """The calls of each step of one program, and what there was at its end."""

    folder: Path

    def judged(self, step: str) -> Iterator[tuple[Call, Request]]:
        """Each call of a step with all that IAM asks about it."""
        things = Things.of(self.folder / ("up.json" if step in ("up", "preview") else "state.json"))
        if step != "up":
            things.adopted.clear()
        for call in calls(self.folder / f"{step}.jsonl"):
            if call.action != ASKED_WITHOUT_RIGHT or "UserName" in call.parameters:
                for request in requests(call, things):
                    yield call, request

    def refused(self, step: str, statements: tuple[Statement, ...]) -> list[Request]:
        """What IAM would refuse."""
        granted = {action for statement in statements for action in statement.actions}
        return [
            request
            for _, request in self.judged(step)
            if not (request.action in granted if request.arn == ANY_THING else allows(statements, request))
        ]

    def actions(self, step: str) -> set[str]:
        """What IAM asks about."""
        return {request.action for _, request in self.judged(step)}


def run(folder: Path, changes: Mapping[str, str]) -> Run:
    """Runs RECORDED on the program in `folder`. `changes`: what sed does to which file between the two deployments."""
    (folder / "change.sh").write_text("\n".join(f"sed -i '{change}' {file}" for file, change in changes.items()) or ":")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_ENABLE_RECORDING", "1")
        patch.setenv("MOTO_RECORDER_FILEPATH", str(folder / "calls.jsonl"))
        done = with_engine(folder, RECORDED)
    assert done.returncode == 0, done.stdout + done.stderr
    return Run(folder)


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = deployable(tmp_path_factory.mktemp("dev"))
    lean(folder / "Pulumi.dev.yaml")
    tags, days = r"s/costCentre: .1000./costCentre: \"2000\"/", r"s/retentionDays: [0-9]*/retentionDays: 30/"
    return run(folder, {"Pulumi.dev.yaml": f"{tags};{days}"})


@pytest.fixture(scope="module")
def every_type(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("every")
    shutil.copy(Path(__file__).parent / "every_type" / "__main__.py", folder)
    shutil.copy(ROOT / "Pulumi.yaml", folder)
    return run(folder, {})


# -- what a pipeline calls, it may


@pytest.mark.requirement("DEL-04", part="the deploy role can deploy: measured on dev, with update and removal")
@pytest.mark.parametrize("step", STEPS)
def test_the_deploying_role_may_do_all_that_deploying_dev_does(dev: Run, step: str) -> None:
    assert len(list(dev.judged(step))) > 5
    assert dev.refused(step, UNBOUNDED) == []


@pytest.mark.requirement(
    "DEL-04", part="the preview role can preview, and refresh all but the values of secrets: measured on dev"
)
@pytest.mark.parametrize(("step", "refused"), [("preview", set[str]()), ("refresh", set(TELLING))])
def test_the_previewing_role_may_do_all_that_previewing_dev_does_but_read_secrets(dev: Run, step: str, refused: set[str]) -> None:
    assert {request.action for request in dev.refused(step, PREVIEW)} == refused


def test_a_plain_preview_asks_for_nothing_but_the_state_and_locks_nothing(dev: Run) -> None:
    assert dev.actions("preview") == {"s3:GetObject", "s3:ListBucket"}
    assert not any("/locks/" in request.arn for _, request in dev.judged("preview"))
    assert any("/locks/" in request.arn for _, request in dev.judged("up"))


# -- and what it may, it calls


@pytest.mark.requirement("DEL-04", part="the deploy role can deploy: measured on every type that the emulated AWS has")
@pytest.mark.parametrize("step", STEPS)
def test_of_every_type_and_change_only_what_is_an_administrators_is_refused(every_type: Run, step: str) -> None:
    refused = every_type.refused(step, DEPLOY)
    guarded = {
        f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com",
        f"arn:aws:iam::{ACCOUNT}:role/guarded/plinth-dev-deploy",
    }
    assert {request.arn for request in refused} == (guarded if step in ("up", "update", "destroy") else set())


def test_a_preview_with_a_refresh_is_refused_the_values_of_secrets_and_nothing_else(every_type: Run) -> None:
    assert {request.action for request in every_type.refused("refresh", PREVIEW)} == set(TELLING)


def judged(action: str) -> bool:
    return action.partition(":")[0] in JUDGED


def test_whatever_is_granted_is_called_or_cannot_be_seen_here(dev: Run, every_type: Run) -> None:
    called = {action for run in (dev, every_type) for step in STEPS for action in run.actions(step)}
    unmeasured = {action for actions in UNMEASURED.values() for action in actions.split()}
    granted = {action for statement in DEPLOY for action in statement.actions}
    assert {action for action in granted - called if judged(action)} == {action for action in unmeasured if judged(action)}


def test_the_measurement_would_see_a_right_that_is_missing(dev: Run, every_type: Run) -> None:
    for run, statements in ((dev, UNBOUNDED), (every_type, DEPLOY)):
        judged = [request for step in STEPS for _, request in run.judged(step)]
        for action in {request.action for request in judged if allows(statements, request)}:
            less = [replace(s, actions=left) for s in statements if (left := tuple(a for a in s.actions if a != action))]
            assert any(not allows(less, request) for request in judged if request.action == action), action


@pytest.mark.requirement("SEC-27", part="what one stack's pipeline does to its things, another's may not")
def test_what_deploying_dev_changes_the_pipeline_of_another_stack_may_not(dev: Run) -> None:
    other = deploy_statements(replace(CTX, environment="prod"), PipelineScope(state=STATE))
    reads = {action for action, rights in handlers.rights().items() if rights[0].reads} | {"s3:GetObject", "s3:ListBucket"}
    changes = [request for step in ("up", "update", "destroy") for _, request in dev.judged(step) if request.action not in reads]
    assert {request.action for request in changes if allows(other, request)} == set(ANYBODYS)
