"""What can go wrong, as one small tree.

::

    CrossingsError
    ├── InputError        something given cannot be used: file, row, field, found, expected
    └── OutputError       a result could not be written; nothing half-written is left behind
"""

from __future__ import annotations


class CrossingsError(Exception):
    """Base of every error that crossings raises on purpose; its text is fit to be shown."""


class InputError(CrossingsError):
    """Something given cannot be used. ``str()`` names what was found and what was expected."""


class OutputError(CrossingsError):
    """A result could not be written; nothing half-written is left behind."""
