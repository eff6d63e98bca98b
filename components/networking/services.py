"""The services of AWS that a VPC endpoint can lead to: what the stack file and the components both refer to."""

from typing import Literal

Service = Literal[
    "ecr.api",
    "ecr.dkr",
    "ssm",
    "ssmmessages",
    "ec2messages",
    "logs",
    "monitoring",
    "secretsmanager",
    "kms",
    "sts",
    "sqs",
    "xray",
    "s3",
    "dynamodb",
]
"""A service of AWS by the end of its endpoint's name: `com.amazonaws.<region>.ecr.api`."""

GATEWAYS: frozenset[Service] = frozenset({"s3", "dynamodb"})
"""Those reached through a route, at no cost. The others get a network interface in each subnet."""
