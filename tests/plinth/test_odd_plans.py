"""Plans out of the ordinary, through every command that reads one: names that look like orders, and nothing at all."""

import json
from pathlib import Path
from typing import Any

import pytest

from plinth.cli.app import app
from tests.harness import plinth_here, project_copy

HOSTILE = {
    "aws:s3/bucket:Bucket": "logs[/prod]",
    "aws:ec2/subnet:Subnet": "private[us-east-1a]",
    "aws:iam/role:Role": "role[bold]\\",
    "aws:kms/key:Key": "key[/]",
    "aws:sqs/queue:Queue": "red\x1b[31m\nline",
    "aws:odd[/type]/thing:Thing[/type]": "thing[link=x]",
}
READABLE = {name.replace("\x1b", " ").replace("\n", " ") for name in HOSTILE.values()}
PROJECT = "shop[/project]"
ROOT_STACK = f"urn:pulumi:live::{PROJECT}::pulumi:pulumi:Stack::shop"
TRUST = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::1:role/x[/y]\x1b"}, "Action": "sts:AssumeRole"}]}

ASKED = {
    "graph": ((),),
    "why": tuple((name,) for name in HOSTILE.values()),
    "access": ((),),
    "cost": ((),),
    "changes": (("--against", "before.json"),),
    "diagram": ((), ("--svg",)),
    "policy": ((),),
    "timing": ((),),
    "report": tuple(("--format", form, "--against", "before.json") for form in ("terminal", "markdown", "html")),
}
ALONE = {"preview", "explain"}
"""Commands that read no plan of another program."""


def state(token: str, name: str) -> dict[str, Any]:
    trace = [{"sourcePosition": "project:///main[/file].py#3"}]
    inputs = {"region": "us-east-1\x1b[0m", "description": "[/]\x1b", "assumeRolePolicy": json.dumps(TRUST)}
    urn = f"urn:pulumi:live::{PROJECT}::{token}::{name}"
    return {"urn": urn, "type": token, "custom": True, "id": name, "inputs": inputs, "parent": ROOT_STACK, "stackTrace": trace}


def export(file: Path, *resources: dict[str, Any]) -> None:
    stack = {"urn": ROOT_STACK, "type": "pulumi:pulumi:Stack", "custom": False}
    file.write_text(json.dumps({"version": 3, "deployment": {"resources": [stack, *resources]}}))


def test_every_command_that_reads_a_plan_is_asked_below() -> None:
    commands = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    assert commands == ASKED.keys() | ALONE


@pytest.mark.parametrize(("command", "more"), [(command, more) for command, asked in ASKED.items() for more in asked])
def test_names_are_shown_as_they_are_and_give_no_orders(
    command: str, more: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = project_copy(tmp_path)
    bucket = state("aws:s3/bucket:Bucket", "logs[/prod]")
    export(folder / "plan.json", *(state(token, name) for token, name in HOSTILE.items()))
    export(folder / "before.json", {**bucket, "inputs": {"bucket": "was[/]\x1b"}}, state("aws:kms/key:Key", "old[/key]"))
    done = plinth_here(folder, command, *more, "--from", "plan.json", patch=monkeypatch, capture=capsys)
    assert done.code in (0, 1), done.err
    assert "\x1b" not in done.out + done.err
    if command in ("graph", "timing", "changes"):
        assert {name for name in READABLE if name not in done.out} == set()
    elif command == "access":
        assert "role[bold]\\" in done.out
    elif command == "policy":
        assert "live logs[/prod]" in done.out


@pytest.mark.parametrize("command", sorted(ASKED.keys() - {"why"}))
def test_a_stack_with_nothing_deployed_is_no_mistake_to_any_command(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = project_copy(tmp_path)
    (folder / "plan.json").write_text(json.dumps({"version": 3, "deployment": {"manifest": {}}}))
    (folder / "before.json").write_text(json.dumps({"version": 3, "deployment": {"manifest": {}}}))
    more = ASKED[command][0]
    done = plinth_here(folder, command, *more, "--from", "plan.json", patch=monkeypatch, capture=capsys)
    assert (done.code, done.err) == (0, "")


def test_a_name_that_is_not_there_is_answered_without_its_orders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = project_copy(tmp_path)
    export(folder / "plan.json", state("aws:sqs/queue:Queue", "red\x1b[31m"))
    done = plinth_here(folder, "why", "red\x1b[31n", "--from", "plan.json", patch=monkeypatch, capture=capsys)
    assert done.code == 2
    assert "\x1b" not in done.err
    assert "has no resource red [31n; did you mean red [31m" in done.err
