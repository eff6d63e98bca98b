"""Buckets and files. What meets each rule, what breaks it, and where that cannot be told; the first resource is judged."""

from collections.abc import Mapping
from typing import Any

from policy.rules.view import Resource
from tests.policy.builders import BUCKET, FROM_A_BUCKET, UNKNOWN, Case, Cases, document, resource

FILES, CORS = "aws:efs/fileSystem:FileSystem", "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration"
_PLAIN = {"Bool": {"aws:SecureTransport": "false"}}
_REFUSAL = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": ["s3:*"],
    "Resource": "*",
    "Condition": _PLAIN,
}
_SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "PublicAccessBlock": dict.fromkeys(
        ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True
    ),
    "OwnershipControls": {"rule": {"objectOwnership": "BucketOwnerEnforced"}},
    "ServerSideEncryptionConfiguration": {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}]},
    "Versioning": {"versioningConfiguration": {"status": "Enabled"}},
    "Policy": {"bucket": "uploads", "policy": document(_REFUSAL)},
    "LifecycleConfiguration": {"rules": [{"id": "uploads", "status": "Enabled"}]},
}
_FLAG = {"blockPublicAcls": False}
_OWN = "arn:aws:s3:::uploads"


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


def refusing(*parts: Mapping[str, Any], **props: Any) -> Case:
    """A bucket whose policy has the refusal of plain requests with each of `parts` changed."""
    return bucket({"Policy": {"policy": document(*({**_REFUSAL, **part} for part in parts)), **props}})


def pages(origins: Any, stack: str = "prod") -> Case:
    return [resource(CORS, {"corsRules": [{"allowedOrigins": origins}]}, stack=stack)]


CASES: Mapping[str, Cases] = {
    "bucket-has-all-settings": Cases(
        satisfied=[
            bucket(),
            bucket({"Versioning": {"versioningConfiguration": {"status": "Suspended"}}}, stack="dev"),
            refusing({"Action": "*"}),
            refusing({"Resource": [_OWN, f"{_OWN}/*"]}),
            refusing({"Resource": "arn:aws-cn:s3:::uploads*"}),
            refusing({"Resource": _OWN}, {"Resource": f"{_OWN}/*"}),
            refusing({"Condition": {"BoolIfExists": {"AWS:securetransport": [False]}}}),
            refusing({}, bucket=UNKNOWN),
        ],
        violated=[
            *(bucket({kind: None}) for kind in _SETTINGS),
            bucket(of="other"),
            bucket({"PublicAccessBlock": _FLAG}),
            bucket({"OwnershipControls": {"rule": {"objectOwnership": "ObjectWriter"}}}),
            bucket({"ServerSideEncryptionConfiguration": {"rules": []}}),
            bucket({"Versioning": {"versioningConfiguration": {"status": "Suspended"}}}),
            refusing({"Principal": {"AWS": "123456789012"}}),
            refusing({"Effect": "Allow"}),
            refusing({"Action": "s3:PutObject"}),
            refusing({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}),
            refusing({"Condition": {"StringNotEquals": {"aws:SecureTransport": "false"}}}),
            refusing({"Condition": {"Bool": {"aws:SecureTransport": ["false", "true"]}}}),
            refusing({"Condition": {**_PLAIN, "StringEquals": {"aws:PrincipalAccount": "123456789012"}}}),
            refusing({"Condition": {"Bool": {**_PLAIN["Bool"], "aws:ViaAWSService": "true"}}}),
            refusing({"Condition": {}}),
            refusing({"Resource": ["arn:aws:s3:::other", "arn:aws:s3:::other/*"]}),
            refusing({"Resource": [_OWN, f"{_OWN}/in/*"]}),
            refusing({"Resource": [_OWN, f"{_OWN}/?"]}),
            refusing({"Resource": f"{_OWN}/*"}),
            refusing({"Resource": _OWN}),
            refusing({"Resource": _OWN}, {"Resource": f"{_OWN}/*", "Action": "s3:GetObject"}),
            bucket({"LifecycleConfiguration": {"rules": [{"id": "uploads", "status": "Disabled"}]}}),
        ],
        undecided=[
            bucket({"PublicAccessBlock": {"blockPublicAcls": UNKNOWN}}),
            bucket({"OwnershipControls": {"rule": UNKNOWN}}),
            bucket({"ServerSideEncryptionConfiguration": {"rules": [UNKNOWN]}}),
            bucket({"Versioning": {"versioningConfiguration": {"status": UNKNOWN}}}),
            bucket({"Policy": {"policy": UNKNOWN}}),
            refusing({"Resource": [_OWN, f"{_OWN}/*"]}, bucket=UNKNOWN),
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
