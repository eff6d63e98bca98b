"""What is known of engines: versions are what RDS calls major ones."""

import pytest

from components.data.engines import ENGINES, major


@pytest.mark.parametrize(("version", "expected"), [("15", "15"), ("15.4", "15"), ("8.4", "8.4"), ("8.4.3", "8.4"), ("8", "8")])
def test_a_major_version_is_that_of_its_family(version: str, expected: str) -> None:
    assert major(version) == expected


def test_every_engine_forces_tls_and_exports_what_it_records() -> None:
    for engine in ENGINES.values():
        assert engine.parameters[engine.tls] == "1"
        assert engine.logs
        assert all("{version}" in engine.family for _ in engine.versions)
