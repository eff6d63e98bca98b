"""Files that several machines or containers share: NFS, encrypted at rest and on the way, entered by access points alone."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import efs

from components.core.checks import name_problems, refuse
from components.core.component import Component
from components.core.context import Context
from components.core.documents import Refusal, resource_policy
from components.core.offers import Signal
from components.core.outputs import gather
from components.core.tagging import BACKUP
from components.storage.files import Throughput

COLD_DAYS: Final = (1, 7, 14, 30, 60, 90, 180, 270, 365)
"""After how many days without a reader a file can move to Infrequent Access (EFS API reference, LifecyclePolicy)."""
_POLICY_LIMIT = 20_000
"""Characters of a file system's policy (EFS API reference, PutFileSystemPolicy)."""
_CLIENT = ("elasticfilesystem:ClientMount", "elasticfilesystem:ClientRootAccess", "elasticfilesystem:ClientWrite")
_BY: Final = "elasticfilesystem:AccessPointArn"
_IDS = range(1, 2**32)
_PATH = re.compile(r"/[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+){0,3}")
_BUSY_PERCENT = 95


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPoint:
    """A door to one folder: whoever comes through it sees `path` as the root and is user `uid` of group `gid`.

    `opened_by` are the ARNs of the roles that come through it; where it is empty, the rights of each role say so alone.
    """

    path: str
    uid: int
    gid: int
    opened_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSystemArgs:
    """A file system with a mount target in each of `subnet_ids`, which are by zone; all wear `group_id`.

    Encrypted with `key_arn`. What nobody read for `cold_days` (one of `COLD_DAYS`) moves to Infrequent Access, and back when it
    is read. `backup` has AWS Backup keep a copy of each day. `access_points` are by name. Raises ValueError that names every
    fault.
    """

    subnet_ids: Mapping[str, Input[str]]
    group_id: Input[str]
    key_arn: Input[str]
    throughput: Throughput
    cold_days: int
    backup: bool
    access_points: Mapping[str, AccessPoint]

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        if not self.subnet_ids:
            yield "subnet_ids: none; at least one"
        if self.cold_days not in COLD_DAYS:
            yield f"cold_days: {self.cold_days} is not possible; one of {', '.join(map(str, COLD_DAYS))}"
        if not self.access_points:
            yield "access_points: none; at least one, since nobody gets in without"
        for name, point in self.access_points.items():
            yield from name_problems("access_points", name)
            if not _PATH.fullmatch(point.path):
                yield f"access_points.{name}: {point.path} is no folder; one to four steps such as /shared"
            if point.uid not in _IDS or point.gid not in _IDS:
                yield f"access_points.{name}: user {point.uid} of group {point.gid}; neither is root, which is 0"


class FileSystem(Component):
    """A file system that is entered by its access points, over TLS, and by nothing else.

    Creates: the file system, a mount target a zone, the access points, its policy, and whether it is backed up.
    Costs: by the gigabyte, a fraction of it for what nobody reads; elastic throughput by the gigabyte read and written as well.
    When not: for what one machine alone uses, a volume; for what is written once and read over HTTP, a bucket.
    """

    TYPE: ClassVar[str] = "plinth:storage:FileSystem"

    file_system_id: Output[str]
    """Known once it can be mounted in every zone."""
    file_system_arn: Output[str]
    access_point_ids: Mapping[str, Output[str]]
    access_point_arns: Mapping[str, Output[str]]

    def __init__(self, name: str, args: FileSystemArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        files = efs.FileSystem(
            f"{name}-files",
            encrypted=True,
            kms_key_id=args.key_arn,
            performance_mode="generalPurpose",
            throughput_mode=args.throughput,
            lifecycle_policies=[
                {"transition_to_ia": f"AFTER_{args.cold_days}_DAY{'S' if args.cold_days > 1 else ''}"},
                {"transition_to_primary_storage_class": "AFTER_1_ACCESS"},
            ],
            region=ctx.region,
            tags=ctx.tagged(f"{name}-files", **({BACKUP: "daily"} if args.backup else {})),
            opts=self.under(stateful=True),
        )
        doors = {key: self._door(key, point, files.id) for key, point in args.access_points.items()}
        refusals = (*_refusals(), *_past_the_doors(args.access_points, {key: door.arn for key, door in doors.items()}))
        policy = efs.FileSystemPolicy(
            f"{name}-policy",
            file_system_id=files.id,
            policy=resource_policy((), limit=_POLICY_LIMIT, refusals=refusals),
            region=ctx.region,
            opts=self.under(guards=True),
        )
        mounts = [
            efs.MountTarget(
                f"{name}-mount-{zone[-1]}",
                file_system_id=files.id,
                subnet_id=subnet,
                security_groups=[args.group_id],
                region=ctx.region,
                opts=self.under(after=[policy]),  # never open before it says to whom
            ).id
            for zone, subnet in args.subnet_ids.items()
        ]
        efs.BackupPolicy(
            f"{name}-backup",
            file_system_id=files.id,
            backup_policy={"status": "ENABLED" if args.backup else "DISABLED"},
            region=ctx.region,
            opts=self.under(guards=True),
        )
        self.access_point_ids = {key: door.id for key, door in doors.items()}
        self.access_point_arns = {key: door.arn for key, door in doors.items()}
        self.file_system_id = gather([files.id, *mounts]).apply(lambda known: known[0])
        self.file_system_arn = files.arn
        self.publish()

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What to watch. Source: EFS user guide, "Using CloudWatch metrics to monitor Amazon EFS"."""
        return (
            Signal(
                key=f"{self.pulumi_resource_name}-busy",
                namespace="AWS/EFS",
                metric="PercentIOLimit",
                dimensions={"FileSystemId": self.file_system_id},
                statistic="Average",
                threshold=_BUSY_PERCENT,
                meaning="the file system is at the limit of its operations: whoever uses it waits",
            ),
        )

    def _door(self, key: str, point: AccessPoint, files: Output[str]) -> efs.AccessPoint:
        name, ctx = f"{self.pulumi_resource_name}-point-{key}", self._ctx
        return efs.AccessPoint(
            name,
            file_system_id=files,
            posix_user={"uid": point.uid, "gid": point.gid},
            root_directory={
                "path": point.path,
                "creation_info": {"owner_uid": point.uid, "owner_gid": point.gid, "permissions": "0750"},
            },
            region=ctx.region,
            tags=ctx.tagged(name),
            opts=self.under(),
        )


def _refusals() -> tuple[Refusal, ...]:
    """Everybody, without TLS, without an access point, or from outside of the network (EFS user guide, "Using IAM")."""
    return (
        Refusal(actions=_CLIENT, conditions={"Bool": {"aws:SecureTransport": "false"}}),
        Refusal(actions=_CLIENT, conditions={"Null": {_BY: "true"}}),
        Refusal(actions=_CLIENT, conditions={"Bool": {"elasticfilesystem:AccessedViaMountTarget": "false"}}),
    )


def _past_the_doors(points: Mapping[str, AccessPoint], arns: Mapping[str, Output[str]]) -> Iterator[Refusal]:
    """Everybody by an access point that others made, and by one of ours all but those whom it is for."""
    yield Refusal(actions=_CLIENT, conditions={"ArnNotEquals": {_BY: tuple(arns.values())}})
    for key, point in points.items():
        if point.opened_by:
            not_theirs = {"ArnEquals": {_BY: arns[key]}, "ArnNotEquals": {"aws:PrincipalArn": point.opened_by}}
            yield Refusal(actions=_CLIENT, conditions=not_theirs)
