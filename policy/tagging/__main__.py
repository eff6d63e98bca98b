"""The policy pack `tagging`: tags and names. Rules: policy/catalogue.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # the engine starts a pack in its own folder

from policy.crossguard import serve
from policy.rules.tags import missing_tags

serve("tagging", missing_tags)
