"""The Pulumi program: the stack's configuration, the platform it asks for, its outputs."""

from stack.config.engine import load
from stack.exports import publish
from stack.program import build

publish(build(load()))
