"""What another provider does to a resource."""

import pytest

from plinth.changes.model import Kind
from plinth.changes.paths import written
from plinth.engine.graph import Graph
from plinth.engine.values import Value
from tests.plinth.changes_graphs import change_of, compared, graph, kinds, thing


def with_provider(name: str, package: str = "aws", **settings: Value) -> Graph:
    provider = thing(name, f"pulumi:providers:{package}", **settings)
    return graph(provider, thing("a", provider=provider.urn))


@pytest.mark.parametrize(
    ("before", "after", "setting"),
    [
        ({"region": "us-east-1"}, {"region": "eu-west-1"}, "region"),
        ({"allowedAccountIds": '["1"]'}, {"allowedAccountIds": '["2"]'}, "allowedAccountIds[0]"),
        ({"profile": "one"}, {"profile": "two"}, "profile"),
        ({"assumeRoles": '[{"roleArn":"x"}]'}, {"assumeRoles": '[{"roleArn":"y"}]'}, "assumeRoles[0].roleArn"),
        ({}, {"assumeRoles": [{"roleArn": "y"}]}, "assumeRoles"),
    ],
)
def test_a_provider_that_works_elsewhere_replaces(before: dict[str, Value], after: dict[str, Value], setting: str) -> None:
    found = compared(with_provider("one", **before), with_provider("two", **after))
    (one,) = change_of(found, "a").properties
    assert (written(one.path), one.forced_by) == (
        "provider",
        f"Pulumi: a resource stays with its provider, whose {setting} is another",
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"region": "x", "version": "7.1.0"}, {"region": "x", "version": "7.51.1"}),
        ({"region": "x", "version": "7.1.0"}, {"region": "x", "version": "7.51.1", "pluginDownloadURL": "y"}),
        ({"region": "x"}, {"region": "x", "defaultTags": '{"tags":{}}', "skipRegionValidation": "true"}),
        ({}, {"region": "x", "allowedAccountIds": '["1"]'}),
        (
            {"assumeRoles": [{"roleArn": "x", "sessionName": "a"}]},
            {"assumeRoles": [{"roleArn": "x", "sessionName": "b"}]},
        ),
    ],
)
def test_a_provider_of_another_name_or_version_that_works_in_the_same_place_changes_nothing(
    before: dict[str, Value], after: dict[str, Value]
) -> None:
    assert kinds(compared(with_provider("default_7_1_0", **before), with_provider("default_7_51_1", **after))) == {}


def test_of_another_cloud_whatever_its_providers_differ_in_replaces() -> None:
    def on(name: str, **settings: Value) -> Graph:
        return with_provider(name, "kubernetes", **settings)

    one = {"context": "one", "version": "4"}
    assert kinds(compared(on("default_4", **one), on("default_5", context="one", version="5"))) == {}
    assert kinds(compared(on("default_4", **one), on("default_5", context="two", version="4"))) == {"a": Kind.REPLACE}
    assert kinds(compared(on("default_4", **one), with_provider("default_5"))) == {"a": Kind.REPLACE}
