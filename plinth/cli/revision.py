"""The tree of another revision of this repository, in a folder of its own."""

import os
import subprocess
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from plinth.cli.project import UsageError


@contextmanager
def checked_out(folder: Path, revision: str) -> Generator[Path]:
    """`folder` as it is in `revision`, in a temporary place that is removed afterwards whatever happens.

    The tree is read into an index of its own and written from there: no hook runs, nothing is registered in the repository, and
    its index and working tree stay as they are. Raises UsageError where there is no such revision or no program in it.
    """
    top = Path(_git(folder, f"{folder} is not in a git repository", "rev-parse", "--show-toplevel"))
    tree = _git(folder, f"{revision} is neither a file nor a revision of {top}", "rev-parse", "--verify", f"{revision}^{{tree}}")
    with tempfile.TemporaryDirectory(prefix="plinth-") as temporary:
        place = Path(temporary).resolve() / "tree"
        own = {"GIT_INDEX_FILE": str(place.with_name("index"))}
        failed = f"{revision} cannot be checked out"
        _git(top, failed, "read-tree", tree, **own)
        _git(top, failed, "checkout-index", "--all", f"--prefix={place}/", **own)
        program = place / folder.resolve().relative_to(top.resolve())
        if not (program / "Pulumi.yaml").is_file():
            raise UsageError(f"{revision} has no Pulumi.yaml in {folder.name}: there is no program to compare with")
        yield program


def _git(folder: Path, problem: str, *arguments: str, **environment: str) -> str:
    """What git says. Raises UsageError with `problem`, and with git's own words."""
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, env={**_surroundings(), **environment}, capture_output=True, text=True, check=False)  # noqa: S603
    except OSError as error:
        raise UsageError(f"{problem}: git does not run ({error.strerror})") from None
    if done.returncode:
        raise UsageError(f"{problem} ({(done.stderr.strip().splitlines() or ['git says nothing'])[-1]})")
    return done.stdout.strip()


def _surroundings() -> Mapping[str, str]:
    """The environment without what a git hook sets, which would lead to another repository."""
    return {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
