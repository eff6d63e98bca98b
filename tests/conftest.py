"""Before any test is collected: the SDK is imported the way the engine imports it, and a gap in a text is an error."""

import importlib
import os

from hypothesis import settings

os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "true"
importlib.import_module("plinth.engine.lazy_sdk")
settings.register_profile("plinth", deadline=None)  # a busy machine is no counter-example
settings.load_profile("plinth")
