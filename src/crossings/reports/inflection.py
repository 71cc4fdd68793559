"""Inflected forms of verbs and nouns, made from the rules of a language folder.

A rule replaces the ending of a word; the first whose ending fits is applied. Irregular words are
listed in the folder. The forms are ``base``, ``s``, ``ed`` (past), ``en`` (past participle) and
``ing`` for verbs, ``one`` and ``many`` for nouns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Rules = Sequence[Sequence[str]]


def changed(word: str, rules: Rules) -> str:
    """``word`` with its ending replaced by the first rule that fits, else unchanged."""
    for ending, replacement in rules:
        if word.endswith(ending):
            return word[: len(word) - len(ending)] + replacement
    return word


@dataclass(frozen=True, slots=True)
class Inflection:
    """The rules of one language, and its exceptions."""

    verb_s: Rules
    verb_ed: Rules
    verb_ing: Rules
    noun_many: Rules
    irregular_verbs: Mapping[str, Sequence[str]]
    """Lemma to its forms ed, en and, where it is irregular too, ing."""
    doubling: frozenset[str]
    """Verbs that double their last letter before -ed and -ing."""
    irregular_nouns: Mapping[str, str]
    known: dict[str, dict[str, str]] = field(default_factory=dict, repr=False, compare=False)
    """Forms made before: most phrases share their verb with others."""

    def verb(self, lemma: str) -> dict[str, str]:
        """The five forms of a verb; of a phrase ("set off") the first word is inflected."""
        head, _, rest = lemma.partition(" ")
        if not rest:
            return self._verb(head)
        forms = {name: f"{form} {rest}" for name, form in self._verb(head).items()}
        forms["base"] = lemma
        return forms

    def _verb(self, lemma: str) -> dict[str, str]:
        if lemma not in self.known:
            self.known[lemma] = self._inflected(lemma)
        return self.known[lemma]

    def _inflected(self, lemma: str) -> dict[str, str]:
        stem = lemma + lemma[-1] if lemma in self.doubling else lemma
        past = changed(stem, self.verb_ed)
        forms = {
            "base": lemma,
            "s": changed(lemma, self.verb_s),
            "ed": past,
            "en": past,
            "ing": changed(stem, self.verb_ing),
        }
        irregular = self.irregular_verbs.get(lemma)
        if irregular:
            forms.update(zip(("ed", "en", "ing"), irregular, strict=False))
        return forms

    def plural(self, noun: str) -> str:
        """The plural of a noun; of a phrase ("aid worker") the last word is inflected."""
        front, gap, head = noun.rpartition(" ")
        many = self.irregular_nouns.get(head) or changed(head, self.noun_many)
        return front + gap + many
