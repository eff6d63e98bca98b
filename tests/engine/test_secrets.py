"""No secret is seen: neither one that was given nor one that was made up, wherever the genuine engine writes."""

import json
from pathlib import Path
from typing import Any

import pytest

from plinth.engine.plans import read_plan
from plinth.engine.values import SECRET
from tests.engine.real import NEEDED, with_engine
from tests.harness import PLANTED, deployable, lean, named

pytestmark = NEEDED

SCRIPT = """
set -e
pulumi stack init dev
pulumi preview -s dev --json --show-sames > preview.json 2> preview.err
pulumi up -s dev --yes --skip-preview --json > up.json 2> up.err
pulumi up -s dev --yes --skip-preview --diff --non-interactive > again.txt 2>&1
pulumi stack export -s dev > state.json
pulumi stack output -s dev --json > outputs.json
pulumi stack export -s dev --show-secrets > opened.json
pulumi config -s dev > config.txt
"""
WRITTEN = ("preview.json", "preview.err", "up.json", "up.err", "again.txt", "state.json", "outputs.json", "config.txt")
"""Everything but the state that was opened on purpose."""


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = deployable(tmp_path_factory.mktemp("secrets"))
    lean(folder / "Pulumi.dev.yaml")
    done = with_engine(folder, SCRIPT)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def made_up(folder: Path) -> list[str]:
    """The values that were generated, from the opened state."""
    resources: list[dict[str, Any]] = json.loads((folder / "opened.json").read_text())["deployment"]["resources"]
    passwords = [one["outputs"]["result"] for one in resources if one["type"] == "random:index/randomPassword:RandomPassword"]
    return [json.loads(one["plaintext"]) for one in passwords]


@pytest.mark.requirement("SEC-04", part="values are Pulumi secrets: in no plan, log, output or state in plain")
@pytest.mark.requirement("SEC-10", part="no secret in plain anywhere")
@pytest.mark.requirement("BST-10", part="what is given is read from the encrypted stack file alone")
@pytest.mark.parametrize("file", WRITTEN)
def test_no_secret_is_written_anywhere(deployed: Path, file: str) -> None:
    text = (deployed / file).read_text()
    generated = made_up(deployed)
    assert len(set(generated)) == 5
    for value in (PLANTED, *generated):
        assert value not in text


def test_the_secrets_are_there_for_whoever_may_open_the_state(deployed: Path) -> None:
    opened = (deployed / "opened.json").read_text()
    assert opened.count(PLANTED) >= 3
    graph = read_plan(deployed / "state.json")
    assert named(graph, "secrets-google-oauth-version").inputs["secretString"] == SECRET
    assert named(graph, "secrets-bot-token").inputs["value"] == SECRET


def test_an_error_of_the_program_shows_no_secret(tmp_path: Path) -> None:
    folder = deployable(tmp_path)
    broken = folder / "components" / "security" / "secrets.py"
    broken.write_text(broken.read_text().replace("secret_string=value,", "secret_string=value, no_such_argument=value,"))
    done = with_engine(folder, "pulumi stack init dev; pulumi preview -s dev --non-interactive")
    assert done.returncode != 0
    assert "no_such_argument" in done.stdout + done.stderr
    assert PLANTED not in done.stdout + done.stderr
