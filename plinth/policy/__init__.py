"""Which rules of `policy/` hold: the same rule objects as in the engine, on a Graph."""
