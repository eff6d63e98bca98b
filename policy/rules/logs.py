"""POL-10, logs: kept for a stated time, encrypted, and the network's own traffic among them."""

from collections.abc import Iterator

from policy.rules.rule import Finding, Rule, judged, of_type, undecided, violated
from policy.rules.view import Mark, Resource, Stack

_GROUP = "aws:cloudwatch/logGroup:LogGroup"
_VPC = "aws:ec2/vpc:Vpc"
_FLOW_LOG = "aws:ec2/flowLog:FlowLog"


def _kept_for_ever(resource: Resource, _: Stack) -> Iterator[Finding]:
    days = resource.props.get("retentionInDays")
    # Absent and 0 both mean for ever.
    yield from judged("retentionInDays", days, "is not set: the logs are kept, and paid for, for ever", holds=bool(days))


def _without_key(resource: Resource, _: Stack) -> Iterator[Finding]:
    key = resource.props.get("kmsKeyId")
    if isinstance(key, Mark) and not resource.references.get("kmsKeyId"):
        yield undecided("kmsKeyId")
    elif not key:
        yield violated("kmsKeyId", "is not set")


def _unwatched(vpc: Resource, stack: Stack) -> Iterator[Finding]:
    logs = [log for log in stack.of_type(_FLOW_LOG) if vpc.urn in log.references.get("vpcId", ())]
    traffic = [log.props.get("trafficType") for log in logs]
    if "ALL" in traffic:
        return
    if any(isinstance(kind, Mark) for kind in traffic):
        yield undecided("trafficType")
    else:
        yield violated("", "no flow log records all of its traffic")


RULES = (
    Rule(
        id="log-group-retained",
        severity="medium",
        statement="Every log group says how long it keeps logs",
        why="Without a limit CloudWatch keeps them for ever, at a price that only grows.",
        fix="Set retentionInDays.",
        sources=("POL-10", "OBS-01", "CKV_AWS_338"),
        applies=of_type(_GROUP),
        check=_kept_for_ever,
    ),
    Rule(
        id="log-group-encrypted",
        severity="medium",
        statement="Every log group is encrypted with a key of the platform's own",
        why="Who may read logs is then decided by IAM alone; a key is a second lock, whose every use is recorded.",
        fix="Set kmsKeyId to the logs key.",
        sources=("OBS-01", "SEC-12", "CKV_AWS_158"),
        applies=of_type(_GROUP),
        check=_without_key,
    ),
    Rule(
        id="vpc-flow-logged",
        severity="medium",
        statement="Every VPC records all of its traffic",
        why="After an incident nobody can say what talked to what.",
        fix="Switch on plinth:networking.flowLogs.",
        sources=("POL-10", "NET-12", "CKV2_AWS_11", "EC2.6", "AWS-0178"),
        applies=of_type(_VPC),
        check=_unwatched,
        across=True,
    ),
)
