"""`plinth:services`: what runs on the platform, and what each service needs of it."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import Field

from components.core.needs import Need
from components.security.runtimes import Runtime
from stack.config.section import Name, Section, text

Target = Annotated[
    str,
    text(
        "something that the stack has, such as postgres or secret.google-oauth",
        pattern=r"^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)?$",
        max_length=80,
    ),
]
Word = Annotated[str, text("a word for what is done with it, such as read or connect", pattern=r"^[a-z]+$", max_length=20)]
Prefix = Annotated[
    str,
    text(
        "the beginning of the names of objects, without wildcards, such as uploads/",
        pattern=r"^[A-Za-z0-9!_.()/=-]*$",
        max_length=512,
    ),
]
Image = Annotated[
    str,
    text(
        "`placeholder`, `build:<folder>`, `tag:<tag>` or `sha256:<64 hexadecimal digits>`",
        pattern=r"^(placeholder|build:[a-z0-9][a-z0-9_/-]*|tag:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|sha256:[0-9a-f]{64})$",
    ),
]
Port = Annotated[int, Field(ge=1, le=65535)]
Percent = Annotated[int, Field(ge=1, le=100)]
Count = Annotated[int, Field(ge=0, le=1000)]
MOST_PATHS = 3
"""Paths of a route: a rule may ask for five values (ELB quotas, "Condition values per rule"), and two may be hosts."""
UrlPath = Annotated[
    str, text("a path that begins with a slash, such as /health/", pattern=r"^/[A-Za-z0-9._/-]*$", max_length=128)
]
PathPattern = Annotated[
    str,
    text(
        "a path that begins with a slash; `*` stands for any characters, such as /booking/*",
        pattern=r"^/[A-Za-z0-9._/*?-]*$",
        max_length=128,
    ),
]
Argument = Annotated[
    str, text('one word of a command, in quotes where it looks like a number: "4"', pattern=r"^.+$", max_length=1000)
]
Variable = Annotated[
    str, text("the name of an environment variable, such as LOG_LEVEL", pattern=r"^[A-Z][A-Z0-9_]*$", max_length=100)
]
SecretPart = Annotated[
    str,
    text(
        "a secret of the stack, or one field of it, such as google-oauth or postgres#password",
        pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*(#[A-Za-z0-9_]+)?$",
        max_length=100,
    ),
]
Cron = Annotated[
    str,
    text(
        "five fields of a Unix cron expression: minute, hour, day, month, weekday, such as 0 7 * * 1-5",
        pattern=r"^[0-9*,/-]+( [0-9*,/A-Z-]+){4}$",
        max_length=100,
    ),
]


class Access(Section):
    """One thing that is needed: all rights, connections and keys that it takes follow from it."""

    to: Target = Field(description="What is needed: `postgres`, `secret.google-oauth`, `key.data`.")
    verb: Word = Field(alias="as", description="What is done with it. Which words there are depends on what it is.")
    prefix: Prefix = Field(
        default="", description="Only what begins with this, in a thing that holds others. May be left out: everything in it."
    )

    @property
    def need(self) -> Need:
        """The entry as components know it."""
        return Need(to=self.to, verb=self.verb, prefix=self.prefix)


class Size(Section):
    """What a task has to itself. Fargate knows only certain pairs."""

    cpu: Annotated[int, Field(ge=256, le=16384)] = Field(description="CPU units; 1024 are one virtual CPU.")
    memory_mb: Annotated[int, Field(ge=512, le=122880)] = Field(description="Memory in MiB.")


class Machine(Section):
    """What machines a service runs on."""

    types: tuple[
        Annotated[str, text("an instance type such as t3.micro", pattern=r"^[a-z][a-z0-9-]*\.[a-z0-9]+$", max_length=40)], ...
    ] = Field(min_length=1, description="Instance types that will do, the preferred one first.")
    spot_percent: Annotated[int, Field(ge=0, le=100)] = Field(
        description="How many of the machines may be Spot: cheap, and taken away at two minutes' notice."
    )
    disk_gb: Annotated[int, Field(ge=8, le=16384)] = Field(description="The size of the root volume.")


class Route(Section):
    """How the outside reaches a service."""

    load_balancer: Name = Field(default="public", description="Which of `loadBalancers`. May be left out: `public`.")
    paths: tuple[PathPattern, ...] = Field(
        min_length=1, max_length=MOST_PATHS, description="Which paths, each once on a load balancer."
    )
    priority: Annotated[int, Field(ge=1, le=50000)] = Field(description="Which rule is asked first: the lower number. Each once.")
    health: UrlPath = Field(description="The path that answers 200 while the service is well.")
    protocol: Literal["http", "websocket", "grpc"] = Field(
        default="http",
        description=(
            "What is spoken. `websocket` keeps a client with its target and lets connections end in peace. May be left out: "
            "`http`."
        ),
    )
    sign_in: bool = Field(
        default=False, description="Whether the load balancer lets only signed-in users through. May be left out: it does not."
    )
    slow_start_seconds: Annotated[int, Field(ge=0, le=900)] = Field(
        default=0,
        description="For how long a new target gets less than its share, from 30 on. May be left out: 0, its share at once.",
    )
    drain_seconds: Annotated[int, Field(ge=0, le=3600)] = Field(
        default=30, description="How long a target that goes may finish what it is at. May be left out: 30."
    )


class Stream(Section):
    """How connections from outside reach a service, whatever is spoken on them."""

    load_balancer: Name = Field(default="stream", description="Which of `loadBalancers`. May be left out: `stream`.")
    port: Port = Field(description="Where the load balancer listens. 443 where there is a domain.")


class Backlog(Section):
    """Scaling by what waits to be done."""

    queue: Name = Field(description="The queue of the worker, as its broker calls it.")
    per_task: Annotated[int, Field(ge=1)] = Field(description="How many waiting messages one task is good for.")


class Peak(Section):
    """A time when more, or less, is needed."""

    at: Cron = Field(description="When it begins, in the time zone of `schedule`.")
    least: Count = Field(description="The least number from then on.")
    most: Count = Field(description="The greatest number from then on.")


class Scaling(Section):
    """How many of a service there are."""

    least: Count = Field(description="The least number.")
    most: Count = Field(description="The greatest number.")
    cpu_percent: Percent | None = Field(default=None, description="The average CPU to keep to. May be left out: not looked at.")
    memory_percent: Percent | None = Field(
        default=None, description="The average memory to keep to, on ECS. May be left out: not looked at."
    )
    requests_per_target: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="How many requests a minute each is good for. May be left out: not looked at."
    )
    steps: bool = Field(
        default=False, description="Whether it grows by several at once when the CPU is far above. May be left out: it does not."
    )
    backlog: Backlog | None = Field(default=None, description="Scaling by what waits to be done. May be left out: not looked at.")
    predictive: Literal["off", "forecast", "scale"] = Field(
        default="off",
        description="Whether a forecast of the load is made, and acted upon. May be left out: `off`. Begin with `forecast`.",
    )
    peaks: tuple[Peak, ...] = Field(default=(), description="Times when more, or less, is needed. May be left out: none.")


class Service(Section):
    """One service."""

    runs_on: Runtime = Field(
        description="Where it runs: containers on `ecs`, machines on `ec2`, a function on `lambda`. Decides who takes its role."
    )
    workload: Name | None = Field(
        default=None, description="Whose cost it is: a tag on all that it is made of. May be left out: that of the platform."
    )
    image: Image | None = Field(
        default=None,
        description=(
            "What runs: `build:` a folder of this repository, where `containers.builds` is on; a `tag:` or digest of the "
            "service's own registry; or a `placeholder` that answers every request, until there is one. Needed on ecs and ec2."
        ),
    )
    size: Size | None = Field(default=None, description="What a task has to itself. Needed on ecs, and only there.")
    machine: Machine | None = Field(default=None, description="What machines it runs on. Needed on ec2, and only there.")
    port: Port | None = Field(default=None, description="Where it listens. May be left out: it does not.")
    command: tuple[Argument, ...] = Field(default=(), description="What is run in place of the image's own. May be left out.")
    environment: Mapping[Variable, str] = Field(
        default={}, description="Variables that anybody may see. What it connects to is told to it besides. May be left out."
    )
    secrets: Mapping[Variable, SecretPart] = Field(
        default={}, description="Variables that hold secrets, by what they hold; fetched at its start. May be left out."
    )
    sidecars: tuple[Literal["pgbouncer"], ...] = Field(
        default=(), description="Containers beside it in each task, on ecs. May be left out: none."
    )
    route: Route | None = Field(default=None, description="How requests from outside reach it. May be left out: not at all.")
    stream: Stream | None = Field(
        default=None, description="How connections from outside reach it straight. May be left out: not at all."
    )
    scaling: Scaling | None = Field(default=None, description="How many there are. Needed on ecs and ec2.")
    deployment: Literal["rolling", "blue-green"] = Field(
        default="rolling",
        description=(
            "How a new version takes over, on ecs: one by one, or at once after a test of the whole. May be left out: `rolling`."
        ),
    )
    stop_seconds: Annotated[int, Field(ge=2, le=120)] = Field(
        default=30, description="How long it has to finish what it is at when it is told to stop. May be left out: 30."
    )
    spot: bool = Field(default=False, description="Whether its tasks prefer Spot capacity, on ecs. May be left out: they do not.")
    reaches_internet: bool = Field(
        default=False, description="Whether it may open connections to the internet, on 443. May be left out: it may not."
    )
    always_on: bool = Field(
        default=False, description="Whether it runs out of hours too. May be left out: not where there are hours."
    )
    access: tuple[Access, ...] = Field(description="What it needs of the rest. It may do nothing else.")

    def needs_internet(self) -> Iterable[str]:
        """Its own way out."""
        return ("reachesInternet",) if self.reaches_internet else ()
