"""A service and its stores, deployed on the emulated AWS: what others change while it runs, and what becomes of data."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from plinth.changes.cascade import changes
from plinth.changes.facts import table
from plinth.changes.model import Kind
from plinth.engine.graph import name_of
from plinth.engine.plans import read_plan
from plinth.engine.recording import record
from tests.engine.real import NEEDED, with_engine
from tests.engine.test_changes import of_ours, of_the_engine
from tests.engine.test_up import NOT_SERVED
from tests.harness import deployable, lean, replace_in

pytestmark = NEEDED

OTHERS = """
import boto3

ecs, elb = boto3.client("ecs"), boto3.client("elbv2")
(cluster,) = ecs.list_clusters()["clusterArns"]
(service,) = ecs.list_services(cluster=cluster)["serviceArns"]
ecs.update_service(cluster=cluster, service=service, desiredCount=7)
(balancer,) = elb.describe_load_balancers()["LoadBalancers"]
for listener in elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]:
    for rule in elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]:
        for action in rule["Actions"]:
            groups = action.get("ForwardConfig", {}).get("TargetGroups", [])
            if len(groups) == 2:
                weights = sorted(group["Weight"] for group in groups)
                for group in groups:
                    group["Weight"] = 100 - group["Weight"]
                elb.modify_rule(RuleArn=rule["RuleArn"], Actions=[action])
                print("swapped", weights)
print("wanted", ecs.describe_services(cluster=cluster, services=[service])["services"][0]["desiredCount"])
"""
"""What scales a service does, and what swaps its two versions."""
RULES = """
import boto3

elb = boto3.client("elbv2")
(balancer,) = elb.describe_load_balancers()["LoadBalancers"]
for listener in elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]:
    for rule in elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]:
        if not rule["IsDefault"]:
            print(sorted(group["Weight"] for group in rule["Actions"][0]["ForwardConfig"]["TargetGroups"]))
"""
"""Says to how many versions the rules lead, and how much of the requests each gets."""
DEPLOYED = f"""
set -e
pulumi stack init dev
pulumi up -s dev --yes --skip-preview --non-interactive > up.txt
pulumi stack export -s dev > state.json
AWS_DEFAULT_REGION=us-east-1 {sys.executable} ../others.py > others.txt
pulumi refresh -s dev --yes --skip-preview --non-interactive > refresh.txt
pulumi stack export -s dev > refreshed.json
pulumi preview -s dev --json --show-sames > preview.json
"""
TO_ONE_AND_BACK = f"""
(cd ../rolling && pulumi up -s dev --yes --skip-preview --non-interactive > up.txt)
AWS_DEFAULT_REGION=us-east-1 {sys.executable} ../rules.py > ../rolling/rules.txt
pulumi up -s dev --yes --skip-preview --non-interactive > back.txt
AWS_DEFAULT_REGION=us-east-1 {sys.executable} ../rules.py > rules.txt
"""


def of_the_stack_file(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    file = folder / "Pulumi.dev.yaml"
    values: dict[str, Any] = yaml.safe_load(file.read_text())
    change(values["config"])
    file.write_text(yaml.safe_dump(values, sort_keys=False))


def reduce(folder: Path) -> None:
    """Leaves one service, whose versions take turns, its load balancer, and the database and the cache that it uses."""
    file = folder / "Pulumi.dev.yaml"
    whole: dict[str, Any] = yaml.safe_load(file.read_text())["config"]
    lean(file)

    def put_back(config: dict[str, Any]) -> None:
        access = [{"to": "postgres", "as": "connect"}, {"to": "redis", "as": "connect"}]
        booking = {**whole["plinth:services"]["booking"], "image": "placeholder", "deployment": "blue-green", "access": access}
        config["plinth:services"] = {"booking": booking}
        config["plinth:loadBalancers"] = {"public": whole["plinth:loadBalancers"]["public"]}
        for store in ("postgres", "redis"):
            config["plinth:data"][store] = whole["plinth:data"][store]

    of_the_stack_file(folder, put_back)


def plant_sizes(folder: Path) -> None:
    """Another class, another retention, one more node."""

    def change(config: dict[str, Any]) -> None:
        data = config["plinth:data"]
        data["postgres"] |= {"instanceClass": "db.t3.medium", "backupDays": 5}
        data["redis"] |= {"replicas": 1}

    of_the_stack_file(folder, change)


def plant_name(folder: Path) -> None:
    replace_in(folder / "components/data/database.py", r"db_name=args\.database if", 'db_name="other" if')


def plant_engine(folder: Path) -> None:
    replace_in(
        folder / "components/data/database.py",
        r"            engine=self\._engine\.name,",
        '            engine="aurora-postgresql",',
    )


def plant_subnets(folder: Path) -> None:
    """Other subnet groups, of the database and of the cache."""
    replace_in(folder / "components/data/database.py", r'self\._child\("subnets"\)', 'self._child("places")')
    replace_in(folder / "components/data/cache.py", r"-subnets\"", '-places"')


def plant_rolling(folder: Path) -> None:
    """Versions take turns no more."""

    def change(config: dict[str, Any]) -> None:
        config["plinth:services"]["booking"]["deployment"] = "rolling"

    of_the_stack_file(folder, change)


PLANTED: Mapping[str, Callable[[Path], None]] = {
    "sizes": plant_sizes,
    "name": plant_name,
    "engine": plant_engine,
    "subnets": plant_subnets,
    "rolling": plant_rolling,
}


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stack as it is, and in a folder for each planted change the engine's preview of it."""
    home = tmp_path_factory.mktemp("running")
    (home / "others.py").write_text(OTHERS)
    (home / "rules.py").write_text(RULES)
    for name in ("nothing", *PLANTED):
        (home / name).mkdir()
        folder = deployable(home / name)
        reduce(folder)
        PLANTED.get(name, lambda _: None)(folder)
    previews = "".join(f"(cd ../{name} && pulumi preview -s dev --json --show-sames > preview.json)\n" for name in PLANTED)
    done = with_engine(home / "nothing", DEPLOYED + previews + TO_ONE_AND_BACK, "--plan-only-types", ",".join(NOT_SERVED))
    assert done.returncode == 0, done.stdout + done.stderr
    return home


