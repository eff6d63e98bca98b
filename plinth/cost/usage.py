"""Use: what no plan can say. A figure a key of `plinth:cost.usage` in the stack file, for the whole stack and a month."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias

from plinth.cost.quantity import Range
from stack.config.cost import Cost
from stack.config.document import Document, Json, mapping

Usage: TypeAlias = Mapping[str, Range]
"""Figures by key. A key that is not there is not known, which is not the same as none."""

METERS: Mapping[str, str] = {
    "natGb": "GB through NAT gateways",
    "endpointGb": "GB through interface endpoints",
    "transitGb": "GB through transit gateway attachments",
    "egressGb": "GB from the stack to the internet",
    "interZoneGb": "GB from one zone to another",
    "vpnConnectionHours": "hours that clients are connected to the VPN",
    "loadBalancerUnitHours": "LCU-hours of all load balancers",
    "logsGb": "GB of logs taken in",
    "customMetrics": "custom metrics",
    "tracesMillion": "millions of traces recorded",
    "tracesReadMillion": "millions of traces retrieved",
    "logsScannedGb": "GB scanned by Logs Insights",
    "kmsRequestsThousand": "thousands of requests to KMS",
    "secretRequestsThousand": "thousands of requests to Secrets Manager",
    "dnsQueriesThousand": "thousands of queries to hosted zones",
    "wafRequestsMillion": "millions of requests that WAF looks at",
    "guarddutyEventsMillion": "millions of CloudTrail events that GuardDuty looks at",
    "guarddutyLogsGb": "GB of flow and DNS logs that GuardDuty looks at",
    "guarddutyS3EventsMillion": "millions of S3 events that GuardDuty looks at",
    "configItemsThousand": "thousands of configuration items that Config records",
    "configEvaluationsThousand": "thousands of evaluations of Config rules",
    "securityChecksThousand": "thousands of checks of Security Hub",
    "trailEventsThousand": "thousands of data events that CloudTrail records",
    "s3Gb": "GB in S3 Standard",
    "s3InfrequentGb": "GB in S3 Standard-IA",
    "s3InstantGb": "GB in S3 Glacier Instant Retrieval",
    "s3GlacierGb": "GB in S3 Glacier Flexible Retrieval",
    "s3ArchiveGb": "GB in S3 Glacier Deep Archive",
    "s3TieringObjectsThousand": "thousands of objects in S3 Intelligent-Tiering",
    "s3WritesThousand": "thousands of PUT, COPY, POST and LIST requests to S3",
    "s3ReadsThousand": "thousands of GET and SELECT requests to S3",
    "imagesGb": "GB of images in ECR",
    "fileSystemGb": "GB in EFS Standard",
    "fileSystemColdGb": "GB in EFS Infrequent Access",
    "fileSystemReadGb": "GB read from EFS with elastic throughput",
    "fileSystemWriteGb": "GB written to EFS with elastic throughput",
    "fileSystemBackupGb": "GB of backups of EFS",
    "snapshotGb": "GB of EBS snapshots",
    "databaseBackupGb": "GB of database backups beyond the free allowance",
    "cacheBackupGb": "GB of ElastiCache backups",
    "auroraGb": "GB in Aurora",
    "tableGb": "GB in DynamoDB",
    "tableReadsMillion": "millions of on-demand read units of DynamoDB",
    "tableWritesMillion": "millions of on-demand write units of DynamoDB",
    "backupGb": "GB in backup vaults",
    "cdnGb": "GB from CloudFront to viewers",
    "cdnRequestsThousand": "thousands of HTTPS requests to CloudFront",
    "functionRequestsMillion": "millions of Lambda invocations",
    "functionGbSecondsThousand": "thousands of GB-seconds of Lambda",
    "apiRequestsMillion": "millions of requests to HTTP APIs",
    "queueRequestsMillion": "millions of requests to SQS",
    "topicRequestsMillion": "millions of messages published to SNS",
    "eventsMillion": "millions of custom events of EventBridge",
    "transitionsThousand": "thousands of state transitions of Step Functions",
    "streamUnitsMillion": "millions of PUT payload units of Kinesis",
    "users": "monthly active users of Cognito beyond the free ones",
    "glueDpuHours": "DPU-hours of Glue jobs and crawlers",
    "athenaTb": "TB scanned by Athena",
    "buildMinutes": "minutes of CodeBuild",
    "pipelineMinutes": "minutes of actions of V2 pipelines",
    "podVcpuHours": "vCPU-hours of pods on Fargate",
    "podGbHours": "GB-hours of memory of pods on Fargate",
}
"""Every key a rule reads, and what it counts. A figure is shared evenly by the resources that meter it."""


def usage_of(section: Cost | None) -> Usage:
    """The figures of use in a stack file; none where there is none."""
    if section is None:
        return {}
    return {key: Range.of(figures.low, figures.expected, figures.high) for key, figures in section.usage.figures()}


def usage_in(document: Document) -> Usage:
    """The figures in a stack file of any revision: its keys may be others than those of now."""
    found = {key: _range(value) for key, value in mapping(mapping(document.values.get("plinth:cost")).get("usage")).items()}
    return {key: figures for key, figures in found.items() if figures}


def _range(value: Json) -> Range | None:
    """The range that a key is set to; none where it is set to something else."""
    figures = [mapping(value).get(name) for name in ("low", "expected", "high")]
    numbers = [Decimal(str(figure)) for figure in figures if isinstance(figure, int | float) and not isinstance(figure, bool)]
    return Range(*numbers) if len(numbers) == len(figures) else None
