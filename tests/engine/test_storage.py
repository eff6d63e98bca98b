"""The storage of each stack, on the emulated AWS: a client reads back what it wrote, by the names that the stack gives out.

That whole stacks go up, stay as they are and go down is `test_up`; here is what their buckets then do.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.engine.real import NEEDED, with_engine
from tests.engine.test_up import NOT_ELSEWHERE, NOT_SERVED
from tests.harness import STACKS, deployable, lean, replace_in

pytestmark = NEEDED

CLIENT = """
import json
import boto3

s3 = boto3.client("s3")
found = {}
for purpose, bucket in json.load(open("outputs.json"))["buckets"].items():
    s3.put_object(Bucket=bucket, Key="in/note.txt", Body=purpose.encode())
    found[purpose] = {
        "body": s3.get_object(Bucket=bucket, Key="in/note.txt")["Body"].read().decode(),
        "algorithm": s3.head_object(Bucket=bucket, Key="in/note.txt").get("ServerSideEncryption"),
        "versions": s3.get_bucket_versioning(Bucket=bucket).get("Status"),
        "private": s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"],
    }
    try:
        rules = s3.get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"]["Rules"]
    except s3.exceptions.ClientError:
        rules = []
    copies = {rule["ID"]: rule["Destination"]["Bucket"].rpartition(":")[2] for rule in rules}
    regions = {place: s3.get_bucket_location(Bucket=copy)["LocationConstraint"] for place, copy in copies.items()}
    found[purpose]["copies"] = regions
json.dump(found, open("found.json", "w"))
"""
SCRIPT = f"""
set -e
pulumi stack init $STACK
pulumi up -s $STACK --yes --skip-preview --non-interactive
pulumi stack output -s $STACK --json > outputs.json
AWS_DEFAULT_REGION=us-east-1 {sys.executable} client.py
pulumi preview -s $STACK --non-interactive --expect-no-changes
pulumi destroy -s $STACK --yes --skip-preview --non-interactive || {{
    pulumi refresh -s $STACK --yes --skip-preview --non-interactive
    pulumi destroy -s $STACK --yes --skip-preview --non-interactive
}}
"""
"""When the emulated AWS is slow, a client asks again to take away what is gone by then: a refresh sees that."""
NOT_TAKEN_AWAY = {
    "aws_s3_bucket_intelligent_tiering_configuration": "who deletes one deletes the bucket, which is not empty",
    "aws_s3_bucket_object_lock_configuration": "none is taken from a bucket that is not empty",
}
"""What the emulated AWS cannot take away again where objects are, and why."""
COPIES = {
    "media": {"standby": "us-west-2"},
    "static": {"standby": "us-west-2"},
    "frontend": {"standby": "us-west-2"},
    "backups": {"standby": "us-west-2", "vault": "eu-west-1"},
}


@pytest.mark.requirement("STO-16", part="the copies of prod are made in their regions")
@pytest.mark.parametrize("stack", STACKS)
def test_a_client_reads_back_what_it_wrote_by_the_names_of_the_outputs(stack: str, tmp_path: Path) -> None:
    folder = deployable(tmp_path)
    file = folder / f"Pulumi.{stack}.yaml"
    replace_in(file, "deletion: .*", "deletion: destroy")
    lean(file)
    (folder / "client.py").write_text(CLIENT)
    unserved = {*NOT_TAKEN_AWAY, *({*NOT_SERVED, *NOT_ELSEWHERE} if stack == "prod" else ())}
    done = with_engine(folder, f"STACK={stack}{SCRIPT}", "--plan-only-types", ",".join(sorted(unserved)))
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, dict[str, Any]] = json.loads((folder / "found.json").read_text())
    assert len(found) == 8
    for purpose, one in found.items():
        assert one["body"] == purpose
        assert one["algorithm"] == "aws:kms"
        assert all(one["private"].values())
        assert one["copies"] == (COPIES.get(purpose, {}) if stack == "prod" else {})
    suspended = {purpose for purpose, one in found.items() if one["versions"] != "Enabled"}
    assert suspended == ({"media", "static"} if stack == "dev" else set())
