"""A stack file reads as the Pulumi command line reads it, and what is wrong with it is said with its line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from stack.config.document import ENCRYPTED, Document, Json, KeyPath, format_path, read
from stack.config.yaml_v3 import load
from tests.config.stack_files import SECRET, written

HOSTILE = Path(__file__).parent


ENCRYPTED_FILE = f"""\
encryptionsalt: v1:salt
config:
  plinth:apiKey:
    secure: {SECRET}
  plinth:data:
    user: bob
    password: {{secure: {SECRET}}}
    list: [one, {{secure: {SECRET}}}]
  plinth:plain: {{secure: {SECRET}, more: 1}}
"""

EXPECTED: dict[str, Json] = {
    "aws:region": "eu-central-1",
    "plinth:bare": "on",
    "plinth:old": "old form",
    "plinth:quoted key": "yes",
    "plinth:clock": "20:00",
    "plinth:octal": 8,
    "plinth:nothing": None,
    "plinth:missing": None,
    "plinth:true": True,
    "plinth:false": False,
    "plinth:round": 1,
    "plinth:large": 1e21,
    "plinth:small": 1e-7,
    "plinth:unsigned": 18446744073709551615,
    "plinth:day": "2020-01-01 00:00:00 +0000 UTC",
    "plinth:quoted": "010",
    "plinth:json": '{"a": [1, 2]}',
    "plinth:html": 'a <b> & "c"',
    "plinth:words": [
        *("on", "off", "yes", "no", "y", "n", "Y", "On"),
        *(True, True, True, "tRUE", False, None, None, None, "nULL", "=", "", "true"),
    ],
    "plinth:integers": [
        *(0, 8, 8, 31, 31, 3, -3, -3, 12, 1000, 1, 8, 0, 9223372036854775807),
        *(9223372036854776000, 18446744073709552000, -9223372036854776000, "0xFFFFFFFFFFFFFFFFF"),
        *(-9223372036854775808, 9223372036854776000, "-0xFFFFFFFFFFFFFFFF", 18446744073709552000),
    ],
    "plinth:floats": [
        1,
        1000,
        1e-7,
        0.5,
        1,
        10.5,
        6.02e23,
        0,
        "1e400",
        0.1,
        ".1__0",
        "1e",
        123456789012345680000,
        500,
        5000000000,
        ".5e1__0",
        0.000001,
    ],
    "plinth:texts": [
        *("20:00", "1:30:00", "1,000", "0o9", "0xG", "0b12", "1.2.3", "10.0.0.0/16"),
        *("+", "_1", "012e", "v1", "1", "1e3", "<<"),
    ],
    "plinth:times": [
        "2020-01-01 00:00:00 +0000 UTC",
        "2020-01-02 00:00:00 +0000 UTC",
        "2020-01-01 10:20:30.45 +0000 UTC",
        "2020-01-01 10:20:30 +0000 UTC",
        "2020-01-01 01:02:03.000000001 +0000 UTC",
        *("2020-01-01", "2020-02-30", "2020-01-01 10:20"),
        "2020-01-01 23:59:59 +0000 UTC",
        *("2020-01-01 24:00:00", "2020-01-01 10:60:00", "2020-01-01 10:20:60"),
        *("2020-01-01 10:20:30Z", "2020-01-01T10:20:30"),
        *("2020-01-01T10:20:30+25:00", "2020-01-01T10:20:30+02:61"),
        "0000-02-29 00:00:00 +0000 UTC",
        "1900-02-29",
    ],
    "plinth:tags": [
        *("5", 5, 31, 5, 1000, True, None, "hello", "2020-01-01 00:00:00 +0000 UTC"),
        *("5", 5, "5", {"a": None, "b": None}),
    ],
    "plinth:keys": {
        "on": 1,
        "true": 2,
        "<nil>": 3,
        "31": 4,
        "1.5": 5,
        "1e+06": 6,
        "100000": 11,
        "0.0001": 12,
        "1e-05": 13,
        "0": 14,
        "2020-01-01 00:00:00 +0000 UTC": 7,
        "10": 8,
        "a b": 9,
        "spread": 10,
    },
    "plinth:blocks": {
        "literal": "010\n  on\n",
        "folded": "on and on",
        "kept": "end\n\n",
        "indented": "  two in front\n",
        "quoted": "a\tb\u00e9c",
        "single": "it's on",
        "plain": "spread over two lines",
        "hash": "a#b",
        "url": "http://example.com/?a=b&c=d",
    },
    "plinth:base": {"size": 1, "name": "base", "deep": {"on": "on"}},
    "plinth:more": {"size": 2, "extra": [8, 8]},
    "plinth:merged": {"size": 1, "name": "own", "deep": {"on": "on"}},
    "plinth:twice": {"size": 2, "extra": [8, 8], "name": "base", "deep": {"on": "on"}},
    "plinth:numbered": {"0x1F": "hex", "hello": "base64"},
    "plinth:dated": {"2020-01-01 00:00:00 +0000 UTC": 1, "31": "hex"},
    "plinth:again": 7,
    "plinth:reused": [7, {"size": 1, "name": "base", "deep": {"on": "on"}}],
    "plinth:secure": {"secure": 5},
    "plinth:empty": [{}, [], ""],
}


def same(one: object, other: object) -> bool:
    """Equal in types too: to Python, 1 is True and 1.0."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def test_every_hostile_value_reads_as_it_does_on_the_command_line() -> None:
    values = read(HOSTILE, "hostile", "plinth").values
    assert [key for key in EXPECTED if not same(values.get(key), EXPECTED[key])] == []
    assert list(values) == list(EXPECTED)


