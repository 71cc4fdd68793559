"""What can go wrong, as one small tree.

::

    CrossingsError
    ├── InputError        something given cannot be used: file, row, field, found, expected
    ├── OutputError       a result could not be written; nothing half-written is left behind
    │   └── BusyError     somebody else is writing there; the same may work a little later
    └── InterruptedRunError   somebody stopped a long run; what is complete is kept
"""

from __future__ import annotations


class CrossingsError(Exception):
    """Base of every error that crossings raises on purpose; its text is fit to be shown."""


class InputError(CrossingsError):
    """Something given cannot be used. ``str()`` names what was found and what was expected."""


class OutputError(CrossingsError):
    """A result could not be written; nothing half-written is left behind."""


class BusyError(OutputError):
    """Somebody else is writing there; nothing was written, the same may work a little later."""


class InterruptedRunError(CrossingsError):
    """Somebody stopped a long run. ``str()`` says what is kept and how to go on."""
