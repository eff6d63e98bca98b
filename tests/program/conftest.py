"""Which of these tests are slow."""

from pathlib import Path

import pytest


@pytest.hookimpl(tryfirst=True)  # before marks decide what runs
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks for a folder of its own plans a whole stack in it, or calls a program on what it writes there."""
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here and "tmp_path" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
