"""Settings for mypy's Django plugin, in a home beside its cache: mypy ends without tidying up."""

import os
from pathlib import Path

os.environ["REWARM_HOME"] = str(Path(__file__).resolve().parents[1] / ".mypy_cache" / "home")

from rewarm.settings import *  # noqa: E402, F403
