"""What is to come: observation model, filter, components and their pool.

The room has the name of its one entry, and can be called in its place: ``crossings.forecast(...)``
is the same as ``crossings.forecast.forecast(...)``, whichever modules were imported before.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from types import ModuleType
from typing import Any


class _Room(ModuleType):
    """A package that can be called like its function of the same name."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.forecast(*args, **kwargs)

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.signature(self.forecast)


def __getattr__(name: str) -> Any:
    # Loaded when first used: the compiled kernels behind it take a second.
    if name == "forecast":
        return importlib.import_module("crossings.forecast.issue").forecast
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


sys.modules[__name__].__class__ = _Room
