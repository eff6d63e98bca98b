"""The typed combinators, inside a program."""

import pulumi

from components.core.outputs import both, gather, gather_map
from plinth.engine.recording import run
from plinth.engine.values import SECRET
from tests.harness import ROOT


def test_outputs_are_combined_with_their_values_and_stay_secret() -> None:
    def program() -> None:
        one, two = pulumi.Output.from_input("a"), pulumi.Output.from_input(2)
        pulumi.export("both", both(one, two, lambda text, number: text * number))
        pulumi.export("list", gather([one, "b"]))
        pulumi.export("map", gather_map({"x": one, "y": "b"}))
        pulumi.export("hidden", both(pulumi.Output.secret("k"), two, lambda text, number: text * number))

    graph = run(program, project="plinth", stack="test", folder=ROOT)
    assert graph.outputs == {"both": "aa", "list": ["a", "b"], "map": {"x": "a", "y": "b"}, "hidden": SECRET}
