"""Caches and queues. What meets each rule, what breaks it, and where that cannot be told; the first resource is judged."""

import json
from collections.abc import Mapping
from typing import Any

from policy.rules.view import Mark
from tests.policy.builders import FROM_A_BUCKET, UNKNOWN, Case, Cases, document, resource

CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
QUEUE, QUEUE_POLICY = "aws:sqs/queue:Queue", "aws:sqs/queuePolicy:QueuePolicy"
REDRIVE, SOURCES = "aws:sqs/redrivePolicy:RedrivePolicy", "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy"
ENCRYPTED = {"transitEncryptionEnabled": True, "atRestEncryptionEnabled": True}
SURVIVES = {"automaticFailoverEnabled": True, "multiAzEnabled": True}
TO = json.dumps(
    {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:plinth-prod-images-dead-letters", "maxReceiveCount": 5}
)
PLAIN = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "sqs:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def cache(**props: Any) -> Case:
    return [resource(CACHE, props)]


def queue(*others: str, **props: Any) -> Case:
    urn = f"urn:pulumi:prod::plinth::{QUEUE}::thing"
    return [
        resource(QUEUE, props),
        *(resource(other, {}, name="other", references={"queueUrl": (urn,)}) for other in others),
    ]


def policy(**changed: Any) -> Case:
    return [resource(QUEUE_POLICY, {"policy": document({**PLAIN, **changed})})]


CASES: Mapping[str, Cases] = {
    "cache-encrypted": Cases(
        satisfied=[cache(**ENCRYPTED), cache(**ENCRYPTED, transitEncryptionMode="required")],
        violated=[
            cache(),
            cache(transitEncryptionEnabled=True),
            cache(atRestEncryptionEnabled=True),
            cache(**{**ENCRYPTED, "transitEncryptionEnabled": False}),
            cache(**ENCRYPTED, transitEncryptionMode="preferred"),
        ],
        undecided=[
            cache(**{**ENCRYPTED, "atRestEncryptionEnabled": UNKNOWN}),
            cache(**ENCRYPTED, transitEncryptionMode=UNKNOWN),
        ],
    ),
    "cache-asks-who-it-is": Cases(
        satisfied=[
            cache(authToken=Mark.HIDDEN),
            cache(authToken=UNKNOWN),
            cache(authTokenWo=Mark.HIDDEN),
            cache(userGroupIds=["people"]),
            cache(userGroupIds=[UNKNOWN]),
        ],
        violated=[cache(), cache(authToken=""), cache(userGroupIds=[])],
        undecided=[cache(userGroupIds=UNKNOWN)],
    ),
    "cache-fails-over": Cases(
        satisfied=[cache(**SURVIVES), [resource(CACHE, {}, stack="dev")]],
        violated=[cache(), cache(automaticFailoverEnabled=True), cache(multiAzEnabled=True)],
        undecided=[cache(**{**SURVIVES, "multiAzEnabled": UNKNOWN})],
    ),
    "queue-encrypted": Cases(
        satisfied=[queue(kmsMasterKeyId="alias/data"), queue(kmsMasterKeyId=UNKNOWN), queue(sqsManagedSseEnabled=True), queue()],
        violated=[queue(sqsManagedSseEnabled=False), queue(kmsMasterKeyId="", sqsManagedSseEnabled=False)],
        undecided=[queue(sqsManagedSseEnabled=UNKNOWN)],
    ),
    "queue-by-tls-alone": Cases(
        satisfied=[policy(), policy(Action=["sqs:*"]), policy(Principal={"AWS": "*"})],
        violated=[
            policy(Effect="Allow"),
            policy(Condition={"Bool": {"aws:SecureTransport": "true"}}),
            policy(Action="sqs:SendMessage"),
            policy(Principal={"AWS": "arn:aws:iam::123456789012:root"}),
        ],
        undecided=[[resource(QUEUE_POLICY, {"policy": UNKNOWN})]],
    ),
    "queue-has-dead-letters": Cases(
        satisfied=[queue(redrivePolicy=TO), queue(REDRIVE), queue(SOURCES), queue(redriveAllowPolicy=TO)],
        violated=[queue(), queue(redrivePolicy="{}"), queue(redrivePolicy="nonsense"), queue(QUEUE_POLICY)],
        undecided=[[resource(QUEUE, {"redrivePolicy": UNKNOWN}, references={"redrivePolicy": FROM_A_BUCKET})]],
    ),
}
