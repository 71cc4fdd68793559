"""An attribution found in a sentence, and which of several speaks for a word."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Cue:
    """One attribution: who speaks, through whom, for which tokens, and the rule that found it."""

    sources: list[str]
    via: str | None
    first: int
    last: int
    at: int
    """Token of the cue itself, to measure how near it is."""
    rule: str
    speaker: str = ""
    weak: bool = False
    """Whether the verb says by counting ("registered 500"): a verb of saying beside it wins."""


@dataclass(slots=True)
class Speakers:
    """Who spoke or was named last, for pronouns."""

    person: str = ""
    group: str = ""
    named: set[str] = field(default_factory=set)
    """Words of the names of persons so far, so that a surname alone is known."""


def choose(cues: list[Cue], position: int) -> Cue | None:
    """The cue that speaks for the token at ``position``: among those that do, the nearest."""
    fitting = [cue for cue in cues if cue.first <= position < cue.last]
    return min(fitting, key=lambda c: (c.weak, abs(c.at - position))) if fitting else None
