"""Asks the Terraform AWS provider which properties it would replace a resource for: one plan for each property that changes.

Runs inside the engine's own environment, reads type tokens, a line each: `<home>/venv/bin/python provider_facts.py <home>/src`.
Writes {token: {"create_only": [...], "tried": [...], "kept": [...], "unordered": [...], "told_apart": [...]}} with paths in
Pulumi's names.
No cloud is asked: a property whose plan needs one counts as not tried.
"""

import importlib
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, cast

Block = dict[str, Any]
State = dict[str, Any]
Steps = tuple[str, ...]

_ARN = "arn:aws:iam::123456789012:role/{n}"
_TEXTS = (
    # What a property's name says that it must look like, so that the provider can read it; `{n}` is 1 or 2.
    (re.compile(r"cidr|_ranges?$"), "10.{n}.0.0/16"),
    (re.compile(r"arns?$|_key_id$"), _ARN),
    (re.compile(r"container_definitions"), '[{{"name": "a{n}", "image": "b"}}]'),
    (re.compile(r"policy|policies|pattern|definition|document|json"), '{{"Version": "{n}"}}'),
    (re.compile(r"_(time|date)$|valid_(until|from)|expiration"), "2030-01-0{n}T00:00:00Z"),
)
_NEVER = ("id", "region", "tags", "tags_all")
"""No property of the program's, or one that is judged apart from all others."""
_DEEPEST = 4
"""Blocks within blocks are looked into so deep."""
_SHALLOW = ("aws_wafv2_rule_group", "aws_wafv2_web_acl")
"""Types whose blocks are left alone: they nest without end, and each plan takes seconds."""
_NOTHING: dict[str, Any] = {"bool": False, "number": 0, "string": ""}
"""What a program may write in place of nothing."""
_NO_CLOUD = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_EC2_METADATA_DISABLED": "true"}
"""Port 9 discards: what asks a cloud is refused at once."""


class Leaf(NamedTuple):
    """A settable property at the end of its blocks, and its Terraform type."""

    steps: Steps
    kind: Any


def sample(kind: Any, name: str, n: int, plain: bool) -> Any:
    """A value of a Terraform type; another one for `n` 2 than for 1. `plain` does without what the name suggests."""
    if isinstance(kind, str):
        form = next((form for pattern, form in _TEXTS if pattern.search(name)), "{n}")
        text = str(n) if plain else form.format(n=n)
        return {"number": n, "bool": n == 2}.get(kind, text)
    outer, inner = kind
    if outer == "object":
        return {key: sample(of, key, n, plain) for key, of in inner.items()}
    one = sample(inner, name, n, plain)
    return {"k": one} if outer == "map" else [one]


def is_formed(leaf: Leaf) -> bool:
    """Whether its name suggests a form, so that a plain value is another one."""
    return any(pattern.search(leaf.steps[-1]) for pattern, _ in _TEXTS)


def leaves(block: Block, deep: int, above: Steps = ()) -> Iterator[Leaf]:
    """Every property of a block, and of the blocks in it to a depth of `deep`, that a program may set."""
    for name, attribute in block["attrs"].items():
        if (attribute["required"] or attribute["optional"]) and not attribute["write_only"] and name not in _NEVER:
            yield Leaf((*above, name), attribute["type"])
    for name, nested in block["blocks"].items():
        if name != "timeouts" and nested["nesting"] != "MAP" and deep > 1:
            yield from leaves(nested["block"], deep - 1, (*above, name))


def filled(block: Block, wanted: Callable[[Steps], bool], plain: bool, deep: int, above: Steps = ()) -> State:
    """The configuration of a block with the properties and blocks that are `wanted`, and with those that are required."""
    config: State = {}
    for name, attribute in block["attrs"].items():
        settable = (attribute["required"] or attribute["optional"]) and not attribute["write_only"]
        taken = settable and (attribute["required"] or wanted((*above, name))) and name not in _NEVER
        config[name] = sample(attribute["type"], name, 1, plain) if taken else None
    for name, nested in block["blocks"].items():
        many, usable = nested["nesting"] in ("LIST", "SET"), name != "timeouts" and nested["nesting"] != "MAP"
        taken = usable and (nested["min"] or (deep > 1 and wanted((*above, name))))
        inside = filled(nested["block"], wanted, plain, deep - 1, (*above, name)) if taken else None
        config[name] = ([inside] if taken else []) if many else (inside if taken else {} if nested["nesting"] == "MAP" else None)
    return config


