"""`plinth changes`: two revisions of a program, a file and a program, two files."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import pytest

from plinth.changes.facts import table
from plinth.cli.project import UsageError
from plinth.cli.revision import checked_out
from plinth.engine.plans import read_plan
from plinth.engine.workers import Recorded
from tests.harness import ROOT, STACKS, Done, graphs, plinth_here, project_copy
from tests.plinth.planted import RENAMED, plant_cidr, plant_owner, plant_rename
from tools.create_only import PROVIDER


class Command(Protocol):
    """Runs `plinth changes`."""

    def __call__(self, folder: Path, *arguments: str) -> Done: ...


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    def run(folder: Path, *arguments: str) -> Done:
        return plinth_here(folder, "changes", *arguments, patch=monkeypatch, capture=capsys)

    return run


@pytest.fixture
def planned_already(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stacks of the repository stand for the plan of the program: it is not run again."""

    def plan(_: Path, names: Sequence[str]) -> dict[str, Recorded]:
        return {name: Recorded(graph=graphs()[name], seconds=0) for name in names}

    monkeypatch.setattr("plinth.cli.changes.plan", plan)


def made() -> int:
    """How many resources dev has, components left out."""
    return sum(resource.custom for resource in graphs()["dev"].resources.values())


def git(folder: Path, *arguments: str) -> str:
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = ("-c", "user.name=test", "-c", "user.email=test@example.com")
    done = subprocess.run(
        ["git", *who, *arguments], cwd=folder, env={**os.environ, **own}, capture_output=True, text=True, check=True
    )
    return done.stdout


def repository(folder: Path) -> Path:
    """A git repository whose one commit is the program."""
    project_copy(folder)
    (folder / ".gitignore").write_text("__pycache__/\n")
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "the program")
    return folder


def of_kind(answer: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {change["name"]: change for change in answer["changes"] if change["kind"] == kind}


def properties(change: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {one["path"]: (one.get("before"), one.get("after")) for one in change["properties"]}


@pytest.mark.slow
def test_planted_changes_are_found_against_the_last_commit_and_nothing_is_left_behind(tmp_path: Path, command: Command) -> None:
    folder = repository(tmp_path)
    plant_rename(folder)
    plant_cidr(folder)
    plant_owner(folder)
    done = command(folder, "--stack", "dev", "--json")
    (answer,) = json.loads(done.out)["stacks"]
    assert (done.code, answer["stack"], answer["failed"]) == (0, "dev", False)
    assert (list(of_kind(answer, "delete")), list(of_kind(answer, "create"))) == ([RENAMED[0]], [RENAMED[1]])
    (renamed,) = answer["perhapsRenamed"]
    assert (renamed["deleted"].split("::")[-1], renamed["created"].split("::")[-1]) == RENAMED
    vpc, subnet = of_kind(answer, "replace")["network-vpc"], of_kind(answer, "replace")["network-public-a"]
    assert properties(vpc)["cidrBlock"] == ("10.2.0.0/16", "10.6.0.0/16")
    assert (vpc["source"][0].split(":")[0], vpc["askedBy"]) == ("components/networking/network.py", "plinth:networking")
    (waiting,) = [one for one in subnet["properties"] if one["path"] == "vpcId"]
    assert (waiting["knownAfterDeployment"], waiting["because"], waiting["before"]) == (True, [vpc["urn"]], "<network-vpc.id>")
    key = of_kind(answer, "update")["logs-encryption-key"]
    assert properties(key) == {"tags.owner": ("platform-team", "network-team")}
    assert sum(answer["counts"].values()) == made() + 1
    assert git(folder, "worktree", "list").count("\n") == 1
    assert git(folder, "status", "--porcelain").split() == ["M", "Pulumi.dev.yaml", "M", "components/networking/discovery.py"]


@pytest.mark.usefixtures("planned_already")
def test_a_stack_that_the_other_revision_has_not_is_created_as_a_whole(tmp_path: Path, command: Command) -> None:
    folder = repository(tmp_path)
    git(folder, "rm", "-q", "--cached", "Pulumi.staging.yaml")
    git(folder, "commit", "-q", "-m", "without staging")
    (answer,) = json.loads(command(folder, "--stack", "staging", "--against", "HEAD", "--json").out)["stacks"]
    assert {kind for kind, count in answer["counts"].items() if count} == {"create"}


@pytest.mark.usefixtures("planned_already")
def test_a_file_of_another_stack_is_taken_for_the_one_that_is_asked_for_and_that_is_said(
    tmp_path: Path, command: Command
) -> None:
    dev = graphs()["dev"]
    resources = [
        {
            **deployed(one.type, one.name)[1],
            "urn": one.urn.replace("pulumi:dev::plinth", "pulumi:live::shop"),
            "custom": one.custom,
        }
        for one in dev.resources.values()
    ]
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"resources": resources}))
    (answer,) = json.loads(command(ROOT, "--against", str(state), "-s", "dev", "--json").out)["stacks"]
    assert (answer["stack"], answer["takenFrom"]) == ("dev", "shop/live")
    assert (answer["counts"]["create"], answer["counts"]["delete"]) == (0, 0)
    said = command(ROOT, "--against", str(state), "-s", "dev").out
    assert f"another stack  {state} is of shop/live, taken for plinth/dev" in said


