"""An entry of an `access` list, as pure data: who has it does something with a thing."""

import hashlib
import re
from dataclasses import dataclass

_PLAIN = re.compile(r"[a-z]+([.-][a-z]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One entry: whoever has it does `verb` with the thing called `to`, or with what in it begins with `prefix`."""

    to: str
    verb: str
    prefix: str = ""

    @property
    def sid(self) -> str:
        """What its statements are called: `ReadSecretGoogleOauth`. No two entries share one."""
        words = "".join(word.capitalize() for word in re.split(r"[^a-z0-9]+", f"{self.verb}.{self.to}"))
        if _PLAIN.fullmatch(self.to) and not self.prefix:
            return words
        return f"{words}0{_digest(f'{self.verb} {self.to} {self.prefix}')}"

    def sids(self, statements: int) -> tuple[str, ...]:
        """The names of its statements, where there are so many, and of the one on its key."""
        return (*(f"{self.sid}{number or ''}" for number in range(statements)), f"Key{self.sid}")


def sid_for(holder: str, sid: str) -> str:
    """What a statement is called in the policy of a thing that several use: `ServiceBookingReadBucketMedia`."""
    words = "".join(word.capitalize() for word in holder.split("-"))
    return f"{words if _PLAIN.fullmatch(holder) else f'{words}0{_digest(holder)}'}{sid}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:6]
