"""What a YAML scalar means to the Pulumi command line (gopkg.in/yaml.v3 v3.0.1, resolve.go), and how Go writes numbers.

YAML 1.2 with remains of 1.1: `on`, `yes` and `20:00` are text, but `010` is octal and `2020-01-01` is a time.
"""

import base64
import math
import re
from datetime import date
from decimal import Decimal
from typing import TypeAlias

Scalar: TypeAlias = bool | int | float | str | None

STR, BINARY, MERGE = "!!str", "!!binary", "!!merge"
"""The tags of quoted text, of base64 text and of a plain `<<`."""

_NULL, _BOOL, _INT, _FLOAT, _TIME = "!!null", "!!bool", "!!int", "!!float", "!!timestamp"
_RESOLVABLE = {"", _NULL, _BOOL, _INT, _FLOAT, _TIME}

_WORDS: dict[str, tuple[str, Scalar]] = {
    **dict.fromkeys(("true", "True", "TRUE"), (_BOOL, True)),
    **dict.fromkeys(("false", "False", "FALSE"), (_BOOL, False)),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), (_NULL, None)),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), (_FLOAT, math.nan)),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), (_FLOAT, math.inf)),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), (_FLOAT, -math.inf)),
}

# What strconv.ParseInt(text, 0, 64) takes; and 0b and 0o with a sign behind them, which yaml.v3 lets through.
_WHOLE_NUMBER = re.compile(
    r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|(?P<octal>0[0-7]+)|0|[1-9][0-9]{0,19})"
    r"|(?P<inner>0b[-+][01]+|0o[-+][0-7]+)"
)
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")  # resolve.go, yamlStyleFloat
_FRACTION = re.compile(r"\.[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9](?:_?[0-9])*)?")  # a dot, to strconv.ParseFloat
_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:(?P<separator>[Tt]| +)([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,](?P<fraction>[0-9]+))?"
    r"(?P<zone>Z|[-+][0-9]{2}:[0-9]{2})?)?"
)


def resolve(tag: str, text: str) -> Scalar:
    """Return the value of a scalar; a time is the text that Go's `time.Time.String` makes of it (config/object.go).

    `tag` is the short form of an explicit tag, STR for quoted text, empty for a plain scalar. Raises ValueError, saying
    what is wrong without the text, where the command line refuses the scalar or reads it differently on each machine.
    """
    if tag == BINARY:
        return _binary(text)
    if tag not in _RESOLVABLE:
        return text
    found, value = _plain(text, tag in ("", _TIME))
    if found == _TIME and not str(value).endswith("UTC"):
        # Go names the zone of the machine it runs on where the offset is the same.
        raise ValueError("is a time with an offset, whose text depends on the time zone of the machine")
    if tag in ("", found):
        return value
    if tag == _FLOAT and isinstance(value, int) and found == _INT and value < 2**63:
        return float(value)
    raise ValueError(f"is tagged {tag} but reads as {found}")


def is_text(tag: str, text: str) -> bool:
    """Tell whether the tag of a scalar, given or found, is that of text; no other is, even where the value is text."""
    return tag == STR or (not tag and _plain(text, times=True)[0] == STR)


def key_text(value: Scalar) -> str:
    """Return the text of a map key that is not text: `fmt.Sprintf("%v", key)` in Pulumi's config/object.go."""
    if value is None:
        return "<nil>"
    if isinstance(value, float) and value:
        number = Decimal(repr(value)).normalize()
        # strconv.FormatFloat with 'g' and the shortest precision turns to an exponent from a million on.
        if -4 <= number.adjusted() < 6:
            return f"{number:f}"
        return f"{value:.{len(number.as_tuple().digits) - 1}e}"
    return value if isinstance(value, str) else json_text(value)


def json_text(value: bool | int | float) -> str:
    """Return a number or a truth value as Go's encoding/json writes it: 1.0 as `1`, 1e21 as `1e+21`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if not value:
        return "0"  # -0.0 too: the command line encodes the file anew, as -0, and decodes that, as an int
    if 1e-6 <= abs(value) < 1e21:
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    return repr(value).replace("e-0", "e-")


def _plain(text: str, times: bool) -> tuple[str, Scalar]:
    """Return the tag and the value of a plain scalar. Go looks at the first character to know what to try."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in "+-0123456789":
        if times and (moment := _moment(text)):
            return _TIME, moment
        digits = text.replace("_", "")
        if (whole := _whole(digits)) is not None:
            return _INT, whole
        if _DECIMAL.fullmatch(digits) and math.isfinite(number := float(digits)):
            return _FLOAT, number
    elif _FRACTION.fullmatch(text) and math.isfinite(number := float(text)):
        return _FLOAT, number
    return STR, text


def _whole(digits: str) -> int | None:
    """Read an integer that fits in int64, or without a sign in uint64; others are floats if decimal, else text."""
    match = _WHOLE_NUMBER.fullmatch(digits)
    if not match:
        return None
    if match["inner"]:
        digits = digits[2] + digits[:2] + digits[3:]
    number = int(digits, 8 if match["octal"] else 0)
    return number if -(2**63) <= number < (2**63 if digits[0] in "+-" else 2**64) else None


def _moment(text: str) -> str | None:
    """Return the text of a time (resolve.go, parseTimestamp), None if it is none; it ends in UTC or in an offset."""
    match = _MOMENT.fullmatch(text)
    if not match or bool(match["zone"]) != (match["separator"] in ("T", "t")):
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.group(1, 2, 3, 5, 6, 7))
    zone = match["zone"] or "Z"
    try:
        date(year or 4, month, day)  # Go has a year 0, which is a leap year like 4
    except ValueError:
        return None
    if hour > 23 or minute > 59 or second > 59 or (zone != "Z" and (int(zone[1:3]) > 24 or int(zone[4:]) > 60)):
        return None
    fraction = (match["fraction"] or "")[:9].rstrip("0")
    seconds = f"{second:02}.{fraction}" if fraction else f"{second:02}"
    offset = "+0000 UTC" if zone.strip("+-") in ("Z", "00:00") else zone
    return f"{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{seconds} {offset}"


def _binary(text: str) -> str:
    """Decode a base64 scalar (decode.go, decoder.scalar); Go would show bytes that are not UTF-8 as U+FFFD."""
    data = re.sub(r"[\r\n]", "", text)
    if len(data) % 4 or not re.fullmatch(r"[A-Za-z0-9+/]*={0,2}", data):
        raise ValueError(f"is tagged {BINARY} but is not base64")
    try:
        return base64.b64decode(data).decode()
    except UnicodeDecodeError:
        raise ValueError(f"is tagged {BINARY} but holds bytes that are not UTF-8 text") from None
