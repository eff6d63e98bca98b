"""What the Systems Manager agent of a machine calls: for the role that allows it, and the endpoints that let it pass."""

from typing import Final

ON_ITS_STATE: Final = (
    "ssm:DescribeAssociation",
    "ssm:DescribeDocument",
    "ssm:GetDocument",
    "ssm:ListInstanceAssociations",
    "ssm:PutComplianceItems",
    "ssm:UpdateAssociationStatus",
    "ssm:UpdateInstanceAssociationStatus",
    "ssm:UpdateInstanceInformation",
)
"""On the instance, its associations and documents."""
ON_NOTHING: Final = (
    "ec2messages:AcknowledgeMessage",
    "ec2messages:DeleteMessage",
    "ec2messages:FailMessage",
    "ec2messages:GetEndpoint",
    "ec2messages:GetMessages",
    "ec2messages:SendReply",
    "ssm:GetDeployablePatchSnapshotForInstance",
    "ssm:GetManifest",
    "ssm:ListAssociations",
    "ssm:PutConfigurePackageResult",
    "ssm:PutInventory",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
"""On no resource that IAM knows.

Source of both: the AWS managed policy AmazonSSMManagedInstanceCore, but for its right to read every parameter; what each works
on, the Service Authorization Reference.
"""


def calls_of(service: str) -> tuple[str, ...]:
    """The calls of the agent to one service: `ssmmessages`."""
    return tuple(sorted(action for action in (*ON_ITS_STATE, *ON_NOTHING) if action.startswith(f"{service}:")))
