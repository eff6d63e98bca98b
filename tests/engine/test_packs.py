"""The policy packs in the genuine engine: in a preview, in an `up`, on an exported state; with the verdicts found in-process."""

import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from plinth.engine.graph import Graph
from plinth.engine.plans import read_plan
from plinth.engine.recording import record
from plinth.policy.verdicts import report
from policy.judge import Verdict
from tests.engine.real import NEEDED, WITH_PACKS, against_moto, with_engine
from tests.harness import deployable, lean

pytestmark = NEEDED

PLANTED = Path(__file__).with_name("planted")
OPEN_PORT, ALL_OF_S3 = "group-open-to-world-on-web-only", "iam-no-service-wide-action"
REFUSED = {
    ("ssh-inline", OPEN_PORT),
    ("ssh-rule", OPEN_PORT),
    ("ssh-ipv4", OPEN_PORT),
    ("ssh-ipv6", OPEN_PORT),
    ("all-of-s3", ALL_OF_S3),
    ("untagged", "bucket-has-all-settings"),
    ("untagged", "tags-required"),
    ("unwatched", "vpc-flow-logged"),
}
"""What the planted program does wrong, as far as a preview can tell: the resource and the rule."""


class Said(NamedTuple):
    """A message of a pack."""

    level: str
    policy: str
    name: str
    rule: str


def said(events: Iterable[dict[str, Any]]) -> set[Said]:
    """The policy messages among the engine's events."""
    found: set[Said] = set()
    for event in events:
        if policy := event.get("policyEvent"):
            (rule,) = re.findall(r"^\[([a-z-]+)\] ", policy["message"], re.MULTILINE)
            name = policy["resourceUrn"].rsplit("::", 1)[-1]
            found.add(Said(policy["enforcementLevel"], policy["policyName"], name, rule))
    return found


def events(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines() if line.startswith("{")]


def judged(graph: Graph, verdict: Verdict) -> set[tuple[str, str]]:
    """The resources, each with the rule that has this verdict on it, found in-process."""
    (stack,) = report([graph], []).stacks
    return {(found.urn.rsplit("::", 1)[-1], found.rule.id) for found in stack.of(verdict)}


def pairs(found: set[Said], *, undecided: bool) -> set[tuple[str, str]]:
    return {(one.name, one.rule) for one in found if one.policy.startswith("undecided") == undecided}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The planted program after a preview with the packs, an `up` without, and an analysis of its state."""
    folder = tmp_path_factory.mktemp("packs") / "planted"
    shutil.copytree(PLANTED, folder)
    packs = " ".join(WITH_PACKS)
    script = f"""
pulumi stack init dev
pulumi preview -s dev {packs} --event-log preview.events; echo $? > preview.rc
pulumi up -s dev --yes --skip-preview && pulumi stack export -s dev --file state.json || exit 1
pulumi policy analyze --file state.json {packs} --json > analysis.events; echo $? > analysis.rc
"""
    done = with_engine(folder, script)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.mark.requirement("POL-18", part="run in preview: planted violations are refused by the genuine engine")
def test_a_preview_refuses_every_planted_violation(planted: Path) -> None:
    found = said(events(planted / "preview.events"))
    assert (planted / "preview.rc").read_text().strip() != "0"
    assert {(one.name, one.rule) for one in found if one.level == "mandatory"} == REFUSED
    assert all(one.policy.startswith("rules") for one in found if one.level == "mandatory")


def test_the_same_program_is_refused_in_process(planted: Path) -> None:
    assert judged(record(planted, "dev"), Verdict.VIOLATED) >= REFUSED


def test_a_document_with_an_unknown_arn_is_undecided_in_a_preview_and_violated_in_process(planted: Path) -> None:
    unknown = ("all-of-s3-on-unknown", ALL_OF_S3)
    previewed = said(events(planted / "preview.events"))
    assert unknown in pairs(previewed, undecided=True)
    assert unknown not in pairs(previewed, undecided=False)
    assert unknown in judged(record(planted, "dev"), Verdict.VIOLATED)
    assert unknown in judged(record(planted, "dev", mode="unknowns"), Verdict.UNDECIDED)


def test_what_is_undecided_in_a_preview_is_what_is_undecided_in_a_recording_with_unknowns(planted: Path) -> None:
    previewed = said(events(planted / "preview.events"))
    assert pairs(previewed, undecided=True) == judged(record(planted, "dev", mode="unknowns"), Verdict.UNDECIDED)


def test_an_exported_state_gets_the_verdicts_that_it_gets_in_process(planted: Path) -> None:
    found = said(events(planted / "analysis.events"))
    assert (planted / "analysis.rc").read_text().strip() != "0"
    state = read_plan(planted / "state.json")
    assert pairs(found, undecided=False) == judged(state, Verdict.VIOLATED) >= REFUSED
    assert ("all-of-s3-on-unknown", ALL_OF_S3) in pairs(found, undecided=False)
    assert pairs(found, undecided=True) == judged(state, Verdict.UNDECIDED)


@pytest.mark.requirement("POL-18", part="run in preview and up; on an exported state with the verdicts of the offline plan")
def test_dev_passes_the_packs_in_preview_in_up_and_on_its_exported_state(tmp_path: Path) -> None:
    folder = deployable(tmp_path)
    lean(folder / "Pulumi.dev.yaml")
    options = (*WITH_PACKS, "--export", str(folder / "state.json"))
    preview, up, again, _ = against_moto(folder, "dev", "preview", "up", "preview", options=options)
    assert (preview["rc"], up["rc"], again["rc"]) == (0, 0, 0), (preview, up)
    assert [
        found for found in (*preview["policy"], *up["policy"], *again["policy"]) if "undecided" not in found["policyName"]
    ] == []
    assert up["policy"] == [], "in an `up` everything is known"
    done = with_engine(folder, f"pulumi policy analyze --file state.json {' '.join(WITH_PACKS)} --json", "--echo")
    assert done.returncode == 0, done.stdout + done.stderr
    found = said(json.loads(line) for line in done.stdout.splitlines() if line.startswith("{"))
    planned, deployed = record(folder, "dev"), read_plan(folder / "state.json")
    assert pairs(found, undecided=False) == judged(planned, Verdict.VIOLATED) == judged(deployed, Verdict.VIOLATED) == set()
    assert pairs(found, undecided=True) == judged(planned, Verdict.UNDECIDED) == judged(deployed, Verdict.UNDECIDED) == set()
