"""Compiled functions that keep the signature that we wrote, and the options all of them share.

Division follows numpy (x / 0 is infinite, no exception), which saves a branch at each division.
Compiled code is cached beside the module. The cache notices a change of the file of the function
itself, not of functions that it calls: after editing one of those, delete ``__pycache__``.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba as nb

# Threads meet after every piece of a step. By default those that are there first keep their
# processors busy until the last one comes: where other programs run beside them a forecast then
# takes ten times the processor time. They look a short while, then sleep. OpenMP reads this when
# the first threads start.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("GOMP_SPINCOUNT", "10000")

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile for use inside other compiled functions, and from Python in tests."""
    return cast(F, nb.njit(error_model="numpy")(function))


def inlined(function: F) -> F:
    """Compile as a part of every caller: for a formula that is used in several places."""
    return cast(F, nb.njit(inline="always", error_model="numpy")(function))


def inner(function: F) -> F:
    """Compile a piece of a kernel that makes no arrays, only changes those it is given.

    Such a piece need not count references: whoever calls it holds the arrays. Reading an array out
    of a named tuple, or handing one on, then costs nothing; with counting a step of the engine
    takes many times as long. It cannot be called from Python: the wrapper for that took a third of
    the time to compile.
    """
    options = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast(F, nb.njit(_nrt=False, error_model="numpy", **options)(function))


def hot(function: F) -> F:
    """The same, made part of whoever calls it.

    A call that hands on the arrays of a plan and of a state copies some hundreds of numbers, which
    takes longer than a short piece itself.
    """
    options = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "forceinline": True}
    return cast(F, nb.njit(_nrt=False, error_model="numpy", **options)(function))


def entry(function: F) -> F:
    """Compile an entry from Python and keep the result on disk."""
    return cast(F, nb.njit(cache=True, error_model="numpy")(function))


def free_entry(function: F) -> F:
    """The same, running beside other Python threads: it holds no lock and shares no array."""
    return cast(F, nb.njit(cache=True, nogil=True, error_model="numpy")(function))


def parallel_entry(function: F) -> F:
    """The same with ``nb.prange`` loops spread over threads."""
    return cast(F, nb.njit(cache=True, parallel=True, error_model="numpy")(function))
