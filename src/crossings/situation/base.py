"""What every record of a situation shares: canonical text, bounded fields, and ``known_at``.

Text is kept in one canonical form, so that a folder read, written and read again is the same
situation: without white space around it, with plain line feeds, without control characters; a list
has no empty entries, and none holds the ``;`` that separates them in the tables.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from crossings.situation.times import Moment

MAX_TEXT = 100_000
"""The longest text that a field may hold, in characters."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _split_list(value: Any) -> Any:
    """Entries of a list, from its one-line form (``a; b``) or from any sequence of texts."""
    parts = [value] if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        return value
    entries = (entry.strip() for part in parts for entry in part.split(";"))
    return tuple(entry for entry in entries if entry)


def clean_text(value: Any) -> Any:
    """Text with plain line feeds; anything but text as it is.

    Raises:
        ValueError: the text holds a control character other than tab and line feed.
    """
    if isinstance(value, tuple | list):
        return tuple(clean_text(entry) for entry in value)
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROL.search(text):
        raise ValueError("text without control characters")
    return text


Identifier = Annotated[str, Field(min_length=1, max_length=200)]
Word = Annotated[str, Field(min_length=1)]
"""Text that must not be empty."""
Texts = Annotated[tuple[str, ...], BeforeValidator(_split_list)]
"""A list of texts; ``"a; b"`` is understood too."""

CONFIG = ConfigDict(
    frozen=True,
    extra="forbid",
    str_strip_whitespace=True,
    str_max_length=MAX_TEXT,
    allow_inf_nan=False,
)


class Record(BaseModel):
    """A row of one of the tables: immutable, unknown values empty (``None`` or ``""``)."""

    model_config = CONFIG

    known_at: Moment

    @field_validator("*", mode="before")
    @classmethod
    def _canonical_text(cls, value: Any) -> Any:
        return clean_text(value)
