"""Which entry of a stack file a right or a connection follows from."""

import pytest

from plinth.access.connections import connections
from plinth.access.entries import asked_for, entry_of
from plinth.access.rights import access
from stack.config.document import read
from tests.harness import ROOT, STACKS, graphs, named, stacks


def test_a_right_leads_to_the_entry_that_asked_for_it() -> None:
    document = read(ROOT, "dev", "plinth")
    asked = asked_for(document, "plinth:services.collection")
    line = document.line(("plinth:services", "collection", "access", 2))
    assert asked["WriteBucketUploads"] == f"bucket.uploads as write (Pulumi.dev.yaml:{line})"
    assert asked["KeyWriteBucketUploads"] == asked["WriteBucketUploads"]
    graph = graphs()["dev"]
    role = named(graph, "service-collection-identity-role")
    rights = [right for right in access(graph).of(role.urn) if not right.sid.startswith("Session")]
    assert {entry_of(asked, right) for right in rights} == {asked["WriteBucketUploads"]}
    assert asked_for(None, "plinth:services.collection") == asked_for(document, "plinth:services.nobody") == {}


def test_what_no_entry_asked_for_leads_to_none() -> None:
    graph, asked = graphs()["dev"], asked_for(read(ROOT, "dev", "plinth"), "plinth:services.bot-runner")
    rights = {right.sid: right for right in access(graph).of(named(graph, "service-bot-runner-identity-role").urn)}
    assert {sid for sid, right in rights.items() if not entry_of(asked, right)} == {
        *("Agent", "AgentState", "Images", "Ready", "RecordStreams", "Records", "Registry"),  # which its machine needs
    }


def test_what_a_connection_or_a_secret_asks_for_leads_to_it() -> None:
    document = read(ROOT, "prod", "plinth")
    asked = asked_for(document, "plinth:services.booking-worker")
    role = named(graphs()["prod"], "task-booking-worker-starter-role")
    lines = {right.sid: entry_of(asked, right) for right in access(graphs()["prod"]).of(role.urn)}

    def told(sid: str) -> str:
        return lines[sid].partition(" (")[0]

    assert told("ReadFactsPostgres") == told("ReadSecretLoginPostgresBookingWorker") == "postgres as connect"
    assert told("ReadSecretRedis") == told("KeyReadSecretRedis") == told("ReadFactsRedis") == "redis as connect"
    assert told("ReadSecretBroker") == "broker as connect"
    assert told("ReadSecretBookingDjangoKey") == "secrets.DJANGO_SECRET_KEY"


@pytest.mark.parametrize("stack", STACKS)
def test_every_entry_that_connects_leads_to_a_pair_of_groups_and_every_pair_of_a_service_to_its_entry(stack: str) -> None:
    graph, document = graphs()[stack], read(ROOT, stack, "plinth")
    found = connections(graph, document)
    config = stacks()[stack].config
    twice = {"broker"} if not config.data.broker.enabled else set[str]()  # the cache is asked for by its own name, too
    entries = [entry for one in config.services.values() for entry in one.access if entry.verb in ("connect", "call")]
    wanted = sorted(f"{entry.to} as {entry.verb}" for entry in entries if entry.to not in twice)
    assert sorted(one.entry.partition(" (")[0] for one in found if one.entry) == wanted
    of_services = {(one.client, one.server) for one in found if one.client.startswith("firewall-service-") and not one.entry}
    assert {server for _, server in of_services} <= {"firewall-endpoints", "firewall-eks"}
    assert all(not one.entry for one in connections(graph))
