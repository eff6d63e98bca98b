"""Logs and regions. What meets each rule, what breaks it, and where that cannot be told; the first resource is judged."""

from collections.abc import Mapping

from tests.policy.builders import BUCKET, KEY, LOG_GROUP, UNKNOWN, Cases, resource, tagged, vpc

CASES: Mapping[str, Cases] = {
    "log-group-retained": Cases(
        satisfied=[[resource(LOG_GROUP, {"retentionInDays": 7})]],
        violated=[[resource(LOG_GROUP, {})], [resource(LOG_GROUP, {"retentionInDays": 0})]],
        undecided=[[resource(LOG_GROUP, {"retentionInDays": UNKNOWN})]],
    ),
    "log-group-encrypted": Cases(
        satisfied=[
            [resource(LOG_GROUP, {"kmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/1"})],
            [resource(LOG_GROUP, {"kmsKeyId": UNKNOWN}, references={"kmsKeyId": (f"urn:pulumi:prod::plinth::{KEY}::logs",)})],
        ],
        violated=[[resource(LOG_GROUP, {})], [resource(LOG_GROUP, {"kmsKeyId": ""})]],
        undecided=[[resource(LOG_GROUP, {"kmsKeyId": UNKNOWN})]],
    ),
    "vpc-flow-logged": Cases(
        satisfied=[vpc(trafficType="ALL")],
        violated=[vpc(), vpc(trafficType="REJECT"), vpc(of="other", trafficType="ALL")],
        undecided=[vpc(trafficType=UNKNOWN)],
    ),
    "region-allowed": Cases(
        satisfied=[
            tagged(region="us-west-2"),
            tagged(),
            [resource("aws:ec2/subnet:Subnet", {"region": "eu-west-1", "availabilityZone": "eu-west-1b"})],
            [resource(BUCKET, {"region": "us-east-1"}, provider={"region": "eu-central-1"})],
        ],
        violated=[
            tagged(region="eu-central-1"),
            [resource(BUCKET, {}, provider={"region": "ap-south-1"})],
            [resource("aws:ec2/subnet:Subnet", {"region": "us-east-1", "availabilityZone": "us-east-2a"})],
            [resource("pulumi:providers:aws", {"region": "sa-east-1"})],
        ],
        undecided=[tagged(region=UNKNOWN), [resource(BUCKET, {}, provider={"region": UNKNOWN})]],
    ),
}