@pytest.mark.usefixtures("planned_already")
def test_what_fails_in_another_revision_is_said_to_be_its_fault(tmp_path: Path, command: Command) -> None:
    folder = repository(tmp_path)
    program, settings = folder / "__main__.py", folder / "Pulumi.dev.yaml"
    good = program.read_text()
    for text, config, said in (
        ("raise KeyError('gone')", "", "KeyError: 'gone'"),
        (good, "  plinth:nonsense: 1\n", "nonsense"),
    ):
        program.write_text(text)
        was = settings.read_text()
        settings.write_text(was + config)
        git(folder, "commit", "-qam", "broken")
        program.write_text(good)
        settings.write_text(was)
        done = command(folder, "-s", "dev")
        assert (done.code, done.out) == (2, "")
        assert "revision HEAD cannot be planned: dev: " in done.err
        assert said in done.err
        assert "defect of Plinth" not in done.err


@pytest.mark.usefixtures("planned_already")
def test_a_deployed_stack_is_compared_with_the_plan_of_its_name(tmp_path: Path, command: Command) -> None:
    state = exported(tmp_path / "state.json", bucket="media")
    (answer,) = json.loads(command(ROOT, "--against", str(state), "--json").out)["stacks"]
    assert (answer["stack"], answer["counts"]["delete"], answer["counts"]["create"]) == ("dev", 1, made())


def test_what_loses_data_is_said_in_words_and_fails(tmp_path: Path, command: Command) -> None:
    before, after = exported(tmp_path / "a.json", bucket="media"), exported(tmp_path / "b.json", bucket="videos")
    done = command(tmp_path, "--against", str(before), "--from", str(after))
    assert done.code == 1
    assert done.out.splitlines()[0] == f"dev  1 to replace   against {before}"
    for line in ("objects: what it holds is lost", "bucket  media → videos  forces replacement", f"known from  {PROVIDER}"):
        assert line in done.out
    assert "plinth why media -s dev" in done.out
    assert json.loads(command(tmp_path, "--against", str(before), "--from", str(after), "--json").out)["failed"] is True


def test_each_change_and_the_whole_say_what_they_cost_more_or_less(tmp_path: Path, command: Command) -> None:
    def nodes(file: str, *sizes: str) -> str:
        kind = "aws:ec2/instance:Instance"
        provider = deployed("pulumi:providers:aws", "aws", region="us-east-1")
        own = [{**deployed(kind, f"n-{size}", instanceType=size)[1], "provider": f"{provider[1]['urn']}::1"} for size in sizes]
        (tmp_path / file).write_text(json.dumps({"resources": [*provider, *own]}))
        return file

    asked = ("--against", nodes("a.json", "t3.small"), "--from", nodes("b.json", "t3.small", "t3.large"))
    (answer,) = json.loads(command(tmp_path, *asked, "--json").out)["stacks"]
    (created,) = answer["changes"]
    cost = answer["cost"]
    assert (cost["basis"], created["costDifferenceUsdMonth"] > 0) == ("estimate", True)
    assert created["costDifferenceUsdMonth"] == cost["differenceUsdMonth"]
    assert cost["differenceUsdMonth"] == pytest.approx(cost["afterUsdMonth"] - cost["beforeUsdMonth"], abs=0.02)
    said = command(tmp_path, *asked).out.splitlines()
    amount = f"+{created['costDifferenceUsdMonth']:,.2f} USD a month"
    assert said[1] == f"cost  {amount}, an estimate with 100 % priced"
    assert [line for line in said[2:] if amount in line and "n-t3.large" in line]


