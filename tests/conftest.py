"""Before any test is collected: the SDK is imported the way the engine imports it, and a gap in a text is an error."""

import importlib
import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests import SHARED

os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "true"
importlib.import_module("plinth.engine.lazy_sdk")
settings.register_profile("plinth", deadline=None)  # a busy machine is no counter-example
settings.load_profile("plinth")


def pytest_configure(config: pytest.Config) -> None:
    """Several processes run the tests: each has a folder below one that is of this run alone."""
    own: str | None = getattr(config.option, "basetemp", None)
    if hasattr(config, "workerinput") and own:
        os.environ[SHARED] = str(Path(own).parent)
