"""How long the first deployment of a Graph takes: durations a type, put along its dependencies."""
