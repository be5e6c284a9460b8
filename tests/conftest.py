"""Makes `benchmarks` importable, which is no part of the installed package."""

import sys
from pathlib import Path

# Last, so that an installed placement_opt is what the tests see, not the one beside them.
sys.path.append(str(Path(__file__).parent.parent))
