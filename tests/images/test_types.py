"""The Python of images/ against its own packages. images/README.md says why not all of it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.images.installed import IMAGES, environment


@pytest.mark.slow
@pytest.mark.parametrize("image", ["bot", "fastapi"])
def test_an_application_has_no_errors_of_types(image: str) -> None:
    python = environment(image) / "python"
    command = [Path(sys.executable).with_name("pyright"), "-p", IMAGES / image, "--pythonpath", python]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
