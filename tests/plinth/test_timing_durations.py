"""The table of durations: what it rests on, what it holds, what it says of a resource."""

import csv
import math
import re
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from plinth.engine.graph import Options, Resource
from plinth.engine.values import UNKNOWN
from plinth.timing.durations import FILE, Basis, duration_of, durations, read
from tests.harness import STACKS, graphs

OBSERVED = FILE.with_name("durations_observed.csv")


def lines(file: Path) -> Sequence[Mapping[str, str]]:
    with file.open(newline="") as text:
        return list(csv.DictReader(text))


def resource(token: str, *, custom: bool = True, options: Options | None = None, **inputs: Any) -> Resource:
    urn = f"urn:pulumi:dev::shop::{token}::thing"
    return Resource(urn=urn, custom=custom, inputs=inputs, outputs={}, options=options or Options())


def typical(token: str, **inputs: Any) -> float:
    return duration_of(resource(token, **inputs), durations()).typical


def rank(sorted_seconds: Sequence[float], share: float) -> float:
    return sorted_seconds[math.ceil(share * len(sorted_seconds)) - 1]


def test_observed_figures_are_those_of_the_observations() -> None:
    evidence: dict[tuple[str, str], list[float]] = defaultdict(list)
    for line in lines(OBSERVED):
        evidence[line["type"], line["when"]].append(float(line["seconds"]))
    expected = {
        key: (rank(sorted(seconds), 0.1), statistics.median(seconds), rank(sorted(seconds), 0.9), len(seconds))
        for key, seconds in evidence.items()
    }
    said = {
        (line["type"], line["when"]): (
            *(float(line[key]) for key in ("fast", "typical", "slow")),
            int(line["source"].split(" creations")[0]),
        )
        for line in lines(FILE)
        if line["basis"] == "observed"
    }
    assert said == expected
    assert min(map(len, evidence.values())) >= 3


def test_an_observation_is_there_once_and_can_be_found_again() -> None:
    found = [(line["type"], line["witness"]) for line in lines(OBSERVED)]
    assert len(set(found)) == len(found)
    assert all(len(witness) >= 4 for _, witness in found)
    assert "000000000000" not in OBSERVED.read_text(), "the account of an emulated AWS, where everything is fast"


def test_every_figure_has_a_source_a_date_and_an_order() -> None:
    for line in lines(FILE):
        assert date.fromisoformat(line["as_of"])
        if line["basis"] in ("observed", "estimated", "default"):
            assert line["source"], line
            assert float(line["fast"]) <= float(line["typical"]) <= float(line["slow"]), line
        else:
            assert not any(line[key] for key in ("fast", "typical", "slow", "source")), line


def test_the_last_row_of_a_type_counts_always_and_no_other() -> None:
    for token, rows in durations().items():
        assert [row.when for row in rows if not row.when] == [""], token
        assert rows[-1].when == "", token


def test_a_row_is_for_a_type_that_pulumi_aws_has() -> None:
    """A wrong token would be a row that never counts."""
    spec = find_spec("pulumi_aws")
    assert spec
    assert spec.origin
    sdk = Path(spec.origin).parent
    for token in durations():
        if found := re.fullmatch(r"aws:(\w+)/(\w+):\w+", token):
            folder = "lambda_" if found[1] == "lambda" else found[1]
            file = re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", found[2])
            assert f"'{token}'" in (sdk / folder / f"{file}.py").read_text(), token
        else:
            assert re.fullmatch(r"[a-z]+|[a-z]+:\*|\*", token), token


@pytest.mark.parametrize("stack", STACKS)
def test_every_type_of_a_stack_has_a_row(stack: str) -> None:
    """A new type: a row in data/durations.csv, with observations or of the class `call`, which is one quick call."""
    found = {one.type: duration_of(one, durations()) for one in graphs()[stack].resources.values() if one.custom}
    assert [token for token, duration in found.items() if duration.basis is Basis.DEFAULT] == []


def test_a_condition_chooses_among_the_rows_of_a_type() -> None:
    endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint"
    assert typical(endpoint) == typical(endpoint, vpcEndpointType="Gateway") == 6
    assert typical(endpoint, vpcEndpointType="Interface") == 113
    database = "aws:rds/instance:Instance"
    assert typical(database, multiAz=True) > typical(database, multiAz=False) == typical(database, multiAz=UNKNOWN)
    function = "aws:lambda/function:Function"
    assert typical(function, vpcConfig={"subnetIds": [UNKNOWN]}) > typical(function, vpcConfig=None) == typical(function)


def test_what_has_no_row_counts_by_the_default_of_its_package() -> None:
    for token in ("aws:quantum/thing:Thing", "acme:index:Thing", "kubernetes:apps/v1:Deployment"):
        duration = duration_of(resource(token), durations())
        assert (duration.basis, duration.typical > 0) == (Basis.DEFAULT, True), token
    for token in ("random:index/randomPassword:RandomPassword", "pulumi:providers:aws", "tls:index/privateKey:PrivateKey"):
        duration = duration_of(resource(token), durations())
        assert (duration.basis, duration.typical) == (Basis.CLASS, 0), token


def test_a_component_takes_no_time_and_what_is_adopted_takes_a_call() -> None:
    nat = "aws:ec2/natGateway:NatGateway"
    assert duration_of(resource(nat, custom=False), durations()).slow == 0
    adopted = duration_of(resource(nat, options=Options(import_id="nat-1")), durations())
    assert adopted == durations()["call"][0].duration


def test_a_class_gives_its_figures_to_what_names_it() -> None:
    line = {"when": "", "fast": "1", "typical": "2", "slow": "3", "source": "a guess"}
    blank = dict.fromkeys(("fast", "typical", "slow", "source"), "")
    table = read([{**line, "type": "quick", "basis": "estimated"}, {**line, **blank, "type": "a:b/c:C", "basis": "quick"}])
    duration = duration_of(resource("a:b/c:C"), table)
    assert (duration.fast, duration.typical, duration.slow) == (1, 2, 3)
    assert (duration.basis, duration.source) == (Basis.CLASS, "quick: a guess")
