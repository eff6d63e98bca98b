"""The applications of images/ as their images hold them: the pinned packages in an environment of their own, under build/.

Not in the environment of the repository: they are no part of the program, and their pins are their own.
"""

import fcntl
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.servers import Program, started

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "images"
PYTHON_IMAGES = ("bot", "django", "fastapi", "logins")
NODE_IMAGES = ("graphql", "websocket")


def environment(image: str) -> Path:
    """The `bin` of a virtual environment with the pinned packages of a Python image."""
    pins = IMAGES / image / "requirements.txt"
    folder = _cached(image, [pins])
    with _Alone(folder):
        if not (folder / "ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            _run([sys.executable, "-m", "venv", folder])
            _install(folder / "bin" / "python", pins)
            (folder / "ready").touch()
    return folder / "bin"


def node_modules(image: str) -> Path:
    """A `node_modules` with the pinned packages of a Node image."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed: apt-get install npm, or Node 20 from elsewhere")
    pins = [IMAGES / image / name for name in ("package.json", "package-lock.json")]
    folder = _cached(image, pins)
    with _Alone(folder):
        if not (folder / "ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            for pin in pins:
                shutil.copy(pin, folder)
            _run(["npm", "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"], folder)
            (folder / "ready").touch()
    return folder / "node_modules"


def node_application(image: str, folder: Path) -> Path:
    """A Node image's `/app` in `folder`."""
    modules = node_modules(image)
    application = shutil.copytree(IMAGES / image, folder / image)
    (application / "node_modules").symlink_to(modules)
    return application


def application(image: str, command: str, folder: Path) -> tuple[list[str | Path], Path]:
    """A command of an image of either kind as it is called here, and where: that of a Node image is made in `folder`."""
    program, *rest = shlex.split(command)
    if image in NODE_IMAGES:
        return [program, *rest], node_application(image, folder)
    return [environment(image) / program, *rest], IMAGES / image


def run(image: str, command: str, variables: dict[str, str], log: Path) -> AbstractContextManager[Program]:
    """A command of a Python image, as its Dockerfile or README.md has it: `python -m collection`."""
    program, folder = application(image, command, log.parent)
    told = {"PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"} | variables
    return started(program, told, log=log, folder=folder)


def _cached(image: str, pins: Iterable[Path]) -> Path:
    digest = hashlib.sha256(b"".join(pin.read_bytes() for pin in pins)).hexdigest()
    (ROOT / "build" / "images").mkdir(parents=True, exist_ok=True)
    return ROOT / "build" / "images" / f"{image}-{digest[:16]}"


class _Alone:
    """While it holds, no other test process makes the same folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder.with_suffix(".lock")

    def __enter__(self) -> None:
        self._file = self._path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _install(python: Path, pins: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    fast = [uv, "pip", "install", "-q", "--system-certs", "--python", python, "--require-hashes", "-r", pins]
    if not uv.exists() or subprocess.run(fast, capture_output=True, check=False).returncode:
        _run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", "-r", pins])


def _run(command: list[str | Path], folder: Path | None = None) -> None:
    done = subprocess.run(command, cwd=folder, env=dict(os.environ), capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"{command[0]} failed: {done.stdout}{done.stderr}")
