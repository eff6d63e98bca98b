"""Where images of containers are kept: what registries are called, known before they exist."""

from typing import Final

from components.core.context import Context

PULL: Final = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
"""What getting an image takes, besides signing in (ECS developer guide, "Amazon ECS task execution IAM role")."""
PUSH: Final = ("ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart")
"""What adding one takes besides (ECR user guide, "IAM permissions for pushing an image")."""


def repository_name(ctx: Context, image: str) -> str:
    """The name of the registry of images of `image`."""
    return ctx.physical(image, "images", kind="repository")


def repository_arn(ctx: Context, image: str) -> str:
    """The ARN of that registry, known before it exists."""
    return f"arn:aws:ecr:{ctx.region}:{ctx.account_id}:repository/{repository_name(ctx, image)}"


def registry_host(ctx: Context) -> str:
    """Where images of the account are pulled from (ECR user guide, "Private registry")."""
    return f"{ctx.account_id}.dkr.ecr.{ctx.region}.amazonaws.com"
