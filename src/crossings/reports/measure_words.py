"""Loads what says what happened to people: the triggers of ``measures.toml``.

A trigger may ask for a word near it. Words that serve several triggers are named once, as a group
(``@shelters``); groups hold nouns in the singular, whose plurals are made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crossings.reports.inflection import Inflection
from crossings.reports.lexicon import Trigger
from crossings.reports.phrases import Phrases
from crossings.reports.word_lists import entries, phrases_of, tree

_VERBS = {"object", "subject", "either"}


def triggers_of(
    table: Mapping[str, Any], nations: frozenset[str], inflection: Inflection
) -> Phrases[Trigger]:
    """The triggers of a language; ``@nations`` in its table stands for the names of peoples."""
    groups = {
        f"@{name}": frozenset(
            form for noun in phrases_of(text) for form in (noun, inflection.plural(noun))
        )
        for name, text in table["groups"].items()
    } | {"@nations": nations}
    named: list[tuple[str, Trigger]] = []
    for row in table["trigger"]:
        trigger = _trigger(row, groups)
        for phrase in _spelled_out(row["words"], table["groups"]):
            for form, written in _forms(row["role"], phrase, inflection).items():
                shown = "" if form == "many" else form
                named.append((written, replace(trigger, name=phrase, form=shown)))
    return tree(named)


def _spelled_out(text: str, groups: Mapping[str, str]) -> list[str]:
    """The phrases of a list; "@motion across" stands for one phrase for each word of the group."""
    found: list[str] = []
    for phrase in phrases_of(text):
        group, _, rest = phrase.partition(" ")
        if group.startswith("@"):
            found += [f"{word} {rest}" for word in phrases_of(groups[group[1:]])]
        else:
            found.append(phrase)
    return found


def _forms(role: str, phrase: str, inflection: Inflection) -> dict[str, str]:
    """The written forms of a trigger; the plural of a noun has no form of its own."""
    if role in _VERBS:
        return inflection.verb(phrase)
    if role == "noun" and inflection.plural(phrase) != phrase:
        return {"": phrase, "many": inflection.plural(phrase)}
    return {"": phrase}


def _trigger(row: Mapping[str, Any], groups: Mapping[str, frozenset[str]]) -> Trigger:
    """What the words of a row have in common; its sets of words are shared by all of them."""

    def words(key: str) -> frozenset[str]:
        found: set[str] = set()
        for word in entries(row.get(key, "")):
            found |= groups[word] if word.startswith("@") else {word}
        return frozenset(found)

    return Trigger(
        measure=row["measure"],
        role=row["role"],
        form="",
        cost=float(row.get("cost", 0.0)),
        name="",
        needs=words("needs"),
        beside=words("beside"),
        heads=words("heads"),
        in_phrase=bool(row.get("in_phrase")),
        without=words("without"),
        voice=row.get("voice", ""),
        transitive=bool(row.get("transitive")),
    )
