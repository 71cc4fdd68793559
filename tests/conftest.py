"""How property tests are run."""

from __future__ import annotations

import os

from hypothesis import settings

# How long an example takes says something of the machine and of what numba compiles first. Where a
# change is judged, the examples are the same each time; elsewhere they differ and find more.
settings.register_profile("crossings", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("crossings")
