"""Reads what the real engine wrote into the same Graph: `pulumi preview --json` and `pulumi stack export`."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import dropwhile, takewhile
from operator import not_
from pathlib import Path
from typing import Any

from plinth.engine.graph import STACK_TYPE, Graph, Options, Resource, Verdict, type_of
from plinth.engine.values import Value
from plinth.engine.wire import cleaned

_GONE = ("delete", "delete-replaced", "discard", "discard-replaced", "read-discard")
"""Steps of a preview after which a resource is no longer in the stack."""

_STACK_NAME = re.compile(r"(?!\.\.?$)[A-Za-z0-9_.-]+")
"""What the engine allows. A stack's name becomes that of a folder, which must not lead elsewhere."""

_NAMELESS = "unnamed"
"""The stack of an export with nothing in it, which does not say whose it is."""

_URN_SEPARATORS = 3
"""`urn:pulumi:<stack>::<project>::<types>::<name>`; a name may hold more."""


_READ = ("read", "read-replacement")
"""Steps of a preview that look at what is not the stack's own."""


_REPLACED = ("replace", "create-replacement", "delete-replaced", "import-replacement")
_JUDGED = (*_REPLACED, "same", "update")
"""Steps of a preview that say what becomes of something that is there and stays."""
_REPLACING = "-replace"
"""The end of each kind of difference, in the details of a step, that needs a new resource: `update-replace`."""


class PlanError(Exception):
    """A file is not what the engine writes. Names the file and what was expected."""


def read_plan(path: Path) -> Graph:
    """The graph in a file that `pulumi preview --json` or `pulumi stack export` wrote. Raises PlanError for any other file."""
    try:
        content = json.loads(path.read_bytes())  # which finds out whether it is UTF-8 or UTF-16
        if problem := _failure(content):
            raise PlanError(f"{path}: the preview failed, so that its plan is not complete: {problem}")
        if "steps" in content:
            if missing := _left_out(content):
                raise PlanError(
                    f"{path}: {missing} resources that stay as they are are not in it: `pulumi preview --json --show-sames`"
                )
            return from_preview(content)
        return from_export(content)
    except OSError as error:
        raise PlanError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        detail = f"{type(error).__name__}: {error}"
        expected = "the output of `pulumi preview --json` or of `pulumi stack export`"
        raise PlanError(f"{path}: not {expected} ({detail})") from None


def from_preview(content: Mapping[str, Any]) -> Graph:
    """The stack as a preview says it will be. Secrets are hidden there already, and unknowns marked."""
    states = {
        step["urn"]: {**step["newState"], **({"external": True} if step["op"] in _READ else {})}
        for step in content["steps"]
        if step["op"] not in _GONE and "newState" in step
    }
    return replace(_graph(states.values(), content["steps"][0]["urn"]), verdicts=_verdicts(content["steps"]))