def test_what_changes_nothing_is_one_line_and_fine(tmp_path: Path, command: Command) -> None:
    state = exported(tmp_path / "a.json", bucket="media")
    done = command(tmp_path, "--against", str(state), "--from", str(state))
    assert (done.code, done.out.split("\n", 1)[0]) == (0, f"dev  1 unchanged   against {state}")


def exported(file: Path, **inputs: str) -> Path:
    """A stack with one bucket, as `pulumi stack export` writes it."""
    file.write_text(json.dumps({"deployment": {"resources": deployed("aws:s3/bucket:Bucket", "media", **inputs)}}))
    return file


def deployed(token: str, name: str, **inputs: str) -> list[dict[str, Any]]:
    stack = {"urn": "urn:pulumi:dev::other::pulumi:pulumi:Stack::other-dev", "type": "pulumi:pulumi:Stack", "custom": False}
    own = {"urn": f"urn:pulumi:dev::other::{token}::{name}", "type": token, "custom": True, "id": "1"}
    return [stack, {**own, "inputs": inputs, "outputs": {}, "parent": stack["urn"]}]


def test_the_id_of_a_deployed_resource_is_an_output_like_any_other(tmp_path: Path) -> None:
    (resource,) = read_plan(exported(tmp_path / "state.json")).resources.values()
    assert resource.outputs == {"id": "1"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--against", "nowhere"), "nowhere is neither a file nor a revision of"),
        (("--against", "empty"), "empty has no Pulumi.yaml"),
        (("--from", "state.json"), "--from needs --against"),
        (("--from", "state.json", "--against", "state.json", "-s", "dev"), "--stack and --from exclude each other"),
        (("--against", "Pulumi.yaml"), "Pulumi.yaml: not the output of"),
        (
            ("--against", "state.json"),
            "is of stack live, which is not here: --stack says which to compare, of dev, staging, prod",
        ),
        (("--against", "state.json", "-s", "dev", "-s", "prod"), "is of one stack: dev, prod cannot all be compared with it"),
    ],
)
def test_bad_input_is_said_in_a_line(arguments: tuple[str, ...], said: str, tmp_path: Path, command: Command) -> None:
    folder = repository(tmp_path)
    git(folder, "tag", "empty", git(folder, "commit-tree", "-m", "", git(folder, "mktree").strip()).strip())
    state = json.dumps({"resources": deployed("aws:s3/bucket:Bucket", "media")}).replace(":dev::", ":live::")
    (folder / "state.json").write_text(state)
    done = command(folder, *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_folder_outside_of_git_has_no_revisions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(UsageError, match="is not in a git repository"), checked_out(project_copy(tmp_path), "HEAD"):
        pass


def test_another_revision_is_removed_again_whatever_happens(tmp_path: Path) -> None:
    places: list[Path] = []

    def fail() -> None:
        with checked_out(repository(tmp_path), "HEAD") as program:
            places.append(program)
            assert (program / "__main__.py").is_file()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert not places[0].exists()
    assert not places[0].parent.exists()


@pytest.mark.parametrize(
    ("token", "path", "source"),
    [
        ("aws:ec2/vpc:Vpc", "cidrBlock", PROVIDER),
        ("aws:rds/instance:Instance", "storageEncrypted", PROVIDER),
        ("aws:ecs/taskDefinition:TaskDefinition", "containerDefinitions", PROVIDER),
        ("aws:dynamodb/table:Table", "hashKey", "documentation of the provider"),
        ("aws:sfn/stateMachine:StateMachine", "type", "cfn-lint"),
        ("random:index/randomPassword:RandomPassword", "*", "documentation of the provider"),
    ],
)
def test_the_table_says_what_forces_a_replacement_and_who_says_so(token: str, path: str, source: str) -> None:
    assert table()[token].create_only[path].startswith(source)


def test_what_an_update_can_change_is_not_in_the_table() -> None:
    facts = table()
    assert "enableDnsSupport" not in facts["aws:ec2/vpc:Vpc"].create_only
    assert "allocatedStorage" not in facts["aws:rds/instance:Instance"].create_only
    assert not facts["aws:rds/instance:Instance"].unasked & {"allocatedStorage", "instanceClass"}


@pytest.mark.parametrize("stack", STACKS)
def test_of_every_type_of_a_stack_it_is_known_what_replaces_it(stack: str) -> None:
    types = {one.type for one in graphs()[stack].resources.values() if one.custom and not one.type.startswith("pulumi:")}
    assert types <= table().keys()
