"""What is wrong with a stack file is said with its line, and never with a value that may be secret."""

from pathlib import Path

import pytest

from stack.config.document import project_name, read
from stack.config.faults import ConfigError
from tests.config.stack_files import SECRET, fault, faults, written


@pytest.mark.parametrize(
    ("text", "line", "key", "problem", "allowed"),
    [
        ("", 1, "the file", "is empty", "must be a map"),
        ("# nothing yet\n", 1, "the file", "is empty", "must be a map"),
        ("- config\n", 1, "the file", "is a list", "must be a map"),
        ("\nconfig\n", 2, "the file", "is text", "must be a map"),
        ("encryptionsalt: v1\n", 1, "config", "is missing", "must be a map"),
        ("encryptionsalt: v1\nconfig:\n", 2, "config", "is empty", "must be a map"),
        ("config: [1]\n", 1, "config", "is a list", "must be a map"),
        ("config:\n  a: [1\n  b: 2\n", 3, "the file", "is not YAML", "check"),
        ("config:\n\ta: 1\n", 2, "the file", "is not YAML", "check"),
        ("config:\n  a: *b\n", 2, "the file", "*b has no anchor", "write &b"),
        ("config: {}\n---\nconfig: {}\n", 2, "the file", "starts a second document", "remove the `---`"),
        ("%YAML 1.2\n---\nconfig: {}\n", 1, "the file", "another version of YAML", "remove the line %YAML"),
        ("config:\n  a: x\x01\n", 2, "the file", "control character U+0001", "remove it"),
        (b"config:\n  a: \xff\n", 2, "the file", "is not UTF-8", "save the file as UTF-8"),
        ("config: {}\n" + "x: " + "[" * 101 + "]" * 101, 2, "the file", "more than 100 levels", "flatter"),
        ("config:\n  a: [http://x/?y]\n", 2, "the file", "holds a ?", "put it in quotes"),
        ("config:\n  a: {b: !!str, c: 1}\n", 2, "the file", "a tag without a text", "put it in quotes"),
        ("config:\n  a: 1\n  a: 2\n", 3, "a", "stands on line 2 already", "keep one"),
        ("config:\n  a:\n    b: 1\n    'b': 2\n", 4, "a.b", "stands on line 3 already", "keep one"),
        ("config:\n  a: [{1: x, 1.0: y}]\n", 2, 'a[0]["1"]', "stands on line 2 already", "keep one"),
        ("config: {}\nconfig: {}\n", 2, "config", "stands on line 1 already", "keep one"),
        ("config:\n  a: &a {}\n  <<: *a\n  <<: *a\n", 4, "<<", "stands on line 3 already", "keep one"),
        ("config:\n  a: 1\n  plinth:a: 2\n", 3, "plinth:a", "which stands on line 2 already", "keep one"),
        ("config:\n  p:a: 1\n  p:config:a: 2\n", 3, "p:config:a", "means p:a, which stands on line 2", "keep one"),
        ("config:\n  a:b:c: 1\n", 2, "a:b:c", "is not a key", "namespace:name"),
        ("config:\n  a:config:c:d: 1\n", 2, "a:config:c:d", "is not a key", "namespace:name"),
        ("config:\n  5: 1\n", 2, "5", "is a key that is not text", "quotes"),
        ("config:\n  a: {[1]: 2}\n", 2, "a", "has a key that is a list or a map", "a key is text"),
        ("config:\n  a: {'<<': 2}\n", 2, "a", "has << as the name of a key", "merge"),
        ("config:\n  a:\n    <<: [1]\n", 3, "a", "merges something that is not a map", "a map or a list of maps"),
        ("config:\n  a: &a\n    - *a\n", 3, "a[0][0]", "*a contains itself", "write out"),
        ("config:\n  a: &a\n    <<: *a\n", 3, "a", "*a contains itself", "write out"),
        ("config:\n  a:\n    - .inf\n", 3, "a[0]", ".inf has no place in JSON", "quote it"),
        ("config:\n  a: -.INF\n", 2, "a", "-.INF has no place in JSON", "quote it"),
        ("config:\n  a: .nan\n", 2, "a", ".nan has no place in JSON", "quote it"),
        ("config:\n  a: !!int yes\n", 2, "a", "is tagged !!int but reads as !!str", "quote it"),
        ("config:\n  a: !!float 18446744073709551615\n", 2, "a", "is tagged !!float but reads as !!int", "quote it"),
        ("config:\n  a: !!binary x\n", 2, "a", "is not base64", "quote it"),
        ("config:\n  a: !!binary /w==\n", 2, "a", "not UTF-8", "quote it"),
        ("config:\n  a: 2020-01-01T10:00:00+02:00\n", 2, "a", "is a time with an offset", "quote it"),
        ("config:\n  a: 2020-01-01T10:00:00-24:60\n", 2, "a", "is a time with an offset", "quote it"),
        ("config:\n  a: {2020-01-01T10:00:00+02:00: 1}\n", 2, "a", "is a time with an offset", "put the key in quotes"),
        ("config:\n  a: |\n\n    b\n", 2, "a", "begins with an empty line", "begin with the text"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_key(
    tmp_path: Path, text: str | bytes, line: int, key: str, problem: str, allowed: str
) -> None:
    found = fault(tmp_path, text)
    assert (found.file, found.line, found.key) == ("Pulumi.dev.yaml", line, key)
    assert problem in found.problem
    assert allowed in found.allowed
    assert "\n" not in str(found)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("confg", "did you mean config?"),
        ("encryptionSalt", "did you mean encryptionsalt?"),
        ("plinth:networking", "stand under config"),
    ],
)
def test_an_unknown_setting_is_answered_with_the_nearest_known_one(tmp_path: Path, name: str, hint: str) -> None:
    found = fault(tmp_path, f"config: {{}}\n{name}: {SECRET}\n")
    assert (found.line, found.key) == (2, name)
    assert hint in found.allowed
    assert "config, encryptedkey, encryptionsalt, environment, secretsprovider" in found.allowed


def test_the_settings_of_the_command_line_are_allowed(tmp_path: Path) -> None:
    names = ("encryptedkey", "encryptionsalt", "environment", "secretsprovider")
    assert written(tmp_path, "".join(f"{name}: x\n" for name in names) + "config: {}\n").values == {}


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    text = "confg: {}\nconfig:\n  a: {b: 1, b: 2}\n  c: [.inf, .nan]\n  d:e:f: 1\n"
    assert [(found.line, found.key) for found in faults(tmp_path, text)] == [
        (1, "confg"),
        (3, "a.b"),
        (4, "c[0]"),
        (4, "c[1]"),
        (5, "d:e:f"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"config:\n  a: {{secure: {SECRET}}}\n  a: {{secure: {SECRET}}}\n",
        f"config:\n  a: {{secure: !!int {SECRET}}}\n",
        f"config:\n  a: {{secure: !!binary {SECRET}}}\n",
        f"config:\n  a:\n    secure: {SECRET}: {SECRET}\n",
        f"config:\n  a:\n    secure: |\n\n      {SECRET}\n",
        f"config: {{}}\nsecrets: {SECRET}\nmore: [{SECRET}]\n",
        f"config: {SECRET}\n",
        f"{SECRET}\n",
    ],
)
def test_no_value_that_may_be_secret_is_shown(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        written(tmp_path, text)
    assert SECRET not in str(caught.value)


def test_aliases_that_multiply_are_stopped(tmp_path: Path) -> None:
    levels = [f"  l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 12)]
    found = fault(tmp_path, "\n".join(("config:", "  l0: &l0 [x]", *levels)))
    assert "uses aliases within aliases too often" in found.problem


def test_a_file_may_be_deep_and_use_many_aliases(tmp_path: Path) -> None:
    document = written(tmp_path, f"config:\n  a: &a {'[' * 96}{']' * 96}\n  b: [{', '.join(['*a'] * 90)}]\n")
    assert len(document.lines) == 1 + 96 + 1 + 90 * 96


def test_a_missing_file_is_answered_with_those_that_are_there(tmp_path: Path) -> None:
    for name in ("Pulumi.yaml", "Pulumi.prod.yaml", "Pulumi.beta.yaml", "Pulumi.prod.deploy.yaml"):
        (tmp_path / name).touch()
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, "dev", "plinth")
    text = "Pulumi.dev.yaml: the file: does not exist; the folder has Pulumi.beta.yaml, Pulumi.prod.yaml"
    assert str(caught.value) == text


def test_a_folder_without_stack_files_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist; the folder has no stack file"):
        read(tmp_path, "dev", "plinth")


def test_a_file_that_cannot_be_read_is_a_fault_too(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").mkdir()
    with pytest.raises(ConfigError, match=r"Pulumi\.dev\.yaml: the file: cannot be read: "):
        read(tmp_path, "dev", "plinth")


def test_the_project_is_named_in_its_file(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: plinth\nruntime: {name: python}\nconfig: {aws:region: {value: x}}\n")
    assert project_name(tmp_path) == "plinth"


@pytest.mark.parametrize(
    ("text", "line", "key", "problem"),
    [
        ("runtime: python\n", 1, "name", "is missing"),
        ("runtime: python\nname:\n", 2, "name", "is empty"),
        ("runtime: python\nname: ''\n", 2, "name", "is missing"),
        ("runtime: python\nname: 5\n", 2, "name", "is a whole number"),
        ("name: a\nname: b\n", 2, "name", "stands on line 1 already"),
        ("", 1, "the file", "is empty"),
        (None, 0, "the file", "does not exist"),
    ],
)
def test_a_project_without_a_name_is_a_fault(tmp_path: Path, text: str | None, line: int, key: str, problem: str) -> None:
    if text is not None:
        (tmp_path / "Pulumi.yaml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        project_name(tmp_path)
    (found,) = caught.value.faults
    assert (found.file, found.line, found.key, found.problem) == ("Pulumi.yaml", line, key, problem)
