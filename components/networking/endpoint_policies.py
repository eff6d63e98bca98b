"""What may pass each VPC endpoint: the actions that workloads call, by this account, on what is this account's.

So credentials of another account cannot carry data out through an endpoint, and ours cannot reach into somebody else's bucket.
The form follows AWS's data perimeter examples (github.com/aws-samples/data-perimeter-policy-examples, vpc_endpoint_policies);
every action is in the Service Authorization Reference.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pulumi import Input

from components.core.agent import calls_of
from components.core.documents import ENDPOINT_LIMIT, Grant, resource_policy
from components.core.offers import Statement
from components.networking.services import Service

_PRINCIPAL, _RESOURCE = "aws:PrincipalAccount", "aws:ResourceAccount"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What one endpoint lets through.

    `owned` are actions of our principals on our resources; `any_owner` those that know no resource, or one that AWS owns.
    """

    owned: tuple[str, ...] = ()
    any_owner: tuple[str, ...] = ()


_PULL = Passage(
    # The images of EKS add-ons lie in registries of AWS's own (EKS user guide, "Amazon container image registries").
    any_owner=(
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetAuthorizationToken",
        "ecr:GetDownloadUrlForLayer",
    )
)
PASSAGES: Mapping[Service, Passage] = MappingProxyType(
    {
        "ecr.api": _PULL,
        "ecr.dkr": _PULL,
        "ssm": Passage(
            owned=("ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"),
            any_owner=calls_of("ssm"),  # much of it on documents that AWS owns
        ),
        "ssmmessages": Passage(any_owner=calls_of("ssmmessages")),
        "ec2messages": Passage(any_owner=calls_of("ec2messages")),
        "logs": Passage(
            owned=("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
            any_owner=("logs:DescribeLogGroups",),
        ),
        "monitoring": Passage(any_owner=("cloudwatch:GetMetricData", "cloudwatch:PutMetricData")),
        "secretsmanager": Passage(
            # The last two, and the random password, are what a rotation function calls.
            owned=(
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetSecretValue",
                "secretsmanager:PutSecretValue",
                "secretsmanager:UpdateSecretVersionStage",
            ),
            any_owner=("secretsmanager:GetRandomPassword",),
        ),
        "kms": Passage(
            owned=(
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:Encrypt",
                "kms:GenerateDataKey",
                "kms:GenerateDataKeyWithoutPlaintext",
                "kms:ReEncryptFrom",
                "kms:ReEncryptTo",
            )
        ),
        "sts": Passage(owned=("sts:AssumeRole", "sts:TagSession"), any_owner=("sts:GetCallerIdentity",)),
        "sqs": Passage(
            owned=(
                "sqs:ChangeMessageVisibility",
                "sqs:DeleteMessage",
                "sqs:GetQueueAttributes",
                "sqs:GetQueueUrl",
                "sqs:ReceiveMessage",
                "sqs:SendMessage",
            )
        ),
        "s3": Passage(
            owned=(
                "s3:AbortMultipartUpload",
                "s3:DeleteObject",
                "s3:GetBucketLocation",
                "s3:GetEncryptionConfiguration",
                "s3:GetObject",
                "s3:GetObjectTagging",
                "s3:GetObjectVersion",
                "s3:ListBucket",
                "s3:ListBucketMultipartUploads",
                "s3:ListMultipartUploadParts",
                "s3:PutObject",
                "s3:PutObjectTagging",
            )
        ),
        "xray": Passage(any_owner=("xray:PutTelemetryRecords", "xray:PutTraceSegments")),
        "dynamodb": Passage(
            owned=(
                "dynamodb:BatchGetItem",
                "dynamodb:BatchWriteItem",
                "dynamodb:ConditionCheckItem",
                "dynamodb:DeleteItem",
                "dynamodb:DescribeTable",
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:Query",
                "dynamodb:Scan",
                "dynamodb:UpdateItem",
            )
        ),
    }
)
"""What passes the endpoint of each service, but for what AWS itself keeps for everybody (`_of_aws`)."""

_AWS_BUCKETS = (
    # Layers of images, by links that ECR signs (ECR user guide, "Minimum Amazon S3 bucket permissions for Amazon ECR").
    "prod-{region}-starport-layer-bucket",
    # Packages of Amazon Linux, without credentials (AL2023 user guide, "Kernel Live Patching": service-owned buckets).
    "al2023-repos-{region}-de612dc2",
    # What the SSM agent loads on Linux (Systems Manager user guide, "SSM Agent communications with AWS managed S3 buckets").
    "amazon-ssm-{region}",
    "amazon-ssm-packages-{region}",
    "aws-ssm-{region}",
    "aws-ssm-document-attachments-{region}",
    "patch-baseline-snapshot-{region}",
    "{region}-birdwatcher-prod",
)


def endpoint_policy(service: Service, *, account_id: str, region: str) -> Input[str]:
    """The policy of the endpoint of `service`. Raises KeyError for a service without a row in the table."""
    passage = PASSAGES[service]
    ours = {_PRINCIPAL: account_id}
    grants = [*_of_aws(service, account_id, region)]
    if passage.owned:
        grants.append(_passing(passage.owned, {**ours, _RESOURCE: account_id}))
    if passage.any_owner:
        grants.append(_passing(passage.any_owner, ours))
    return resource_policy(grants, limit=ENDPOINT_LIMIT)


def _passing(actions: tuple[str, ...], accounts: Mapping[str, str]) -> Grant:
    because = "an endpoint gives no rights: it passes what a principal may do, and the conditions say whose and to whom"
    statement = Statement(actions=actions, resources=("*",), conditions={"StringEquals": accounts}, because=because)
    return Grant(principals="*", statement=statement)


def _of_aws(service: Service, account_id: str, region: str) -> Iterator[Grant]:
    """What belongs to AWS and is meant for everybody, and the one call that comes without a principal of any account."""
    if service == "s3":
        buckets = tuple(f"arn:aws:s3:::{bucket.format(region=region)}/*" for bucket in _AWS_BUCKETS)
        yield Grant(principals="*", statement=Statement(actions=("s3:GetObject",), resources=buckets))
    if service == "ssm":
        public = Statement(
            actions=PASSAGES["ssm"].owned,
            resources=(f"arn:aws:ssm:{region}::parameter/aws/*",),
            conditions={"StringEquals": {_PRINCIPAL: account_id}},
        )
        yield Grant(principals="*", statement=public)
    if service == "sts":
        # A pod shows a token of its cluster instead of credentials (EKS user guide, "IAM roles for service accounts").
        yield _passing(("sts:AssumeRoleWithWebIdentity",), {_RESOURCE: account_id})
