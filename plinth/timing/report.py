"""What there is to say of a first deployment: one line, what dominates it, and all of it as plain data."""

from collections.abc import Mapping, Sequence
from typing import Any

from plinth.timing.deployment import Estimate, Link, Timing
from plinth.timing.durations import Basis

LABEL = "an estimate: durations of public deployments and of guesses, added up along the dependencies"


def headline(found: Timing) -> str:
    """`17 min first deploy`."""
    return f"{whole_minutes(found.total.typical)} min first deploy"


def whole_minutes(seconds: float) -> str:
    """Whole minutes, rounded; `<1` for less than half a minute."""
    return str(max(round(seconds / 60), 1)) if seconds >= 30 else "<1"


def spread(estimate: Estimate) -> str:
    """`12-31`: whole minutes from fast to slow."""
    return f"{whole_minutes(estimate.fast)}-{whole_minutes(estimate.slow)}"


def span(seconds: float) -> str:
    """`45 s`, `1.8 min`."""
    return f"{seconds:.0f} s" if seconds < 59.5 else f"{seconds / 60:.1f} min"


def kind(token: str) -> str:
    """The last name of a type token: `NatGateway`."""
    return token.rsplit(":", 1)[-1]


def dominant(found: Timing) -> Sequence[tuple[str, float]]:
    """The types on the critical chain with their seconds, longest first."""
    seconds: dict[str, float] = {}
    for link in found.chain:
        seconds[link.resource.type] = seconds.get(link.resource.type, 0.0) + link.duration.typical
    return sorted(seconds.items(), key=lambda entry: (-entry[1], entry[0]))


def sourced(found: Timing) -> tuple[float, float]:
    """The shares, 0 to 1, of the resources and of the critical chain that rest on observations; 1 where there are none."""
    shares = found.coverage
    resources = sum(share.resources for share in shares.values())
    chain = sum(share.chain for share in shares.values())
    observed = shares[Basis.OBSERVED]
    return (observed.resources / resources if resources else 1.0, observed.chain / chain if chain else 1.0)


def to_json(found: Timing) -> Mapping[str, Any]:
    """All of it as plain data, in seconds."""
    return {
        "stack": found.stack,
        "label": LABEL,
        "parallel": found.parallel,
        "registering": _rounded(found.registering),
        "total": _estimate(found.total),
        "unbounded": _estimate(found.unbounded),
        "chain": [_link(link) for link in found.chain],
        "dominant": [{"type": token, "seconds": _rounded(seconds)} for token, seconds in dominant(found)],
        "parts": [
            {
                "name": part.owner.name,
                "urn": part.owner.urn,
                "start": _rounded(part.start),
                "end": _rounded(part.end),
                "work": _rounded(part.work),
            }
            for part in found.parts
        ],
        "coverage": {
            basis: {"resources": share.resources, "work": _rounded(share.work), "chain": _rounded(share.chain)}
            for basis, share in found.coverage.items()
        },
        "byDefault": dict(found.by_default),
    }


def _link(link: Link) -> dict[str, Any]:
    return {
        "name": link.resource.name,
        "urn": link.resource.urn,
        "type": link.resource.type,
        "seconds": {"fast": link.duration.fast, "typical": link.duration.typical, "slow": link.duration.slow},
        "basis": link.duration.basis,
        "source": link.duration.source,
    }


def _estimate(estimate: Estimate) -> dict[str, float]:
    return {"fast": _rounded(estimate.fast), "typical": _rounded(estimate.typical), "slow": _rounded(estimate.slow)}


def _rounded(seconds: float) -> float:
    return round(seconds, 1)
