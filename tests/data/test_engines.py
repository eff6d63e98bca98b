"""What is known of engines: what each is set to, and what its storage may grow to."""

import re

import pytest

from components.data.engines import ENGINES, least_growth
from tests.harness import ROOT


@pytest.mark.parametrize(("size", "least"), [(20, 22), (21, 24), (100, 110), (65_000, 71_500)])
def test_storage_may_grow_by_a_tenth_at_least(size: int, least: int) -> None:
    assert least_growth(size) == least


def test_every_engine_forces_tls_and_exports_what_it_records() -> None:
    for engine in ENGINES.values():
        assert engine.parameters[engine.tls] == "1"
        assert engine.logs
        assert all("{version}" in engine.family for _ in engine.versions)


def test_the_task_of_logins_refuses_the_names_that_the_stack_file_refuses() -> None:
    pattern = re.compile(r"^_TAKEN = re\.compile\((.+)\)$", re.MULTILINE)
    ours, theirs = (
        pattern.findall((ROOT / file).read_text()) for file in ("components/data/engines.py", "images/logins/logins.py")
    )
    assert len(ours) == 1
    assert ours == theirs, "the image holds nothing of the program, so that it says them again"
