"""What a service in containers cannot be: each is refused with the key that is wrong and what would be right."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from stack.config.container_rules import cron_problem
from stack.config.document import KeyPath, read
from tests.config.stack_files import refusals
from tests.harness import ROOT, stacks

SERVICES, CONTAINERS = "plinth:services", "plinth:containers"
TRACED: KeyPath = ("plinth:observability", "tracing", "enabled")


def written(folder: Path, stack: str, changes: dict[KeyPath, Any]) -> Path:
    """A folder with the file of a stack, some values of it changed; None takes a key away."""
    values: dict[str, Any] = dict(read(ROOT, stack, "plinth").values)
    for path, value in changes.items():
        parent: Any = values
        for step in path[:-1]:
            parent = parent[step]
        if value is None:
            del parent[path[-1]]
        else:
            parent[path[-1]] = value
    (folder / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": values}))
    shutil.copy(ROOT / "Pulumi.yaml", folder)
    (folder / "images").symlink_to(ROOT / "images")
    return folder


def at(service: str, *keys: str | int) -> KeyPath:
    return (SERVICES, service, *keys)


CASES: dict[str, tuple[dict[KeyPath, Any], str]] = {
    "no image": ({at("booking", "image"): None}, "plinth:services.booking.image: is not given, but it runs on ecs"),
    "no size": ({at("booking", "size"): None}, "plinth:services.booking.size: is not given, but it runs on ecs"),
    "an illegal pair": (
        {at("booking", "size"): {"cpu": 256, "memoryMb": 4096}},
        "plinth:services.booking.size.memoryMb: Fargate has no 4096 MiB with 256 CPU units; one of 512, 1024, 2048",
    ),
    "illegal units": (
        {at("booking", "size"): {"cpu": 300, "memoryMb": 512}},
        "plinth:services.booking.size.cpu: Fargate has no tasks of 300 units; one of 256, 512,",
    ),
    "latest": (
        {at("booking", "image"): "tag:latest"},
        "plinth:services.booking.image: latest is another image every day; a digest, or a tag that keeps its meaning",
    ),
    "a size on a machine": (
        {at("websocket", "size"): {"cpu": 256, "memoryMb": 512}},
        "plinth:services.websocket.size: is given, but it runs on ec2; on ecs alone",
    ),
    "memory of a machine": (
        {at("websocket", "scaling", "memoryPercent"): 70},
        "plinth:services.websocket.scaling.memoryPercent: is given, but it runs on ec2; on ecs alone",
    ),
    "a sidecar on a machine": (
        {at("bot-api", "sidecars"): ["pgbouncer"]},
        'plinth:services["bot-api"].sidecars: is given, but it runs on ec2; on ecs alone',
    ),
    "turns on a machine": (
        {at("bot-api", "deployment"): "blue-green"},
        'plinth:services["bot-api"].deployment: is given, but it runs on ec2; on ecs alone',
    ),
    "a pool of nothing": (
        {at("catalogue", "sidecars"): ["pgbouncer"]},
        "plinth:services.catalogue.sidecars[0]: pools connections to nothing; with `{to: postgres, as: connect}`",
    ),
    "a sidecar twice": (
        {at("booking", "sidecars"): ["pgbouncer", "pgbouncer"]},
        "plinth:services.booking.sidecars[1]: pgbouncer is given twice; each once",
    ),
    "the port of the sidecar": (
        {at("booking", "port"): 6432},
        "plinth:services.booking.port: pgbouncer listens on 6432 already; another",
    ),
    "turns without a route": (
        {at("booking-worker", "deployment"): "blue-green"},
        'plinth:services["booking-worker"].deployment: blue-green, but nothing leads to it; with a route, or rolling',
    ),
    "turns behind a route that there is not": (
        {at("catalogue", "deployment"): "blue-green"},
        "plinth:services.catalogue.deployment: blue-green, but without a domain there is no TLS, and no route of gRPC; rolling,",
    ),
    "turns of a stream": (
        {at("collection", "deployment"): "blue-green", at("collection", "stream"): {"port": 8443}},
        "plinth:services.collection.deployment: blue-green, but its stream leads to one version alone; rolling, or no stream",
    ),
    "hours that never end": (
        {("plinth:schedule", "stop"): "07:00"},
        "plinth:schedule.stop: 07:00 is when services start; another time than start",
    ),
    "a backlog behind a route": (
        {at("booking", "scaling", "backlog"): {"queue": "default", "perTask": 20}},
        "plinth:services.booking.scaling.backlog: who answers requests has no backlog; without a route: a worker of its own",
    ),
    "requests without a route": (
        {at("booking-worker", "scaling", "requestsPerTarget"): 100},
        'plinth:services["booking-worker"].scaling.requestsPerTarget: no load balancer counts its requests; a route, by TLS',
    ),
    "limits the wrong way round": (
        {at("booking", "scaling", "least"): 3},
        "plinth:services.booking.scaling.most: 2 is less than the least number, 3; at least 3",
    ),
    "a peak the wrong way round": (
        {at("booking", "scaling", "peaks"): [{"at": "0 7 * * *", "least": 2, "most": 1}]},
        "plinth:services.booking.scaling.peaks[0].most: 1 is less than the least number, 2; at least 2",
    ),
    "a peak twice": (
        {at("booking", "scaling", "peaks"): [{"at": "0 7 * * *", "least": 1, "most": 2}] * 2},
        "plinth:services.booking.scaling.peaks[1].at: 0 7 * * * is given twice; each time once",
    ),
    "a time that there is not": (
        {at("booking", "scaling", "peaks"): [{"at": "0 25 * * *", "least": 1, "most": 2}]},
        "plinth:services.booking.scaling.peaks[0].at: '0 25 * * *': 25 is no hour; such as 0 7 * * 1-5",
    ),
    "steps without a measure": (
        {at("booking", "scaling"): {"least": 1, "most": 2, "steps": True}},
        "plinth:services.booking.scaling.steps: goes by the CPU; with cpuPercent",
    ),
    "a forecast without a measure": (
        {at("booking", "scaling"): {"least": 1, "most": 2, "predictive": "forecast"}},
        "plinth:services.booking.scaling.predictive: goes by the CPU; with cpuPercent",
    ),
    "the registry of the sidecar": (
        {at("pgbouncer"): {"runsOn": "lambda", "access": []}},
        "plinth:services.pgbouncer: is what the registry of the sidecar is called; another name",
    ),
    "a variable of the platform": (
        {at("booking", "environment"): {"PORT": "80"}},
        "plinth:services.booking.environment.PORT: is what the platform says itself; another name",
    ),
    "a variable of a store": (
        {at("booking", "environment"): {"POSTGRES_PASSWORD": "x"}},
        "plinth:services.booking.environment.POSTGRES_PASSWORD: is what the platform says itself; another name",
    ),
    "a variable that says where a bucket is": (
        {at("booking", "environment"): {"BUCKET_MEDIA": "x"}},
        "plinth:services.booking.environment.BUCKET_MEDIA: is what the platform says itself; another name",
    ),
    "a secret where a queue is said": (
        {at("booking-worker", "secrets", "QUEUE_JOBS"): "booking-django-key"},
        'plinth:services["booking-worker"].secrets.QUEUE_JOBS: is what the platform says itself; another name',
    ),
    "a variable that is a secret": (
        {at("booking", "environment"): {"DJANGO_SECRET_KEY": "x"}},
        "plinth:services.booking.environment.DJANGO_SECRET_KEY: is a secret as well; one of the two",
    ),
    "no way to a public image": (
        {
            ("plinth:networking", "nat"): "none",
            **{at(name, "reachesInternet"): None for name in ("booking", "booking-worker", "collection", "catalogue")},
            **{at(name): None for name in ("websocket", "bot-api", "bot-runner")},  # machines need a way out themselves
        },
        "plinth:services.catalogue.image: placeholder is a public image, and plinth:networking.nat is none",
    ),
    "traces without a way to the image": (
        {
            TRACED: True,
            ("plinth:networking", "nat"): "none",
            ("plinth:networking", "endpoints"): [*stacks()["dev"].config.networking.endpoints, "xray"],
            at("catalogue", "image"): "tag:v1",
            **{at(name, "reachesInternet"): None for name in ("booking", "booking-worker", "collection", "catalogue")},
            **{at(name): None for name in ("websocket", "bot-api", "bot-runner")},  # machines need a way out themselves
        },
        "plinth:observability.tracing.enabled: true, but the collector is a public image, and plinth:networking.nat is none",
    ),
    "traces without a way to X-Ray": (
        {TRACED: True, at("collection", "reachesInternet"): None},
        "plinth:observability.tracing.enabled: true, but nothing leads from collection to X-Ray; xray among plinth:networking",
    ),
    "the port of the collector": (
        {TRACED: True, at("collection", "port"): 4318},
        "plinth:services.collection.port: the collector of traces listens on 4318 already; another",
    ),
    "the name of the collector": (
        {TRACED: True, at("collector"): read(ROOT, "dev", "plinth").at((SERVICES, "collection")), at("collection"): None},
        "plinth:services.collector: is what the container that collects traces is called; another name",
    ),
    "a variable of traces": (
        {at("booking", "environment"): {"OTEL_SERVICE_NAME": "mine"}},
        "plinth:services.booking.environment.OTEL_SERVICE_NAME: is what the platform says itself; another name",
    ),
    "a collector of every day": (
        {("plinth:observability", "tracing", "collector"): "public.ecr.aws/aws-observability/aws-otel-collector:latest"},
        "plinth:observability.tracing.collector: latest is another image every day; a version",
    ),
    "a placeholder of every day": (
        {(CONTAINERS, "placeholder"): "public.ecr.aws/docker/library/nginx:latest"},
        "plinth:containers.placeholder: latest is another image every day; a version",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_cannot_be_deployed_is_refused_with_what_can(name: str, tmp_path: Path) -> None:
    changes, said = CASES[name]
    (found,) = refusals(written(tmp_path, "dev", changes))
    assert found.startswith(said)


def test_images_of_folders_that_are_not_there_are_refused_all_at_once_with_those_that_are(tmp_path: Path) -> None:
    changes: dict[KeyPath, Any] = {
        (CONTAINERS, "pgbouncer"): "build:nowhere/pgbouncer",
        at("booking", "image"): "build:images/djagno",
        at("collection", "image"): "build:images",
    }
    names = sorted(file.parent.name for file in (ROOT / "images").glob("*/Dockerfile"))
    allowed = f"a folder with a Dockerfile: {', '.join(f'images/{name}' for name in names)}"
    assert refusals(written(tmp_path, "dev", changes)) == [
        "plinth:containers.pgbouncer: build:nowhere/pgbouncer: there is no such folder; a folder with a Dockerfile",
        f"plinth:services.booking.image: build:images/djagno: there is no such folder; {allowed}",
        f"plinth:services.collection.image: build:images: there is no Dockerfile in that folder; {allowed}",
    ]


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_nothing_is_built_where_it_has_to_be_tested_first(stack: str, tmp_path: Path) -> None:
    (found,) = refusals(written(tmp_path, stack, {at("booking", "image"): "build:images/django"}), stack)
    where = "plinth:services.booking.image: build:images/django is built while the stack is deployed"
    assert found == f"{where}, and plinth:containers.builds is false; a digest, a tag, or placeholder"


@pytest.mark.parametrize(
    "cron", ["0 7 * * 1-5", "*/5 * * * *", "30 18 1 * *", "0 7 * 1,6 *", "0 7-9 * * MON-FRI", "0 0 * * SUN", "0-30/10 * * * *"]
)
def test_what_schedulers_of_aws_understand_is_let_through(cron: str) -> None:
    assert cron_problem(cron) == ""


@pytest.mark.parametrize(
    ("cron", "problem"),
    [
        ("0 7 1 * 1", "a day and a weekday are given"),
        ("0 7 * * */2", "an interval of weekdays"),
        ("60 7 * * *", "60 is no minute"),
        ("0 24 * * *", "24 is no hour"),
        ("0 7 0 * *", "0 is no day"),
        ("0 7 * 13 *", "13 is no month"),
        ("0 7 * * 7", "7 is no weekday"),
        ("0 7 * * 5-1", "5-1 is no weekday"),
        ("0 7 * MON *", "MON is no month"),
        ("0 */0 * * *", "*/0 is no hour"),
    ],
)
def test_what_they_do_not_is_a_problem(cron: str, problem: str) -> None:
    assert cron_problem(cron).startswith(problem)


def test_images_are_kept_encrypted_or_not_at_all(tmp_path: Path) -> None:
    changes: dict[KeyPath, Any] = {("plinth:keys", "purposes"): ["data", "secrets", "backup", "config"]}
    found = refusals(written(tmp_path, "dev", changes))
    assert "plinth:keys.purposes: there is no key storage, but images are kept; storage as well" in found
