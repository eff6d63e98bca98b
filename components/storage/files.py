"""Facts of file systems that the stack file and the component both refer to."""

from typing import Final, Literal, TypeAlias

Throughput: TypeAlias = Literal["bursting", "elastic"]
"""Bursting grows with what is stored, elastic with what is asked for, and is charged by it."""
NFS_PORT: Final = 2049
"""Where a file system listens (EFS user guide, "Working with VPC security groups")."""