def changed(config: State, leaf: Leaf, plain: bool) -> State:
    """`config` with another value of one property."""
    return put(config, leaf.steps, sample(leaf.kind, leaf.steps[-1], 2, plain))


def put(config: State, steps: Steps, value: Any) -> State:
    """`config` with `value` where the steps lead."""
    first, *rest = steps
    if not rest:
        return {**config, first: value}
    inside = config[first]
    if isinstance(inside, list):
        return {**config, first: [put(cast("list[State]", inside)[0], tuple(rest), value)]}
    return {**config, first: put(inside, tuple(rest), value)}


def at(state: State, steps: Steps) -> Any:
    """What stands where the steps lead."""
    inside: Any = state
    for step in steps:
        items = cast("list[Any]", inside) if isinstance(inside, list) else [inside]
        inside = cast("State", items[0]).get(step) if items and isinstance(items[0], dict) else None
    return inside


class Provider:
    """The Terraform provider, started and configured without a cloud."""

    def __init__(self) -> None:
        self.names, self.plugin = importlib.import_module("names"), importlib.import_module("tfplugin")
        self.tables: Any = self.names.Tables()
        block = self.tables.schema["provider"]
        nothing: State = {**dict.fromkeys(block["attrs"]), **{name: [] for name in block["blocks"]}}
        flags = {"skip_credentials_validation": True, "skip_metadata_api_check": "true", "skip_requesting_account_id": True}
        keys = {"region": "us-east-1", "access_key": "none", "secret_key": "none", "max_retries": 1}
        self._settings: tuple[Block, State] = block, {**nothing, **flags, **keys}
        self.process: Any = None
        self._restart()

    def _restart(self) -> None:
        if self.process:
            self.process.close()
        self.process = self.plugin.Plugin()
        self.process.configure(*self._settings)

    def _plan(self, kind: str, block: Block, prior: State | None, config: State) -> tuple[State, list[list[Any]]] | None:
        """The planned state and what forces a replacement; nothing where the provider refuses the plan, or dies of it."""
        try:
            planned, paths, _ = self.process.plan(kind, block, prior, config)
        except self.plugin.ProviderError:
            return None
        except self.plugin.grpc.RpcError:
            self._restart()
            return None
        return planned, paths

    def facts(self, token: str) -> dict[str, list[str]] | None:
        """What it says of a type; nothing for one that it has not."""
        found = self.tables.get("resources", token)
        if found is None:
            return None
        attributes = found.block["attrs"].items()
        kept = [(name,) for name, one in attributes if one["optional"] and one["computed"] and name not in _NEVER]
        deep = 1 if found.tf in _SHALLOW else _DEEPEST
        replacing, tried = self._measured(found.tf, found.block, deep)
        said: dict[str, Any] = {
            "create_only": replacing,
            "tried": tried,
            "kept": kept,
            "unordered": unordered(found.block, deep),
            "told_apart": self._told_apart(found.tf, found.block, deep),
        }
        return {name: sorted(filter(None, (written(found, steps) for steps in paths))) for name, paths in said.items()}

    def _measured(self, kind: str, block: Block, deep: int) -> tuple[set[Steps], set[Steps]]:
        """The properties that force a replacement, and all that could be tried: each beside everything else, and nearly alone."""
        replacing, tried = set[Steps](), set[Steps]()
        for plain in (False, True):
            whole = self._start(kind, block, filled(block, lambda _: True, plain, deep))
            for leaf in leaves(block, deep):
                if leaf.steps in replacing or (plain and leaf.steps in tried and not is_formed(leaf)):
                    continue
                alone = self._start(
                    kind, block, filled(block, lambda steps, to=leaf.steps: to[: len(steps)] == steps, plain, deep)
                )
                for start in filter(None, (whole, alone)):
                    answer = self._replaced_for(kind, block, start.prior, changed(start.config, leaf, plain))
                    if answer is not None:
                        tried.add(leaf.steps)
                    if answer and answer - start.always:
                        replacing.add(leaf.steps)
        return replacing, tried

    def _told_apart(self, kind: str, block: Block, deep: int) -> Iterator[Steps]:
        """The properties of which false, 0 or an empty text is another thing than nothing: those that are true by default."""
        starts: dict[Steps, Start | None] = {}
        whole = filled(block, lambda _: True, plain=False, deep=deep)
        for leaf in leaves(block, deep):
            nothing, around = _NOTHING.get(str(leaf.kind)), leaf.steps[:-1]
            if nothing is None:
                continue
            if around not in starts:
                inside = filled(block, lambda steps, to=around: to[: len(steps)] == steps, plain=False, deep=deep)
                starts[around] = self._start(kind, block, inside)
            start = starts[around] or self._start(kind, block, put(whole, leaf.steps, None))
            if start is None or at(start.config, leaf.steps) is not None:
                continue
            planned = self._plan(kind, block, start.prior, put(start.config, leaf.steps, nothing))
            if planned and at(planned[0], leaf.steps) != at(start.prior, leaf.steps):
                yield leaf.steps

    def _start(self, kind: str, block: Block, config: State) -> "Start | None":
        """A resource made from `config`, which planning it again replaces for nothing or for `always`."""
        planned = self._plan(kind, block, None, config)
        if planned is None:
            return None
        for made_up in (True, False):
            prior = self._known(self.plugin.block_type(block), planned[0], "", made_up)
            always = self._replaced_for(kind, block, prior, config)
            if always is not None:
                return Start(config, prior, always)
        return None

    def _replaced_for(self, kind: str, block: Block, prior: State, config: State) -> set[Steps] | None:
        planned = self._plan(kind, block, prior, config)
        return None if planned is None else {tuple(map(str, path)) for path in planned[1] if path != ["id"]}

    def _known(self, kind: Any, value: Any, name: str, made_up: bool) -> Any:
        """A planned value with something `made_up`, or nothing, in place of what only the cloud knows."""
        if value is self.plugin.UNKNOWN:
            return sample(kind, name, 1, plain=False) if made_up or name == "id" else None
        if value is None or isinstance(kind, str):
            return value
        outer, inner = kind
        if outer == "object":
            return {key: self._known(of, value.get(key), key, made_up) for key, of in inner.items()}
        if outer == "map":
            return {key: self._known(inner, item, key, made_up) for key, item in value.items()}
        return [self._known(inner, item, name, made_up) for item in value]


