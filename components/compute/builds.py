"""Images that are built from folders of this repository while it is deployed."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from pulumi import Input, Output, ResourceOptions
from pulumi_awsx import ecr

from components.core.checks import name_problems, refuse
from components.core.component import Component
from components.core.context import Context

_PLATFORM: Final = "linux/amd64"
_DIGITS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """What `folder`, below the root of the repository, makes, kept in `repository_url`."""

    folder: str
    repository_url: Input[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildsArgs:
    """Images by the names of their repositories. Raises ValueError that names every fault."""

    images: Mapping[str, Build]

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        for name, build in self.images.items():
            yield from name_problems("images", name)
            if build.folder.startswith("/") or ".." in build.folder.split("/"):
                yield f"images.{name}.folder: {build.folder!r} leaves the repository; a folder below its root"


class Builds(Component):
    """Images built where the program runs, which needs Docker there.

    Creates: each image, under a tag that says what it was made of: a change of its folder makes a new one, and nothing else does.
    Costs: nothing itself.
    When not: where what runs was tested before; a digest of it is given then.
    """

    TYPE: ClassVar[str] = "plinth:compute:Builds"

    image_uris: Mapping[str, Output[str]]

    def __init__(self, name: str, args: BuildsArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        self.image_uris = {
            key: ecr.Image(
                f"{name}-{key}",
                repository_url=build.repository_url,
                context=f"./{build.folder}",
                platform=_PLATFORM,
                image_tag=image_tag(key, Path(build.folder)),
                opts=self.under(),
            ).image_uri
            for key, build in args.images.items()
        }
        self.publish()


def image_tag(image: str, folder: Path) -> str:
    """The tag of `image` made of what is in `folder` now: the image's name, because awsx calls what it makes by the tag alone."""
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return f"{image}-{digest.hexdigest()[:_DIGITS]}"
