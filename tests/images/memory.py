"""A program as it runs in a container whose file system is read-only: only /dev/shm, in memory and empty, can be written."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

_ALONE = "mount --make-rprivate / && mount -o remount,bind,ro / && mount -t tmpfs -o mode=1777 tmpfs /dev/shm && "
_AS_NOBODY = "setpriv --reuid=nobody --regid=nogroup --clear-groups -- "


def writing_in_memory_alone(command: Sequence[str | Path], *, plain_user: bool = False) -> list[str | Path]:
    """The same command where it can write nowhere else; the test is skipped where nobody may mount anything.

    `plain_user`: not as root, which some programs refuse.
    """
    become = f'exec {_AS_NOBODY if plain_user else ""}"$@"'
    inside: list[str | Path] = ["unshare", "--mount", "sh", "-c", _ALONE + become, "sh"]
    try:
        done = subprocess.run([*inside, "true"], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("unshare is not installed: apt-get install util-linux")
    if done.returncode:
        pytest.skip(f"a read-only file system cannot be made here: {done.stderr.strip()}")
    return [*inside, *command]
