"""Which rules there are, by the pack that brings them to the engine."""

from collections.abc import Mapping

from policy.rules import actions, caches, databases, exposure, load_balancers, logs, names, queues, regions, storage, tags, trust
from policy.rules.rule import Rule

PACKS: Mapping[str, tuple[Rule, ...]] = {
    "least_privilege": (*actions.RULES, *trust.RULES, *exposure.RULES),
    "tagging": (*tags.RULES, *names.RULES),
    "guardrails": (
        *logs.RULES,
        *regions.RULES,
        *caches.RULES,
        *queues.RULES,
        *storage.RULES,
        *load_balancers.RULES,
        *databases.RULES,
    ),
}

RULES: tuple[Rule, ...] = tuple(rule for rules in PACKS.values() for rule in rules)
