"""Sentences of the server with their keys, so that a page can say them in its reader's language."""

from __future__ import annotations

import functools
from typing import Any

from crossings.forecast.sentences import NUMBERS, SENTENCES, Said, recognised
from crossings.publish.page_method import METHOD_TEXTS
from crossings.publish.view import WITHHELD

SERVER_TEXTS = SENTENCES | METHOD_TEXTS | WITHHELD
"""Every sentence that the server says, in English, with {places} for values."""


def told(text: str) -> dict[str, Any]:
    """A sentence for the page: ``text`` in English, and under ``said`` its keys and values.

    ``said`` is empty where the sentence is not one of :data:`SERVER_TEXTS`.
    """
    return {"text": text, "said": [_plain(one) for one in _recognised(text)]}


@functools.lru_cache(maxsize=4096)
def _recognised(text: str) -> tuple[Said, ...]:
    return recognised(text, SERVER_TEXTS)


def _plain(said: Said) -> dict[str, Any]:
    return {"key": said.key, "values": {k: _value(k, v) for k, v in said.values.items()}}


def _value(name: str, value: str | Said | tuple[Said, ...]) -> Any:
    """A value as JSON: numbers as such, since every language writes them in its own way."""
    if isinstance(value, Said):
        return _plain(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return float(value.replace(",", "")) if name in NUMBERS else value
