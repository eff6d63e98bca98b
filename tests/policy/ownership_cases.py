"""Tags and names. What meets each rule, what breaks it, and where that cannot be told; the first resource is judged."""

import json
from collections.abc import Mapping

from tests.policy.builders import (
    ASG,
    BUCKET,
    GROUP_TAGS,
    LOG_GROUP,
    TABLE,
    TAGS,
    UNKNOWN,
    Cases,
    by_default,
    called,
    resource,
    tagged,
    without,
)

CASES: Mapping[str, Cases] = {
    "tags-required": Cases(
        satisfied=[
            by_default(TAGS),
            by_default(without("owner"), tags={"owner": "me"}),
            by_default(without("owner"), tags={"owner": UNKNOWN}),
            tagged(tagsAll=TAGS),
            [resource(ASG, {"tags": GROUP_TAGS})],
        ],
        violated=[
            tagged(),
            tagged(tags={"Name": "x"}),
            by_default(without("cost-centre")),
            by_default({**TAGS, "owner": ""}),
            tagged(tagsAll=without("owner"), tags=TAGS),
            [resource(ASG, {}, provider={"region": "us-east-1", "defaultTags": json.dumps({"tags": TAGS})})],
        ],
        undecided=[
            tagged(tags=UNKNOWN),
            [resource(BUCKET, {}, provider={"defaultTags": UNKNOWN})],
            [resource(BUCKET, {}, provider={"defaultTags": {"tags": UNKNOWN}})],
        ],
    ),
    "tags-from-list": Cases(
        satisfied=[by_default(TAGS), tagged()],
        violated=[by_default({**TAGS, "environment": "production"}), by_default(TAGS, tags={"managed-by": "hand"})],
        undecided=[by_default(TAGS, tags={"environment": UNKNOWN}), tagged(tags=UNKNOWN)],
    ),
    "name-by-convention": Cases(
        satisfied=[
            called(BUCKET, "bucket", "plinth-prod-media-uploads"),
            called(LOG_GROUP, "name", "/aws/lambda/plinth-prod-thumbnails"),
            called(LOG_GROUP, "name", "aws-waf-logs-plinth-prod-edge"),
            called("aws:kms/alias:Alias", "name", "alias/plinth-prod-logs"),
            called("aws:ssm/parameter:Parameter", "name", "/plinth/prod/booking/url"),
            called("aws:sqs/queue:Queue", "name", "plinth-prod-images-work.fifo"),
            called(BUCKET, "bucket", None),
        ],
        violated=[
            called(BUCKET, "bucket", "uploads"),
            called(BUCKET, "bucket", "plinth-dev-media-uploads"),
            called(TABLE, "name", "plinth-prod"),
            called(TABLE, "name", "Plinth-Prod-Sessions"),
            called(TABLE, "name", "plinth-prod--sessions"),
        ],
        undecided=[called(BUCKET, "bucket", UNKNOWN)],
    ),
}
