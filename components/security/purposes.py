"""What there are keys for: what the stack file and the components both refer to."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Purpose = Literal["data", "storage", "secrets", "backup", "config"]

SERVICES: Mapping[Purpose, tuple[str, ...]] = MappingProxyType(
    {
        "data": ("dynamodb", "elasticache", "es", "kafka", "kinesis", "rds", "sns", "sqs"),
        "storage": ("ec2", "ecr", "elasticfilesystem", "s3"),
        "secrets": ("secretsmanager", "ssm"),
        "backup": ("backup", "s3"),
        "config": (),
    }
)
"""The services through which each key is used; none where it is used by its own users alone.

Source: KMS developer guide, "kms:ViaService": a service stands there as `<name>.<region>.amazonaws.com`.
"""