def kinds(deployed: Path, name: str) -> dict[str, Kind]:
    """What the engine does with each resource that does not stay as it is, by its name."""
    found = of_the_engine(deployed / name / "preview.json")
    return {name_of(urn): kind for urn, kind in found.items() if kind is not Kind.SAME}


@pytest.mark.requirement("CMP-23", part="the swap of versions is no drift")
def test_what_scales_a_service_and_swaps_its_versions_is_left_alone(deployed: Path) -> None:
    done = (deployed / "nothing" / "others.txt").read_text().splitlines()
    assert sorted(done) == ["swapped [0, 100]", "swapped [0, 100]", "wanted 7"]
    assert kinds(deployed, "nothing") == {}
    state = read_plan(deployed / "nothing" / "refreshed.json")
    (service,) = state.of_type("aws:ecs/service:Service")
    assert service.outputs["desiredCount"] == 7, "the refresh has seen it"


@pytest.mark.requirement("CMP-23", part="a service can begin to take turns, and stop")
def test_rules_lead_to_as_many_versions_as_there_are_whatever_was_before(deployed: Path) -> None:
    assert (deployed / "rolling" / "rules.txt").read_text().splitlines() == ["[100]"]
    assert (deployed / "nothing" / "rules.txt").read_text().splitlines() == ["[0, 100]", "[0, 100]"]
    assert kinds(deployed, "rolling")["route-booking-users"] is Kind.REPLACE


@pytest.mark.parametrize("planted", PLANTED)
def test_what_becomes_of_data_is_what_the_engine_plans(planted: str, deployed: Path) -> None:
    found = changes(read_plan(deployed / "nothing" / "state.json"), record(deployed / planted, "dev"), table())
    assert of_ours(found) == of_the_engine(deployed / planted / "preview.json")


def test_a_size_is_an_update_and_what_data_stands_in_is_made_anew(deployed: Path) -> None:
    assert kinds(deployed, "sizes") == {"postgres-primary": Kind.UPDATE, "cache-redis-group": Kind.UPDATE}
    for planted in ("name", "engine"):
        assert kinds(deployed, planted)["postgres-primary"] is Kind.REPLACE
    assert kinds(deployed, "subnets")["cache-redis-group"] is Kind.REPLACE
