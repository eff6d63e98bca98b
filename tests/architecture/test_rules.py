"""What the code may not do, read off its syntax. The directions of import are held by import-linter (pyproject.toml)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness import ROOT, graphs
from tests.program.switched import ADOPTED, KEY_PAIR, OUTSIDE, SWITCHES, planned, turned_on

COMPONENTS = sorted((ROOT / "components").rglob("*.py"))
FOLDERS = ("components", "plinth", "policy", "stack", "tools", "tests")
PRODUCT = sorted(file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py"))
ENVIRONMENT_WORDS = {"dev", "development", "staging", "prod", "production"}
FORBIDDEN_NAMES = {
    "boto3": "a component asks nobody anything",
    "environ": "a component's input is its arguments",
    "get_stack": "a component does not know what its stack is called",
    "get_project": "a component is told its project",
    "Config": "only stack/config reads configuration",
    "StackReference": "only stack/ reads other stacks",
}


ONE_REGION_OF_AWS = "components/core/regions.py"
"""The one place that may name a region: where AWS keeps what has none of its own."""
_NO_LOOK_UP = {"get_args", "get_origin", *FORBIDDEN_NAMES}


def relative(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def names(tree: ast.AST) -> Iterator[str]:
    """Every name that is used or imported, the last part of dotted ones."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                yield name.rsplit(".", 1)[-1]
            case _:
                pass


def texts(tree: ast.AST) -> Iterator[str]:
    """Every text that is no docstring."""
    documented = [node for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)]
    docstrings = {id(node.value) for node in documented}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def problems(source: str) -> list[str]:
    """What a component's source does that no component may."""
    tree = ast.parse(source)
    used = list(names(tree))
    found = [f"{name}: {why}" for name, why in FORBIDDEN_NAMES.items() if name in used]
    found += [f"{name}: a deploy looks nothing up" for name in used if name.startswith("get_") and name not in _NO_LOOK_UP]
    found += [f"{text!r} names an environment" for text in texts(tree) if text in ENVIRONMENT_WORDS]
    found += [
        f"{text!r} names a region"
        for text in texts(tree)
        if re.search(r"\b[a-z]{2}-(north|south|east|west|central)[a-z]*-\d", text)
    ]
    return found


@pytest.mark.requirement("BST-11")
@pytest.mark.parametrize("file", COMPONENTS, ids=relative)
def test_a_component_knows_no_environment_and_no_region_and_looks_nothing_up(file: Path) -> None:
    known = ["'us-east-1' names a region"] if relative(file) == ONE_REGION_OF_AWS else []
    assert problems(file.read_text()) == known


@pytest.mark.parametrize(
    "source",
    [
        "import boto3",
        "import os\nos.environ['X']",
        "import pulumi\npulumi.get_stack()",
        "import pulumi\npulumi.Config('x')",
        "import pulumi_aws as aws\naws.get_caller_identity()",
        "size = {'prod': 3}",
        "name = 'com.amazonaws.us-east-1.s3'",
    ],
)
def test_each_thing_that_a_component_may_not_do_is_noticed(source: str) -> None:
    assert len(problems(source)) == 1


def test_output_all_is_used_in_the_typed_combinators_and_nowhere_else() -> None:
    users = [relative(file) for file in PRODUCT if re.search(r"\bOutput\.all\(", file.read_text()) and "tests" not in file.parts]
    assert users == ["components/core/outputs.py"]


def test_the_package_that_policy_packs_import_is_empty() -> None:
    assert (ROOT / "components/core/__init__.py").read_text() == ""


def test_a_component_type_is_a_literal_that_nobody_else_has() -> None:
    tokens: list[str] = []
    for file in COMPONENTS:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ClassDef) and any(getattr(base, "id", "") == "Component" for base in node.bases):
                assigned = [a for a in node.body if isinstance(a, ast.AnnAssign) and getattr(a.target, "id", "") == "TYPE"]
                assert assigned, f"{node.name} has no TYPE"
                assert isinstance(assigned[0].value, ast.Constant), f"the TYPE of {node.name} is not a literal"
                tokens.append(str(assigned[0].value.value))
    assert tokens
    assert len(tokens) == len(set(tokens))
    assert all(re.fullmatch(r"plinth:[a-z]+:[A-Z][A-Za-z]+", token) for token in tokens)


@pytest.mark.slow
@pytest.mark.requirement("DEL-15")
def test_every_component_checks_its_arguments_and_registers_its_outputs(tmp_path: Path) -> None:
    own = [switch for switch in SWITCHES if switch != ADOPTED]
    everything = planned(
        tmp_path, "dev", {**turned_on(*own), **OUTSIDE, **KEY_PAIR}
    )  # what no stack of ours has switched on included
    for file in COMPONENTS:
        source = file.read_text()
        for name in re.findall(r"^class (\w+)\(Component\):", source, re.MULTILINE):
            (token,) = re.findall(rf"class {name}\(Component\):.*?TYPE: ClassVar\[str\] = \"(.*?)\"", source, re.DOTALL)
            made = [resource for graph in (*graphs().values(), everything) for resource in graph.of_type(token)]
            assert made, f"no switch makes a {name}"
            assert all(resource.outputs for resource in made)
            assert "refuse(self" in source, f"{name}Args checks nothing"
            tests = (ROOT / "tests" / file.relative_to(ROOT / "components")).with_name(f"test_{file.name}")
            assert re.search(rf'"\^?{name}Args: ', tests.read_text()), f"no test gives {name}Args bad input"


@pytest.mark.parametrize("file", PRODUCT, ids=relative)
def test_no_file_is_longer_than_can_be_read_at_one_sitting(file: Path) -> None:
    assert len(file.read_text().splitlines()) <= 400


def test_the_program_is_under_thirty_lines() -> None:
    assert len((ROOT / "__main__.py").read_text().splitlines()) < 30


@pytest.mark.requirement("BST-04", part="the folders that exist: networking is reachable from the program")
def test_every_component_folder_is_reached_from_the_program() -> None:
    program = "".join(file.read_text() for file in (ROOT / "stack").glob("*.py"))
    folders = {path.name for path in (ROOT / "components").iterdir() if (path / "__init__.py").exists()} - {"core"}
    assert all(f"components.{folder}." in program for folder in folders)


@pytest.mark.requirement("DEL-14")
def test_every_version_is_pinned_with_its_hashes_and_no_address() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock", "requirements-installer.lock"):
        lines = (ROOT / lock).read_text().splitlines()
        pins = [line for line in lines if line and not line.startswith((" ", "#"))]
        assert pins
        assert all("==" in pin and pin.endswith("\\") for pin in pins)
        assert not any("://" in line for line in lines)
    pulumi_yaml = (ROOT / "Pulumi.yaml").read_text()
    assert "name: python" in pulumi_yaml
    assert "requiredPulumiVersion:" in pulumi_yaml
    assert "pulumi-aws==7." in (ROOT / "requirements.lock").read_text()
