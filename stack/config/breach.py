"""What a rule between values finds: a fault whose place in the file is not known yet."""

from dataclasses import dataclass

from stack.config.document import KeyPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A rule that does not hold: at which key, what is wrong, what would be right."""

    path: KeyPath
    problem: str
    allowed: str