def _verdicts(steps: Iterable[Mapping[str, Any]]) -> Mapping[str, Verdict]:
    """What becomes of each resource. A replacement has up to three steps, each of which may say what it is for."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for step in steps:
        found.setdefault(step["urn"], []).append(step)
    return {urn: _verdict(own) for urn, own in found.items() if all(step["op"] in _JUDGED for step in own)}


def _verdict(steps: Sequence[Mapping[str, Any]]) -> Verdict:
    reasons: list[str] = [reason for step in steps for reason in step.get("replaceReasons") or ()]
    details: list[Mapping[str, Any]] = [step.get("detailedDiff") or {} for step in steps]
    replacing = [key for detail in details for key, one in detail.items() if one["kind"].endswith(_REPLACING)]
    coarse = [reason for reason in reasons if not any(key.startswith(reason) for key in replacing)]
    former: list[Any] = [step["oldState"].get("inputs") or {} for step in steps if step.get("oldState")]
    return Verdict(
        replaced=any(step["op"] in _REPLACED for step in steps),
        stays=all(step["op"] == "same" for step in steps),
        reasons=tuple(dict.fromkeys([*replacing, *coarse])),
        former=dict(cleaned(former[0])) if former else None,
    )


def from_export(content: Mapping[str, Any]) -> Graph:
    """A deployed stack. What an update left half done (marked for deletion) is not part of it."""
    deployment: Mapping[str, Any] = content if "resources" in content else content["deployment"] or {}
    states: Sequence[Mapping[str, Any]] = deployment.get("resources", ())
    if not states:
        return Graph(project="", stack=_NAMELESS, resources={}, outputs={})
    return _graph((state for state in states if not state.get("delete")), states[0]["urn"])


def _failure(content: Mapping[str, Any]) -> str:
    """What the first error of a preview says; empty where it has none."""
    errors = [said["message"].strip() for said in content.get("diagnostics") or () if said.get("severity") == "error"]
    return errors[0].partition("\n")[0] if errors else ""


def _left_out(content: Mapping[str, Any]) -> int:
    """How many unchanged resources a preview counts but does not list: the engine lists them only when asked to."""
    listed = sum(step["op"] == "same" for step in content["steps"])
    return max(0, content.get("changeSummary", {}).get("same", 0) - listed)


def _graph(states: Iterable[Mapping[str, Any]], urn: str) -> Graph:
    """The graph of `states`. Any of its URNs says which stack it is."""
    found = list(states)
    head, project, *_ = urn.split("::")
    stack = head.rsplit(":", 1)[-1]
    if not _STACK_NAME.fullmatch(stack):
        raise ValueError(f"{stack!r} is no name of a stack: letters, digits, dots, hyphens and underscores are allowed")
    roots = [state for state in found if state["type"] == STACK_TYPE]
    outputs: Mapping[str, Value] = cleaned(roots[0].get("outputs", {})) if roots else {}
    resources = [_resource(state) for state in found if state["type"] != STACK_TYPE]
    _refuse_circles({resource.urn: resource.parent for resource in resources})
    return Graph(
        project=project,
        stack=stack,
        resources={resource.urn: resource for resource in resources},
        outputs=outputs,
    )


def _refuse_circles(parents: Mapping[str, str]) -> None:
    """Raises ValueError where resources are each other's parents: who looks for the outermost would look for ever."""
    fine: set[str] = set()
    for start in parents:
        above: dict[str, None] = {}
        urn = start
        while urn in parents and urn not in fine:
            if urn in above:
                raise ValueError(f"these are each other's parents in a circle: {' -> '.join([*above, urn])}")
            above[urn] = None
            urn = parents[urn]
        fine |= above.keys()


def _resource(state: Mapping[str, Any]) -> Resource:
    parent = state.get("parent", "")
    if state["urn"].count("::") < _URN_SEPARATORS:
        raise ValueError(f"{state['urn']!r} is no URN")
    return Resource(
        urn=state["urn"],
        custom=state["custom"],
        inputs=dict(cleaned(state.get("inputs") or {})),
        outputs={**cleaned(state.get("outputs") or {}), **({"id": state["id"]} if "id" in state else {})},
        parent="" if parent and type_of(parent) == STACK_TYPE else parent,
        provider=state.get("provider", "").rsplit("::", 1)[0],
        dependencies=tuple(sorted(state.get("dependencies", ()))),
        property_dependencies={
            key: tuple(sorted(urns or ())) for key, urns in sorted(state.get("propertyDependencies", {}).items())
        },
        options=Options(
            protect=state.get("protect", False),
            retain_on_delete=state.get("retainOnDelete", False),
            ignore_changes=tuple(state.get("ignoreChanges", ())),
            replace_on_changes=tuple(state.get("replaceOnChanges", ())),
            additional_secret_outputs=tuple(state.get("additionalSecretOutputs", ())),
            aliases=tuple(state.get("aliases", ())),
            import_id=state.get("importID", ""),
            deleted_with=state.get("deletedWith", ""),
            replace_with=tuple(state.get("replaceWith") or ()),
            replacement_trigger=cleaned(state.get("replacementTrigger")),
        ),
        source=_source(state.get("stackTrace", ())),
        external=bool(state.get("external")),
    )


def _source(frames: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """The engine writes `project:///components/networking/network.py#83`, and `project:///../..` for what is outside."""
    return tuple(takewhile(bool, dropwhile(not_, (_line(frame.get("sourcePosition", "")) for frame in frames))))


def _line(position: str) -> str:
    file = position.removeprefix("project:///")
    inside = file != position and not file.startswith("..") and "site-packages" not in file
    return file.replace("#", ":") if inside else ""
