"""The policy pack `guardrails`: logs, regions and databases. Rules: policy/catalogue.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # the engine starts a pack in its own folder

from policy.crossguard import serve

serve("guardrails")
