"""Images that are built into their registries while the program runs."""

from pathlib import Path

import pytest

from components.compute.builds import Build, Builds, BuildsArgs, image_tag
from tests.harness import recorded

REPOSITORY = "111111111111.dkr.ecr.us-east-1.amazonaws.com/plinth-test-booking-images"


def test_an_image_is_built_from_its_folder_into_its_registry() -> None:
    builds = BuildsArgs(images={"booking": Build(folder="images/none", repository_url=REPOSITORY)})
    graph = recorded(lambda ctx: Builds("builds", builds, ctx))
    (image,) = graph.of_type("awsx:ecr:Image")
    assert image.name == "builds-booking"
    assert image.inputs["repositoryUrl"] == REPOSITORY
    assert (image.inputs["context"], image.inputs["platform"]) == ("./images/none", "linux/amd64")
    assert graph.of_type(Builds.TYPE)[0].outputs["image_uris"] == {"booking": image.outputs["imageUri"]}


def test_a_tag_says_what_the_image_was_made_of_and_for_whom(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("one")
    first = image_tag("booking", tmp_path)
    assert first.startswith("booking-")
    assert image_tag("booking-worker", tmp_path) == first.replace("booking-", "booking-worker-")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "app.pyc").write_text("made by running")
    assert image_tag("booking", tmp_path) == first
    (tmp_path / "app.py").write_text("two")
    second = image_tag("booking", tmp_path)
    (tmp_path / "app.py").rename(tmp_path / "main.py")
    assert len({first, second, image_tag("booking", tmp_path)}) == 3


def test_nothing_outside_of_the_repository_is_built() -> None:
    with pytest.raises(ValueError, match=r"BuildsArgs: images.booking.folder: 'images/../../x' leaves the repository"):
        BuildsArgs(images={"booking": Build(folder="images/../../x", repository_url="x")})
