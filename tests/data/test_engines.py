"""What is known of engines: what each is set to, and what its storage may grow to."""

import pytest

from components.data.engines import ENGINES, least_growth


@pytest.mark.parametrize(("size", "least"), [(20, 22), (21, 24), (100, 110), (65_000, 71_500)])
def test_storage_may_grow_by_a_tenth_at_least(size: int, least: int) -> None:
    assert least_growth(size) == least


def test_every_engine_forces_tls_and_exports_what_it_records() -> None:
    for engine in ENGINES.values():
        assert engine.parameters[engine.tls] == "1"
        assert engine.logs
        assert all("{version}" in engine.family for _ in engine.versions)
