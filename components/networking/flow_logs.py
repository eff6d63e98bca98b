"""A record of every connection in the network, accepted or not."""

from dataclasses import dataclass
from typing import ClassVar

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import ec2

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.logs import log_group, log_group_arn
from components.core.offers import Signal, Statement
from components.core.retention import RetentionDays, retention_problems
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.core.trust import ServiceTrust

_AREA, _JOB = "network", "flow-logs"
_DELIVERY = ("logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents")
"""What delivery needs once the group exists (VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs")."""
_AGGREGATION_SECONDS = 600
"""One record for each flow and ten minutes, the longest there is: the bill is by volume, and nothing acts on a flow within a
minute. What sits on Nitro instances is recorded each minute all the same (VPC user guide, "Maximum aggregation interval")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowLogsArgs:
    """Flow logs of `vpc_id`, kept for `retention_days`, encrypted with `key_arn`.

    `archive` is the name of a bucket that lets them in, where they are kept as well. Raises ValueError for what is no retention.
    """

    vpc_id: Input[str]
    retention_days: RetentionDays
    key_arn: Input[str]
    archive: Input[str] | None = None

    def __post_init__(self) -> None:
        refuse(self, retention_problems(self.retention_days))


class FlowLogs(Component):
    """Flow logs of a whole network: in CloudWatch Logs to search in, and where asked in a bucket to keep.

    Creates: the log group, the role that writes to it and to nothing else, a flow log for all traffic to each.
    Costs: by the gigabyte written and the gigabyte kept. Busy networks write a lot.
    When not: where an account-wide recorder has them already.
    """

    TYPE: ClassVar[str] = "plinth:networking:FlowLogs"

    log_group_name: Output[str]

    def __init__(self, name: str, args: FlowLogsArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        group = log_group(self, ctx, service=_AREA, resource=_JOB, retention_days=args.retention_days, key_arn=args.key_arn)
        writer = ServiceRole(f"{name}-writer", _writer(ctx), ctx, self.under())
        ec2.FlowLog(
            f"{name}-all",
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            max_aggregation_interval=_AGGREGATION_SECONDS,
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=writer.role_arn,
            region=ctx.region,
            tags=ctx.tagged(f"{name}-all"),
            opts=self.under(after=[writer]),  # its rights: records that are refused are lost
        )
        if args.archive is not None:
            self._archived(args.vpc_id, args.archive)
        self.log_group_name = group.name
        self.publish()

    def _archived(self, vpc_id: Input[str], bucket: Input[str]) -> None:
        name, ctx = f"{self.pulumi_resource_name}-archive", self._ctx
        ec2.FlowLog(
            name,
            vpc_id=vpc_id,
            traffic_type="ALL",
            max_aggregation_interval=_AGGREGATION_SECONDS,
            log_destination_type="s3",
            log_destination=Output.concat("arn:aws:s3:::", bucket),
            # A fifth of the size, and queries read the columns and hours that they ask for (VPC user guide, "Flow log files").
            destination_options={
                "file_format": "parquet",
                "hive_compatible_partitions": True,
                "per_hour_partition": True,
            },
            region=ctx.region,
            tags=ctx.tagged(name),
            opts=self.under(),
        )

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What to watch: whether records still come. Source: "CloudWatch Logs metrics and dimensions" in its user guide."""
        return (
            Signal(
                key="flow-logs-silent",
                namespace="AWS/Logs",
                metric="IncomingLogEvents",
                dimensions={"LogGroupName": self.log_group_name},
                statistic="Sum",
                threshold=1,
                over=False,
                period_seconds=3600,
                meaning="an hour without a record: nothing runs in the network, or the records are refused or switched off",
            ),
        )


def flow_log_group_arn(ctx: Context) -> str:
    """The ARN of the log group, known before it exists."""
    return log_group_arn(ctx, _AREA, _JOB)


def _writer(ctx: Context) -> ServiceRoleArgs:
    group = flow_log_group_arn(ctx)
    return ServiceRoleArgs(
        trust=ServiceTrust(
            service="vpc-flow-logs.amazonaws.com", source_arn=f"arn:aws:ec2:{ctx.region}:{ctx.account_id}:vpc-flow-log/*"
        ),
        statements=(Statement(actions=_DELIVERY, resources=(group, f"{group}:*")),),
        purpose="Writes the flow logs of the network to their log group",
        area=_AREA,
        job=_JOB,
    )
