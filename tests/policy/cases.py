"""For each rule: what meets it, what breaks it, and where it cannot be told."""

from collections.abc import Mapping

from tests.policy import (
    cache_cases,
    database_cases,
    exposure_cases,
    guardrails_cases,
    identity_cases,
    load_balancer_cases,
    ownership_cases,
    storage_cases,
)
from tests.policy.builders import Cases

CASES: Mapping[str, Cases] = {
    **identity_cases.CASES,
    **exposure_cases.CASES,
    **ownership_cases.CASES,
    **guardrails_cases.CASES,
    **cache_cases.CASES,
    **storage_cases.CASES,
    **load_balancer_cases.CASES,
    **database_cases.CASES,
}
