"""policy/exceptions.yaml: what is allowed though a rule says no."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import yaml

FILE = "policy/exceptions.yaml"
_KEYS = {
    "rule": "the id of a rule (docs/POLICIES.md)",
    "urn": "the whole URN of the resource",
    "reason": "a text of at least 15 characters: what makes it safe, or who accepted the risk",
    "expires": "a date such as 2027-03-31, the last day on which it holds",
}


class ExceptionsError(Exception):
    """The file cannot be used. The message lists every fault: file, entry, key, what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """One rule that one resource need not meet until the end of the day `expires`."""

    rule: str
    urn: str
    reason: str
    expires: date

    @property
    def expired(self) -> bool:
        """Whether its last day has passed, in UTC."""
        return datetime.now(UTC).date() > self.expires

    def is_in(self, stack: str, project: str) -> bool:
        """Whether the resource belongs to this stack."""
        return self.urn.startswith(f"urn:pulumi:{stack}::{project}::")


def load(root: Path, rules: Collection[str]) -> tuple[Exemption, ...]:
    """The exemptions in policy/exceptions.yaml below `root`; none where there is no such file.

    Raises ExceptionsError, with all faults at once, for what is no list of entries, a key that is missing or unknown, a value
    that is not possible, a rule that is not one of `rules`, and the same place twice.
    """
    file = root / FILE
    if not file.is_file():
        return ()
    try:
        content = yaml.safe_load(file.read_text())
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ExceptionsError(f"{FILE}: is no YAML: {error}") from None
    if not isinstance(content, list):
        raise ExceptionsError(f"{FILE}: is no list of entries; [] where there are none")
    entries = cast("list[Any]", content)
    faults = [f"{FILE}: entry {index}: {fault}" for index, entry in enumerate(entries, 1) for fault in _faults(entry, set(rules))]
    found = [] if faults else [Exemption(**entry) for entry in entries]
    places = [(exemption.rule, exemption.urn) for exemption in found]
    faults += [f"{FILE}: {rule} is allowed twice for {urn}" for rule, urn in sorted({p for p in places if places.count(p) > 1})]
    if faults:
        raise ExceptionsError("\n".join(faults))
    return tuple(found)


def stale(exemptions: Iterable[Exemption], used: Collection[Exemption]) -> Iterator[str]:
    """What is wrong with `exemptions`, all of which were looked at: those that have expired and those that nothing used."""
    for found in exemptions:
        if found.expired:
            yield f"{FILE}: {found.rule} for {found.urn} expired on {found.expires}: mend the resource or renew the reason"
        elif found not in used:
            yield f"{FILE}: {found.rule} for {found.urn} is not needed: remove the entry"


def _faults(entry: Any, rules: set[str]) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield f"is no map with the keys {', '.join(_KEYS)}"
        return
    given = cast("dict[str, Any]", entry)
    yield from (f"{key}: is no key that can stand here; one of {', '.join(_KEYS)}" for key in given if key not in _KEYS)
    possible = {
        "rule": given.get("rule") in rules,
        "urn": str(given.get("urn")).startswith("urn:pulumi:") and str(given.get("urn")).count("::") >= 3,
        "reason": isinstance(given.get("reason"), str) and len(given["reason"].strip()) >= 15,
        "expires": isinstance(given.get("expires"), date) and not isinstance(given.get("expires"), datetime),
    }
    for key, means in _KEYS.items():
        if key not in given:
            yield f"{key}: is missing; {means}"
        elif not possible[key]:
            yield f"{key}: {given[key]!r} is not possible; {means}"
