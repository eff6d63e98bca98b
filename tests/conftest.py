"""Before any test is collected: the SDK is imported the way the engine imports it, and a gap in a text is an error."""

import os

os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "true"

import plinth.engine.lazy_sdk  # noqa: F401 (the SDK reads the variable when it is imported)
