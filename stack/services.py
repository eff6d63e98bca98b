"""What services have in common, whatever they run on."""

from components.core.context import Context
from components.core.hours import Hours
from stack.config.loader import Stack
from stack.config.services import Service


def for_service(stack: Stack, ctx: Context, name: str) -> Context:
    """The context of what is there for the service called `name` alone."""
    return ctx.asked_by(f"plinth:services.{name}").serving(stack.config.services[name].workload or "")


def hours(stack: Stack, service: Service) -> Hours | None:
    """When the service is at work; None for always."""
    schedule = stack.config.schedule
    if not schedule.enabled or service.always_on:
        return None
    return Hours(timezone=schedule.timezone, start=schedule.start, stop=schedule.stop, days=schedule.days)
