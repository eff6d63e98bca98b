"""The files that images are made of: what holds for all of them, read without running anything."""

import json
import re
from itertools import chain
from pathlib import Path

import pytest

from tests.images.installed import IMAGES, NODE_IMAGES, PYTHON_IMAGES

ALL = sorted((*PYTHON_IMAGES, *NODE_IMAGES, "pgbouncer"))
FULL_VERSION = re.compile(r"^[a-z]+:\d+\.\d+(\.\d+)?(-[a-z]+)*$")
WATCHED_BY_CONTAINER = {"bot", "fastapi", "graphql", "websocket"}
"""Not `django`, which the load balancer alone watches, and not the sidecar."""


def instructions(image: str) -> list[tuple[str, str]]:
    """Each instruction of a Dockerfile and what follows it."""
    text = (IMAGES / image / "Dockerfile").read_text().replace("\\\n", " ")
    lines = (line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def values(image: str, word: str) -> list[str]:
    """What follows each `word` of a Dockerfile."""
    return [rest for found, rest in instructions(image) if found == word]


def test_every_folder_is_an_image() -> None:
    assert sorted(path.name for path in IMAGES.iterdir() if path.is_dir()) == ALL


@pytest.mark.requirement("APP-14", part="a Dockerfile for each sample application")
@pytest.mark.parametrize("image", ALL)
def test_an_image_builds_and_runs_in_stages_of_full_versions(image: str) -> None:
    bases = [rest.split()[0] for rest in values(image, "FROM")]

    assert len(bases) > 1
    assert [base for base in bases if not FULL_VERSION.match(base)] == []


@pytest.mark.parametrize("image", ALL)
def test_an_image_runs_as_a_user_with_a_number_that_is_not_root(image: str) -> None:
    assert values(image, "USER") == ["10001"]
    after = [word for word, _ in instructions(image)]
    assert set(after[after.index("USER") :]) <= {"USER", "EXPOSE", "HEALTHCHECK", "STOPSIGNAL", "CMD", "ENTRYPOINT"}


@pytest.mark.parametrize("image", ALL)
def test_an_image_adds_nothing_from_elsewhere_unchecked_and_knows_no_secret(image: str) -> None:
    assert values(image, "ADD") == []
    assert values(image, "ARG") == []
    assert [rest for rest in values(image, "RUN") if "http://" in rest or "--insecure" in rest] == []
    assert not re.search(r"(?i)password|secret|token", (IMAGES / image / "Dockerfile").read_text())


@pytest.mark.requirement("CMP-09", part="neither the image of Django nor that of PgBouncer has a health check of the container")
@pytest.mark.parametrize("image", ALL)
def test_an_image_has_a_health_check_where_one_is_wanted(image: str) -> None:
    assert bool(values(image, "HEALTHCHECK")) is (image in WATCHED_BY_CONTAINER)


@pytest.mark.parametrize("image", ALL)
def test_what_is_sent_to_the_build_is_named(image: str) -> None:
    first, *rest = (IMAGES / image / ".dockerignore").read_text().split()

    assert first == "*"
    assert all(line.startswith("!") for line in rest)
    copied = chain.from_iterable(line.split()[:-1] for line in values(image, "COPY") if not line.startswith("--from"))
    named = {line.removeprefix("!").split("/")[0] for line in rest}
    for path in copied:
        assert (IMAGES / image / path).exists()
        assert path in named or any(Path(path).match(pattern) for pattern in named), path


@pytest.mark.parametrize("image", PYTHON_IMAGES)
def test_python_packages_are_pinned_with_hashes_and_without_an_address(image: str) -> None:
    text = (IMAGES / image / "requirements.txt").read_text()
    pins = re.sub(r" *\\\n *", " ", text).splitlines()

    assert "://" not in text
    assert [pin for pin in pins if not re.match(r"^[a-z0-9-]+==\S+ .*--hash=sha256:", pin)] == []
    wanted = {re.split(r"[\[><=]", line)[0] for line in (IMAGES / image / "requirements.in").read_text().split()}
    assert wanted <= {pin.partition("==")[0] for pin in pins}


@pytest.mark.parametrize("image", NODE_IMAGES)
def test_node_packages_are_pinned_with_hashes_and_without_an_address(image: str) -> None:
    wanted = json.loads((IMAGES / image / "package.json").read_text())["dependencies"]
    packages = json.loads((IMAGES / image / "package-lock.json").read_text())["packages"]

    assert packages.pop("")["dependencies"] == wanted
    assert [name for name, version in wanted.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
    assert [name for name, package in packages.items() if "resolved" in package or "integrity" not in package] == []


def test_the_entrypoint_of_the_pooler_is_a_program_that_does_not_print_what_it_does() -> None:
    entrypoint = IMAGES / "pgbouncer" / "entrypoint.sh"

    assert entrypoint.stat().st_mode & 0o111 == 0o111
    assert "set -x" not in entrypoint.read_text()
