"""The rules as a CrossGuard policy pack: what the Pulumi engine runs in `preview` and `up`, and on an exported state.

A pack registers few policies, each of which dispatches on the type of a resource: the SDK decodes a resource anew for every
registered policy. A message names its rule. What cannot be decided is reported by an advisory policy of its own, since the engine
lets a rule that meets an unknown value pass in silence but for a note.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
    proxy,
)
from pulumi_policy.policy import PolicyResource
from pulumi_policy.secret import Secret

from policy import exceptions
from policy.catalogue import PACKS, RULES
from policy.judge import Exemptions, Judgement, Verdict, applicable, judge, judgement
from policy.rules.rule import Rule
from policy.rules.view import Mark, Resource, Stack, Value

_REDACTED = "[secret]"
"""As `pulumi policy analyze --file` writes a secret that it cannot decrypt."""
_UNKNOWN = frozenset(
    {
        proxy.UNKNOWN_ARCHIVE_VALUE,
        proxy.UNKNOWN_ARRAY_VALUE,
        proxy.UNKNOWN_ASSET_VALUE,
        proxy.UNKNOWN_BOOLEAN_VALUE,
        proxy.UNKNOWN_NUMBER_VALUE,
        proxy.UNKNOWN_OBJECT_VALUE,
        proxy.UNKNOWN_STRING_VALUE,
    }
)

Wanted = Callable[[Judgement], Iterator[str]]
"""The messages of a judgement that a policy reports."""
Remedy = Callable[[Resource], Mapping[str, str]]
"""The tags that a resource lacks and whose values are known."""


def serve(pack: str, remedy: Remedy | None = None) -> None:
    """Serves a pack of the catalogue to the engine; returns when the engine ends it. Raises ExceptionsError."""
    root = Path(__file__).resolve().parent.parent
    allowed = exceptions.load(root, {rule.id for rule in RULES})
    PolicyPack(pack.replace("_", "-"), policies(PACKS[pack], Exemptions.of(allowed), remedy))


def policies(rules: Sequence[Rule], exemptions: Exemptions, remedy: Remedy | None = None) -> list[Policy]:
    """The policies that put `rules` to what the engine plans."""
    found: list[Policy] = [_remediation(remedy)] if remedy else []
    for name, level, wanted in _REPORTED:
        told = [rule for rule in rules if name != "advice" or rule.advisory_in]  # most rules advise nowhere
        single = [rule for rule in told if not rule.across]
        across = [rule for rule in told if rule.across]
        found += [_on_resources(name, level, single, exemptions, wanted)] if single else []
        found += [_on_the_stack(f"{name}-across-the-stack", level, across, exemptions, wanted)] if across else []
    return found


def _violations(level: str) -> Wanted:
    def messages(found: Judgement) -> Iterator[str]:
        if found.verdict is Verdict.VIOLATED and found.level == level:
            yield from (f"[{found.rule.id}] {text}. {found.rule.fix}" for text in found.messages(Verdict.VIOLATED))

    return messages


def _doubts(found: Judgement) -> Iterator[str]:
    yield from (f"[{found.rule.id}] undecided: {text}" for text in found.messages(Verdict.UNDECIDED))


_REPORTED: tuple[tuple[str, EnforcementLevel, Wanted], ...] = (
    ("rules", EnforcementLevel.MANDATORY, _violations("mandatory")),
    ("advice", EnforcementLevel.ADVISORY, _violations("advisory")),
    ("undecided", EnforcementLevel.ADVISORY, _doubts),
)
_DESCRIPTIONS = {
    "rules": "A rule that blocks does not hold (docs/POLICIES.md)",
    "advice": "A rule that advises does not hold (docs/POLICIES.md)",
    "undecided": "Cannot be decided before the deployment; `plinth policy` decides it on invented values",
}


def _on_resources(
    name: str, level: EnforcementLevel, rules: Sequence[Rule], exemptions: Exemptions, wanted: Wanted
) -> ResourceValidationPolicy:
    chosen = tuple(rules)

    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        found = applicable(chosen, args.resource_type)
        if not found:
            return
        resource = _resource(args)
        alone = Stack(resources=(resource,))
        for rule in found:
            for message in wanted(judgement(rule, resource, alone, exemptions)):
                report(message, None)

    return ResourceValidationPolicy(name=name, description=_DESCRIPTIONS[name], validate=validate, enforcement_level=level)


def _on_the_stack(
    name: str, level: EnforcementLevel, rules: Sequence[Rule], exemptions: Exemptions, wanted: Wanted
) -> StackValidationPolicy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        for found in judge(_stack(args), rules, exemptions):
            for message in wanted(found):
                report(message, found.urn)

    description = _DESCRIPTIONS[name.partition("-")[0]]
    return StackValidationPolicy(name=name, description=description, validate=validate, enforcement_level=level)


def _remediation(remedy: Remedy) -> ResourceValidationPolicy:
    def remediate(args: ResourceValidationArgs) -> Mapping[str, Any] | None:
        missing = remedy(_resource(args))
        if not missing:
            return None
        # Only the tags are touched: the rest goes back as it came, unknown and secret values included.
        props = _raw(args.props)
        return {**props, "tags": {**_raw(props.get("tags") or {}), **missing}}

    return ResourceValidationPolicy(
        name="remedy",
        description="Adds the tags whose values a resource's own URN tells",
        remediate=cast("Any", remediate),  # the SDK takes a map as well as a promise of one; its types forget the map
        enforcement_level=EnforcementLevel.REMEDIATE,
    )


def _resource(args: ResourceValidationArgs) -> Resource:
    return Resource(urn=args.urn, props=_plain(args.props), provider=_provider(args))


def _stack(args: StackValidationArgs) -> Stack:
    return Stack(resources=tuple(planned(found) for found in args.resources))


def planned(found: PolicyResource) -> Resource:
    """A resource as a rule on the stack sees it.

    The engine shows its outputs, not its inputs. What is unknown there and was made from no other resource is nothing that the
    program asked for: the provider will fill it in.
    """
    references = {key: tuple(other.urn for other in others) for key, others in found.property_dependencies.items()}
    props = {key: value for key, value in _plain(found.props).items() if value is not Mark.UNKNOWN or references.get(key)}
    return Resource(urn=found.urn, props=props, provider=_provider(found), references=references)


def _provider(found: PolicyResource | ResourceValidationArgs) -> Mapping[str, Value]:
    """The properties of its provider; none for what has no provider."""
    return _plain(found.provider.props) if found.provider else {}


def _plain(value: Any) -> Value:
    """A value of the SDK without its proxies, which raise when an unknown value is looked at."""
    match value:
        case Secret():
            return Mark.HIDDEN
        case Mapping():
            return {key: _plain(item) for key, item in _raw(cast("Mapping[str, Any]", value)).items()}
        case str():
            return Mark.UNKNOWN if value in _UNKNOWN else Mark.HIDDEN if value == _REDACTED else value
        case Sequence():
            items = cast("Any", value)
            return [_plain(item) for item in cast("list[Any]", items if isinstance(items, list) else items["__target"])]
        case _:
            return value


def _raw(value: Mapping[str, Any]) -> dict[str, Any]:
    """The map inside a proxy; a copy. Its values may be proxies again."""
    return dict(value if isinstance(value, dict) else value["__target"])
