"""Facts of file systems that the stack file, the component and whoever mounts one all refer to."""

from typing import Final, Literal, TypeAlias

Throughput: TypeAlias = Literal["bursting", "elastic"]
"""Bursting grows with what is stored, elastic with what is asked for, and is charged by it."""
NFS_PORT: Final = 2049
"""Where a file system listens (EFS user guide, "Working with VPC security groups")."""


def mounted_at(point: str) -> str:
    """Where services find the files behind an access point: `/mnt/files/shared`."""
    return f"/mnt/files/{point}"
