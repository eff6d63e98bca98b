"""The policy pack `cost`: the estimate of a stack against its ceiling, in the engine. The check: policy/ceiling.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # the engine starts a pack in its own folder

from policy.ceiling import serve

serve()
