"""What a service is told at its start, by reference: names and passwords of what it connects to, and its own secrets."""

from dataclasses import dataclass

from pulumi import Input


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The environment variable `variable` holds what the parameter or secret with this ARN does: all of it, or its `field`.

    Whoever starts the service reads it; it stands in no plan, in no state and in no definition of what runs.
    """

    variable: str
    arn: Input[str]
    field: str = ""
