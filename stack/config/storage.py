"""`plinth:storage`: objects, by what they are for, and the logs of everything."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field

from components.storage.files import Throughput
from components.storage.lifecycle import ArchiveTier as Archived
from components.storage.lifecycle import Lifecycle, StorageClass, Tier
from components.storage.lifecycle import Transition as Step
from stack.config.section import NUMBER, Name, Section, text

OWN_ORIGIN = "own"
"""Stands in a list of origins for the sites of the stack's own domain."""
_OLD_LOG_DAYS: Final = 1
"""For how many days a log is still there once it has been deleted or overwritten: the fewest that S3 knows."""
Days = Annotated[int, Field(ge=0)]
UserId = Annotated[int, Field(ge=1, le=4294967295)]
ColdDays = Annotated[Literal[1, 7, 14, 30, 60, 90, 180, 270, 365], NUMBER]
Place = Literal["standby", "vault"]
Origin = Annotated[
    str,
    text(
        '`own` for the sites of the stack\'s domain, an origin such as https://shop.example.org, or "*" for every page there is',
        pattern=r"^(own|\*|https://[a-z0-9.-]+(:[0-9]{1,5})?)$",
    ),
]
QueueTarget = Annotated[
    str,
    text('a queue of the stack such as queue.images, or "" for nobody', pattern=r"^(queue\.[a-z][a-z0-9-]*)?$", max_length=80),
]


class Transition(Section):
    """A move to a cheaper class."""

    to: StorageClass = Field(description="The class. What is in GLACIER or DEEP_ARCHIVE has to be restored before it is read.")
    after_days: Days = Field(description="How old an object is then, in days.")


class ArchiveTier(Section):
    """A move of what nobody reads any more."""

    to: Tier = Field(description="The tier of INTELLIGENT_TIERING. What is there has to be restored before it is read.")
    after_days: Days = Field(description="For how many days nobody has read it then.")


def _lifecycle(expire: int, old_versions: int, transitions: tuple[Transition, ...], tiers: tuple[ArchiveTier, ...]) -> Lifecycle:
    return Lifecycle(
        expire_days=expire,
        old_version_days=old_versions,
        transitions=tuple(Step(to=step.to, after_days=step.after_days) for step in transitions),
        archive_tiers=tuple(Archived(to=tier.to, after_days=tier.after_days) for tier in tiers),
    )


class Bucket(Section):
    """One bucket."""

    versioned: bool = Field(description="Whether what is replaced or deleted can be had back.")
    old_version_days: Days = Field(description="For how many days. 0: for ever.")
    expire_days: Days = Field(description="After how many days an object is deleted. 0: never.")
    transitions: tuple[Transition, ...] = Field(description="Moves to cheaper classes, in their order. None: an empty list.")
    archive_tiers: tuple[ArchiveTier, ...] = Field(
        description="Where what is in INTELLIGENT_TIERING goes when nobody reads it, in order. None: an empty list."
    )
    encrypted_with: Literal["storage", "backup"] = Field(description="Which of `keys.purposes`.")
    lock_days: Days = Field(
        description=(
            "For how many days a version can be neither deleted nor overwritten. 0: no lock. A bucket that is there already gets "
            "one in place, and a changed number holds for what is written from then on. Back to 0 nothing more is locked, but a "
            "bucket that is retained keeps its lock until that is taken away by hand; what is locked stays so until its time."
        )
    )
    copies: tuple[Place, ...] = Field(
        description=(
            "In which of `platform.regions` there is a copy, besides home, of everything that is written from then on. What is "
            "older than the copy is not in it until a job of S3 Batch Replication has been run by hand. None: an empty list."
        )
    )
    cors_origins: tuple[Origin, ...] = Field(description="Whose pages may read and write by the browser. None: an empty list.")
    events_to: QueueTarget = Field(description="Who hears of every new object.")

    @property
    def lifecycle(self) -> Lifecycle:
        """How its objects age."""
        return _lifecycle(self.expire_days, self.old_version_days, self.transitions, self.archive_tiers)


class Logs(Section):
    """What load balancers, the CDN, the network, firewalls, trails and buckets record."""

    enabled: bool = Field(description="Whether there is a bucket for logs in each region that has buckets.")
    keep_days: Annotated[int, Field(ge=1)] = Field(description="After how many days a log is deleted.")
    transitions: tuple[Transition, ...] = Field(description="Moves to cheaper classes until then, in their order.")
    flow_logs: bool = Field(description="Whether the records of the network are kept here as well, besides those to search in.")

    @property
    def lifecycle(self) -> Lifecycle:
        """How they age. What a log leaves behind when its time is over is an old version of it, which goes the day after."""
        return _lifecycle(self.keep_days, _OLD_LOG_DAYS, self.transitions, ())


class AccessPoint(Section):
    """A door to one folder of the shared files."""

    path: Annotated[
        str,
        text(
            "a folder of one to four steps such as /shared", pattern=r"^/[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+){0,3}$", max_length=100
        ),
    ] = Field(description="The folder, which is all that is seen through this door.")
    uid: UserId = Field(description="The user that everyone is who comes through it.")
    gid: UserId = Field(description="The group of that user.")


class Files(Section):
    """A file system that services share."""

    enabled: bool = Field(description="Whether there is one.")
    throughput: Throughput = Field(description="Whether it grows with what is stored, or with what is asked for and charged.")
    cold_after_days: ColdDays = Field(description="After how many days without a reader a file moves to Infrequent Access.")
    backup: bool = Field(description="Whether AWS Backup keeps a copy of each day.")
    access_points: Mapping[Name, AccessPoint] = Field(
        description=(
            "Doors to it, by name. A service on ECS whose `access` list has files.shared finds what is behind that door at "
            "/mnt/files/shared, which is also what its variable FILES_SHARED says."
        )
    )


class Storage(Section):
    """Objects, by what they are for, and the logs of everything."""

    logs: Logs = Field(description="What load balancers, the CDN, the network, firewalls, trails and buckets record.")
    buckets: Mapping[Name, Bucket] = Field(description="Buckets by what they are for.")
    files: Files = Field(description="A file system that services share.")
