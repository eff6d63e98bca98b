"""The genuine command line gives a program the configuration that stack.config.document reads from the same file."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from stack.config.document import ENCRYPTED, Document, project_name, read

ENGINE = os.environ.get("PLINTH_ENGINE", "")

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(not ENGINE, reason="PLINTH_ENGINE names no folder with the Pulumi engine"),
]

HOSTILE = Path(__file__).parents[1] / "config" / "Pulumi.hostile.yaml"

PROGRAM = """\
import json, os
from pathlib import Path

names = ("PULUMI_CONFIG", "PULUMI_CONFIG_SECRET_KEYS")
Path("environment.json").write_text(json.dumps({name: os.environ[name] for name in names}))
"""


def preview(folder: Path, *steps: str) -> tuple[Document, dict[str, str]]:
    """Preview the stack `dev` after the steps: what is read from its file, and what the program found."""
    (folder / "Pulumi.yaml").write_text("name: plinth\nruntime: python\n")
    (folder / "__main__.py").write_text(PROGRAM)
    script = " && ".join(("pulumi stack init dev", *steps, "pulumi preview --stack dev --non-interactive"))
    done = subprocess.run(
        [f"{ENGINE}/with-engine", "--echo", "--", "sh", "-c", script],
        cwd=folder,
        env={**os.environ, "VIRTUAL_ENV": sys.prefix},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    environment: dict[str, str] = json.loads((folder / "environment.json").read_text())
    return read(folder, "dev", project_name(folder)), environment


def meaning(text: str) -> str:
    """JSON in one form; not its value, since to Python 1 is True and 1.0."""
    return json.dumps(json.loads(text), sort_keys=True)


def test_every_hostile_value_reaches_the_program_as_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "hostile.yaml").write_bytes(HOSTILE.read_bytes())
    # Behind the salt that the command line has written, and does not touch again.
    document, environment = preview(tmp_path, "cat hostile.yaml >> Pulumi.dev.yaml")
    ours, theirs = (json.loads(each["PULUMI_CONFIG"]) for each in (document.environment(), environment))
    assert set(ours) == set(theirs)
    structured = {key for key, value in document.values.items() if isinstance(value, list | dict)}
    assert {key: text for key, text in ours.items() if key not in structured} == {
        key: text for key, text in theirs.items() if key not in structured
    }
    # Only what a map or a list means has to be the same: Go escapes < and writes 1e-07 shorter.
    assert {key: meaning(ours[key]) for key in structured} == {key: meaning(theirs[key]) for key in structured}
    assert json.loads(environment["PULUMI_CONFIG_SECRET_KEYS"]) == []


def test_the_keys_of_encrypted_values_are_those_that_the_command_line_names(tmp_path: Path) -> None:
    document, environment = preview(
        tmp_path,
        "pulumi config set --secret apiKey top",
        "pulumi config set --path --secret data.password nested",
        "pulumi config set --path data.user bob",
        "pulumi config set --path 'items[0]' first",
        "pulumi config set --path --secret 'items[1]' second",
        "pulumi config set plain 5",
    )
    assert set(document.encrypted) == {("plinth:apiKey",), ("plinth:data", "password"), ("plinth:items", 1)}
    secret_keys: list[str] = json.loads(environment["PULUMI_CONFIG_SECRET_KEYS"])
    assert json.loads(document.environment()["PULUMI_CONFIG_SECRET_KEYS"]) == sorted(secret_keys)
    config = json.loads(environment["PULUMI_CONFIG"])
    assert config["plinth:apiKey"] == "top"
    assert json.loads(config["plinth:data"]) == {"user": "bob", "password": "nested"}
    assert json.loads(config["plinth:items"]) == ["first", "second"]
    assert config["plinth:plain"] == document.values["plinth:plain"] == "5"
    assert document.values["plinth:data"] == {"user": "bob", "password": ENCRYPTED}