def test_a_machine_without_the_c_parser_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stack.config.yaml_v3._LOADER", yaml.BaseLoader)
    assert same(read(HOSTILE, "hostile", "plinth").values, EXPECTED)


def test_the_environment_holds_text_as_it_is_and_all_else_as_json() -> None:
    environment = read(HOSTILE, "hostile", "plinth").environment()
    config = json.loads(environment["PULUMI_CONFIG"])
    assert {key: config[key] for key in config if not isinstance(EXPECTED[key], list | dict)} == {
        "aws:region": "eu-central-1",
        "plinth:bare": "on",
        "plinth:old": "old form",
        "plinth:quoted key": "yes",
        "plinth:clock": "20:00",
        "plinth:octal": "8",
        "plinth:nothing": "",
        "plinth:missing": "",
        "plinth:true": "true",
        "plinth:false": "false",
        "plinth:round": "1",
        "plinth:large": "1e+21",
        "plinth:small": "1e-7",
        "plinth:unsigned": "18446744073709551615",
        "plinth:day": "2020-01-01 00:00:00 +0000 UTC",
        "plinth:quoted": "010",
        "plinth:json": '{"a": [1, 2]}',
        "plinth:html": 'a <b> & "c"',
        "plinth:again": "7",
    }
    assert config["plinth:merged"] == '{"deep":{"on":"on"},"name":"own","size":1}'
    assert json.loads(environment["PULUMI_CONFIG_SECRET_KEYS"]) == []


def test_an_encrypted_value_is_hidden_wherever_it_stands(tmp_path: Path) -> None:
    document = written(tmp_path, ENCRYPTED_FILE)
    assert document.values == {
        "plinth:apiKey": ENCRYPTED,
        "plinth:data": {"user": "bob", "password": ENCRYPTED, "list": ["one", ENCRYPTED]},
        "plinth:plain": {"secure": SECRET, "more": 1},
    }
    assert document.encrypted == {
        ("plinth:apiKey",): 4,
        ("plinth:data", "password"): 7,
        ("plinth:data", "list", 1): 8,
    }
    environment = document.environment()
    assert json.loads(environment["PULUMI_CONFIG"])["plinth:apiKey"] == ENCRYPTED
    assert json.loads(environment["PULUMI_CONFIG_SECRET_KEYS"]) == ["plinth:apiKey", "plinth:data"]


