"""The benchmark: its program, its contestants, its stopwatch, its figures."""

import io
import sys
from pathlib import Path

import pytest
from rich.console import Console

from plinth.engine.recording import record
from tools.bench import NOT_MEASURED, as_json, contestants, summary, table
from tools.stopwatch import ROOT, BenchError, Run, call, stopwatch
from tools.synthetic import STACK, write_program


def runs(*seconds: float) -> list[Run]:
    return [Run(second, mib=100) for second in seconds]


WITHOUT_ENGINE = summary(
    {
        100: {"ours": runs(1, 1, 1), "floor": runs(2, 2, 2)},
        300: {"ours": runs(3, 3, 3), "floor": runs(4, 4, 4)},
    }
)
WITH_ENGINE = summary(
    {
        100: {"ours": runs(1, 9, 2), "floor": runs(4, 3, 5), "engine": runs(8, 8, 1)},
        300: {"ours": runs(3, 3, 3), "floor": runs(6, 6, 6), "engine": runs(9, 9, 9)},
    }
)


@pytest.mark.parametrize("resources", [1, 13, 30])
def test_the_synthetic_program_has_exactly_as_many_resources_as_asked_for(tmp_path: Path, resources: int) -> None:
    assert len(record(write_program(tmp_path, resources), STACK).resources) == resources


def test_ratios_are_those_of_the_medians() -> None:
    assert WITH_ENGINE[0].seconds == {"ours": 2, "floor": 4, "engine": 8}
    assert WITH_ENGINE[0].ratios == {"floor": 0.5, "engine": 0.25}


def test_what_one_more_resource_costs_is_the_slope_from_the_size_before() -> None:
    assert WITH_ENGINE[0].ms_each == {}
    assert WITH_ENGINE[1].ms_each == {"ours": 5, "floor": 10, "engine": 5}


def test_memory_that_cannot_be_known_is_left_out() -> None:
    (row,) = summary({100: {"ours": [Run(1, mib=None)], "floor": [Run(1, mib=7), Run(1, mib=9)]}})
    assert row.mib == {"floor": 9}


def test_the_engine_takes_part_only_where_the_variable_says_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLINTH_ENGINE", raising=False)
    with contestants(tmp_path) as found:
        assert list(found) == ["ours", "floor"]
    monkeypatch.setenv("PLINTH_ENGINE", str(tmp_path))
    with pytest.raises(BenchError, match="there is no with-engine"), contestants(tmp_path):
        pass


def test_without_the_engine_its_columns_hold_no_number() -> None:
    found = {str(column.header).replace("\n", " "): list(column.cells) for column in table(WITHOUT_ENGINE).columns}
    of_engine = {header: cells for header, cells in found.items() if "engine" in header}
    assert of_engine == {"engine s": [NOT_MEASURED] * 2, "ours/ engine": ["-"] * 2, "engine MiB": ["-"] * 2}
    figures = as_json(WITHOUT_ENGINE, {"preview": 2.0})
    assert all("engine" not in size[figure] for size in figures["sizes"] for figure in ("seconds", "ratios", "ms_each", "mib"))
    assert figures["notes"]["engine"] == NOT_MEASURED


def test_the_table_has_a_line_a_size() -> None:
    out = Console(width=240, file=io.StringIO(), record=True)
    out.print(table(WITH_ENGINE))
    lines = [line.split() for line in out.export_text().splitlines()]
    assert lines[-2:] == [
        ["100", "2.00", "4.00", "0.50", "8.00", "0.25", "-", "-", "100", "100", "100"],
        ["300", "3.00", "6.00", "0.50", "9.00", "0.33", "5.0", "10.0", "100", "100", "100"],
    ]


ONLY_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of processes that nobody waited for")


@ONLY_LINUX
def test_the_stopwatch_knows_the_memory_of_what_a_command_leaves_running(tmp_path: Path) -> None:
    with stopwatch() as watch:
        small = watch.time(["true"], cwd=ROOT, into=tmp_path)
        hungry = f"{sys.executable} -S -c 'bytearray(200 << 20)'"
        large = watch.time(["sh", "-c", f"{hungry} & true"], cwd=ROOT, into=tmp_path)
    assert small.mib is not None
    assert large.mib is not None
    assert large.mib > small.mib + 190


@ONLY_LINUX
def test_the_stopwatch_counts_what_processors_do_for_all_that_a_command_starts(tmp_path: Path) -> None:
    busy = f"{sys.executable} -S -c 'import time\nwhile time.process_time() < 0.5: pass'"
    with stopwatch() as watch:
        idle = watch.time(["sleep", "0.3"], cwd=ROOT, into=tmp_path)
        left_running = watch.time(["sh", "-c", f"{busy} & true"], cwd=ROOT, into=tmp_path)
    assert idle.cpu < 0.2
    assert left_running.cpu >= 0.5


@ONLY_LINUX
@pytest.mark.slow
def test_every_analysis_of_three_thousand_resources_is_no_more_than_ten_seconds_of_two_processors(tmp_path: Path) -> None:
    """Ten seconds of the clock are out of reach with more work than that; how busy the machine is does not matter."""
    program = write_program(tmp_path / "large", 1000)
    with stopwatch() as watch:
        run = watch.time(call("tools.bench", "analyse_here", program), cwd=ROOT, into=tmp_path)
    assert 1 < run.cpu < 2 * 10


def test_a_command_that_fails_is_named_with_what_it_wrote(tmp_path: Path) -> None:
    with stopwatch() as watch, pytest.raises(BenchError, match=r"(?s)sh -c .*: exit status 3\nno such luck"):
        watch.time(["sh", "-c", "echo no such luck >&2; exit 3"], cwd=ROOT, into=tmp_path)
