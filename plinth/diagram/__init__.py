"""A stack as a picture: `drawn` makes a `Diagram` of a `Graph`; `mermaid` and `svg` make text of it."""
