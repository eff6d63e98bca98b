"""The base of every section of a stack file, and what sections share."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from components.core.retention import RetentionDays


class Section(BaseModel):
    """A map of the stack file: frozen, its keys in camelCase, none unknown, none missing, no value converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, alias_generator=to_camel)

    def needs_internet(self) -> Iterable[str]:
        """The keys of this section whose value makes something reach out to the internet from a private subnet.

        Each is a path within the section (`replicator.enabled`). The rules refuse them where there is no way out.
        """
        return ()


def text(allowed: str, *, pattern: str, max_length: int | None = None) -> Any:
    """What a text must look like, as an annotation; `allowed` says it in plain words, to faults and documentation."""
    return Field(pattern=pattern, max_length=max_length, json_schema_extra={"allowed": allowed})


Name = Annotated[
    str,
    text(
        "up to 30 lower-case letters, digits and single hyphens, a letter first",
        pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
        max_length=30,
    ),
]
"""What the user calls an entry of a map."""


def _is_number(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError(f"{str(value).lower()} (true or false) is not possible")
    return value


NUMBER = BeforeValidator(_is_number)
"""For a choice of numbers, which would take `true` for 1."""
Retention = Annotated[RetentionDays, NUMBER]
"""For how many days CloudWatch keeps logs."""
