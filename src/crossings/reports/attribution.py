"""Who speaks for a word of the text: its sentence's cues, a quotation, or a colon before it."""

from __future__ import annotations

from collections.abc import Sequence

from crossings.reports.cues import Cue, Speakers, choose
from crossings.reports.lexicon import Lexicon
from crossings.reports.quotations import quotation_groups
from crossings.reports.records import ReadClaim, Sentence
from crossings.reports.sources import cues_of


class Attribution:
    """The attributions of a whole text, found in one pass."""

    def __init__(self, text: str, sentences: Sequence[Sentence], lexicon: Lexicon) -> None:
        memory = Speakers()
        self._cues = [cues_of(sentence, memory, lexicon) for sentence in sentences]
        for cue in (cue for cues in self._cues for cue in cues):
            cue.sources = [_balanced(source) for source in cue.sources]
        self._groups = quotation_groups(text, list(sentences))
        self._quoted = [sentence.text[:1] in {'"', "“"} for sentence in sentences]
        self._announced = [sentence.text.endswith(":") for sentence in sentences]
        self._quoting: dict[int, Cue] = {}
        for found, group in zip(self._cues, self._groups, strict=True):
            if group is not None and found:
                self._quoting.setdefault(group, found[0])

    def cue(self, sentence: int, position: int) -> Cue | None:
        """The cue that speaks for the token at ``position`` of a sentence, by its index."""
        cue = choose(self._cues[sentence], position)
        if cue is not None:
            return cue
        group = self._groups[sentence]
        if group is not None and group in self._quoting:
            return self._quoting[group]
        if self._quoted[sentence]:
            for earlier in (sentence - 1, sentence - 2):
                if earlier >= 0 and self._cues[earlier]:
                    return self._cues[earlier][-1]
        # "X wrote on Twitter that the attack:" and the quoted words on lines of their own.
        if sentence and self._announced[sentence - 1] and not self._cues[sentence]:
            return next(reversed(self._cues[sentence - 1]), None)
        return None

    def inherit(self, claims: Sequence[ReadClaim]) -> None:
        """Give parts told in a sentence of their own the speaker of the whole.

        "The ombudsman said 200 were killed. Amongst them were 10 civilians."
        """
        for claim in claims:
            whole = claims[claim.part_of] if claim.part_of is not None else None
            if whole is None or claim.sources or not whole.sources:
                continue
            if not claim.why.get("part_of", "").endswith("(part)"):
                continue  # told for itself: "In Jomsom one of the survivors died."
            if claim.sentence - whole.sentence in (0, 1) and not self._cues[claim.sentence]:
                claim.sources, claim.via = list(whole.sources), whole.via
                claim.why["source"] = "that of the whole"


def _balanced(name: str) -> str:
    """A name whose bracket was cut off with the signs around it: "Agence France-Presse (AFP"."""
    return f"{name})" if name.count("(") > name.count(")") else name