class Start(NamedTuple):
    """A resource before a property changes."""

    config: State
    prior: State
    always: set[Steps]


def unordered(block: Block, deep: int, above: Steps = ()) -> list[Steps]:
    """The properties and blocks that are sets, to a depth of `deep`."""
    own = [(*above, name) for name, one in block["attrs"].items() if one["type"][0] == "set" and name not in _NEVER]
    for name, nested in block["blocks"].items():
        own += [(*above, name)] if nested["nesting"] == "SET" else []
        own += unordered(nested["block"], deep - 1, (*above, name)) if deep > 1 else []
    return own


def written(found: Any, steps: Steps) -> str:
    """A Terraform path as Pulumi writes it; empty where the SDK has no such property."""
    text, shape = "", found.shape
    for index, step in enumerate(steps):
        name = found.prop(step) if index == 0 else found.prop(step, shape)
        if name is None or name not in shape:
            return ""
        is_list, _, nested = shape[name]
        text += f".{name}" + ("[*]" if is_list and index + 1 < len(steps) else "")
        shape = found.types.get(f"{found.module}.{nested}", {})
    return text[1:]


def main() -> None:
    """Reads tokens, writes what the provider says of each."""
    sys.path.insert(0, sys.argv[1])
    os.environ.update(_NO_CLOUD)
    provider = Provider()
    try:
        answers: dict[str, Any] = {}
        for token in sys.stdin.read().split():
            answers[token] = provider.facts(token)
            print(token, file=sys.stderr)
    finally:
        provider.process.close()
    json.dump({token: facts for token, facts in answers.items() if facts is not None}, sys.stdout)


if __name__ == "__main__":
    main()
