"""How property tests are run."""

from __future__ import annotations

from hypothesis import settings

# How long an example takes says something of the machine and of what numba compiles first.
settings.register_profile("crossings", deadline=None)
settings.load_profile("crossings")