def test_a_line_is_known_for_every_key_and_every_item(tmp_path: Path) -> None:
    document = written(
        tmp_path,
        "\n".join(
            (
                "# a comment",
                "config:",
                "  network: &network",
                "    zones:",
                "      - a",
                "      -",
                "        b",
                "    size: 1",
                "  plinth:other:",
                "    <<: *network",
                "    own: 1",
                "  plinth:alias: [1, *network]",
            )
        ),
    )
    assert document.file == "Pulumi.dev.yaml"
    assert document.lines == {
        (): 2,
        ("plinth:network",): 3,
        ("plinth:network", "zones"): 4,
        ("plinth:network", "zones", 0): 5,
        ("plinth:network", "zones", 1): 7,
        ("plinth:network", "size"): 8,
        ("plinth:other",): 9,
        ("plinth:other", "own"): 11,
        ("plinth:other", "zones"): 4,
        ("plinth:other", "zones", 0): 5,
        ("plinth:other", "zones", 1): 7,
        ("plinth:other", "size"): 8,
        ("plinth:alias",): 12,
        ("plinth:alias", 0): 12,
        ("plinth:alias", 1): 12,
        ("plinth:alias", 1, "zones"): 4,
        ("plinth:alias", 1, "zones", 0): 5,
        ("plinth:alias", 1, "zones", 1): 7,
        ("plinth:alias", 1, "size"): 8,
    }


def test_the_line_of_a_path_that_is_not_there_is_that_of_the_nearest_above_it(tmp_path: Path) -> None:
    document = written(tmp_path, "\nconfig:\n  plinth:a:\n    b: {c: 1}\n")
    assert document.line(("plinth:a", "b", "c")) == 4
    assert document.line(("plinth:a", "x", 1, "y")) == 3
    assert document.line(("plinth:x", "y")) == 2
    assert Document("f", {}, {}, {}).line(("plinth:x",)) == 0


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), "config"),
        (("plinth:networking",), "plinth:networking"),
        (("plinth:networking", "zones", 2), "plinth:networking.zones[2]"),
        (("plinth:services", "a b"), 'plinth:services["a b"]'),
        (("plinth:services", "eu-central-1", "x"), 'plinth:services["eu-central-1"].x'),
        (("plinth:services", '"'), 'plinth:services["\\""]'),
        (("plinth:services", "1", "_a1", "é", ""), 'plinth:services["1"]._a1["é"][""]'),
    ],
)
def test_a_path_is_written_as_the_user_writes_it(path: KeyPath, text: str) -> None:
    assert format_path(path) == text


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a byte order mark"])
def test_line_ends_and_a_byte_order_mark_make_no_difference(tmp_path: Path, mark: bytes) -> None:
    document = written(tmp_path, mark + b"config:\r\n  a: on\r\n  b: |\r\n    c\r\n    d\r\n")
    assert document.values == {"plinth:a": "on", "plinth:b": "c\nd\n"}
    assert document.line(("plinth:b",)) == 3


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"])))
def test_quoted_text_is_always_text(text: str) -> None:
    quoted = text.replace("'", "''")
    root, problems = load(f"config: '{quoted}'".encode())
    assert not problems
    assert isinstance(root.value, dict)
    assert root.value["config"].value == text


@given(st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_as_itself(number: float) -> None:
    root, problems = load(f"config: {number!r}".encode())
    assert not problems
    assert isinstance(root.value, dict)
    assert root.value["config"].value == number


def test_reading_a_stack_file_needs_neither_pulumi_nor_pydantic() -> None:
    program = "import sys, stack.config.document; print({'pulumi', 'pydantic'} & {*sys.modules})"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
