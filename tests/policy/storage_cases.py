"""Buckets and files. What meets each rule, what breaks it, and where that cannot be told; the first resource is judged."""

from collections.abc import Mapping
from typing import Any

from policy.rules.view import Resource
from tests.policy.builders import BUCKET, FROM_A_BUCKET, UNKNOWN, Case, Cases, document, resource

FILES, CORS = "aws:efs/fileSystem:FileSystem", "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration"
_REFUSAL = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": ["s3:*"],
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
_SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "PublicAccessBlock": dict.fromkeys(
        ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True
    ),
    "OwnershipControls": {"rule": {"objectOwnership": "BucketOwnerEnforced"}},
    "ServerSideEncryptionConfiguration": {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}]},
    "Versioning": {"versioningConfiguration": {"status": "Enabled"}},
    "Policy": {"policy": document(_REFUSAL)},
    "LifecycleConfiguration": {"rules": [{"id": "uploads", "status": "Enabled"}]},
}
_FLAG = {"blockPublicAcls": False}


def bucket(changed: Mapping[str, Mapping[str, Any] | None] | None = None, *, stack: str = "prod", of: str = "thing") -> Case:
    """A bucket with all its settings, some of them changed; None leaves one out."""
    urn, changed = f"urn:pulumi:{stack}::plinth::{BUCKET}::{of}", changed or {}
    settings = {
        kind: {**props, **(changed.get(kind) or {})} for kind, props in _SETTINGS.items() if changed.get(kind, {}) is not None
    }
    beside: list[Resource] = [
        resource(
            f"aws:s3/bucket{kind}:Bucket{kind}",
            props,
            name=f"thing-{kind}",
            stack=stack,
            references={**dict.fromkeys(props, FROM_A_BUCKET), "bucket": (urn,)},
        )
        for kind, props in settings.items()
    ]
    return [resource(BUCKET, {}, stack=stack), *beside]


def pages(origins: Any, stack: str = "prod") -> Case:
    return [resource(CORS, {"corsRules": [{"allowedOrigins": origins}]}, stack=stack)]


CASES: Mapping[str, Cases] = {
    "bucket-has-all-settings": Cases(
        satisfied=[
            bucket(),
            bucket({"Versioning": {"versioningConfiguration": {"status": "Suspended"}}}, stack="dev"),
            bucket({"Policy": {"policy": document({**_REFUSAL, "Action": "*"})}}),
        ],
        violated=[
            *(bucket({kind: None}) for kind in _SETTINGS),
            bucket(of="other"),
            bucket({"PublicAccessBlock": _FLAG}),
            bucket({"OwnershipControls": {"rule": {"objectOwnership": "ObjectWriter"}}}),
            bucket({"ServerSideEncryptionConfiguration": {"rules": []}}),
            bucket({"Versioning": {"versioningConfiguration": {"status": "Suspended"}}}),
            bucket({"Policy": {"policy": document({**_REFUSAL, "Principal": {"AWS": "123456789012"}})}}),
            bucket({"Policy": {"policy": document({**_REFUSAL, "Effect": "Allow"})}}),
            bucket({"Policy": {"policy": document({**_REFUSAL, "Action": "s3:PutObject"})}}),
            bucket({"Policy": {"policy": document({**_REFUSAL, "Condition": {"Bool": {"aws:SecureTransport": "true"}}})}}),
            bucket({"LifecycleConfiguration": {"rules": [{"id": "uploads", "status": "Disabled"}]}}),
        ],
        undecided=[
            bucket({"PublicAccessBlock": {"blockPublicAcls": UNKNOWN}}),
            bucket({"OwnershipControls": {"rule": UNKNOWN}}),
            bucket({"ServerSideEncryptionConfiguration": {"rules": [UNKNOWN]}}),
            bucket({"Versioning": {"versioningConfiguration": {"status": UNKNOWN}}}),
            bucket({"Policy": {"policy": UNKNOWN}}),
            bucket({"LifecycleConfiguration": {"rules": UNKNOWN}}),
        ],
    ),
    "bucket-pages-of-our-own-only": Cases(
        satisfied=[pages(["https://example.org"]), pages(["*"], "dev")],
        violated=[pages(["*"]), pages(["*"], "staging"), pages(["https://example.org", "https://*.example.org"])],
        undecided=[pages(UNKNOWN), pages([UNKNOWN])],
    ),
    "file-system-encrypted": Cases(
        satisfied=[[resource(FILES, {"encrypted": True})]],
        violated=[[resource(FILES, {})], [resource(FILES, {"encrypted": False})]],
        undecided=[[resource(FILES, {"encrypted": UNKNOWN})]],
    ),
}
