"""The noun phrase after a cue, as the name of a speaker or of who was told; and what trails off."""

from __future__ import annotations

from crossings.reports.names import Names, is_capital

REACH = 22
"""The longest noun phrase, in tokens."""
_INSIDE_NAMES = {"'", "’", "-", ".", "&", "/"}


class PhrasesAfter(Names):
    """Finds the noun phrases of one sentence that begin at a given token."""

    def phrase_after(self, first: int) -> tuple[int, int] | None:
        """The noun phrase that begins at ``first``."""
        tokens = self.tokens
        last = first
        while last < len(tokens) and last - first < REACH:
            if tokens[last].text == "(" and last + 2 < len(tokens) and tokens[last + 2].text == ")":
                last += 3  # (AFP)
            elif self._ends_phrase(last, first):
                break
            else:
                last += 1
        while last > first and (
            tokens[last - 1].classes & {"preposition", "conjunction", "determiner", "adverb"}
            or tokens[last - 1].text in {",", "'", "-"}
        ):
            last -= 1
        return (first, last) if last > first else None

    def _ends_phrase(self, position: int, first: int) -> bool:
        """Whether the noun phrase that began at ``first`` ends before ``position``."""
        token = self.tokens[position]
        if token.text == ",":
            return not self._apposition_follows(position, first)
        if token.kind == "sign":
            return token.text not in _INSIDE_NAMES
        if token.classes & {"be", "have", "modal", "relative", "clause_word"}:
            return True
        if position == first:
            return False
        following = self.tokens[position + 1] if position + 1 < len(self.tokens) else None
        if token.low == "to" and following is not None and "maybe_verb" in following.classes:
            return True  # told residents to leave
        ends = following is None or following.kind == "sign"
        plain = not self.tokens[position - 1].classes  # told a press briefing in Geneva
        ends = ends or (plain and following is not None and "preposition" in following.classes)
        noun = token.low.endswith("ing") and ends
        if "verb" in token.classes and not is_capital(token) and not noun:
            return not (token.low.endswith(("ed", "ing")) and self._attribute(position))
        if token.low in {"and", "or"}:
            return not self._joins_after(position)
        return self.is_time(position) and not self._inside_name(position)

    def _inside_name(self, position: int) -> bool:
        """As in "New York Times": a word of time inside a name."""
        return is_capital(self.tokens[position]) and is_capital(self.tokens[position - 1])

    def _apposition_follows(self, comma: int, first: int) -> bool:
        """As in "the head of the commission, Alsir Khaled" or "Keo Vy, cabinet chief for ..."."""
        tokens = self.tokens
        after = comma + 1
        if after >= len(tokens) or tokens[after].kind != "word":
            return False
        if tokens[after].low in {"and", "but", "as", "which", "who", "while", "with", "adding"}:
            return False
        ahead = tokens[after : after + 9]
        role = any(token.low in self._speech.speakers for token in ahead)
        role_before = any(
            token.low in self._speech.speakers for token in tokens[max(first, comma - 8) : comma]
        )
        if comma - first > 8:
            return False
        name_before = is_capital(tokens[comma - 1]) and not role_before
        return (name_before and role) or (
            role_before
            and is_capital(tokens[after])
            and after + 1 < len(tokens)
            and is_capital(tokens[after + 1])
        )

    def _joins_after(self, position: int) -> bool:
        after = self.tokens[position + 1 : position + 4]
        return any(is_capital(word) or word.low in self._speech.speakers for word in after)

    def told(self, after: int) -> str | None:
        """Who was told: "told the BBC", "told Radio Dabanga that"."""
        span = self.phrase_after(after)
        if span is None:
            return None
        name = self.text(*span)
        named = any(is_capital(token) for token in self.tokens[span[0] : span[1]])
        return (
            name
            if named and not name.lower().endswith(tuple(self._lexicon.sets["no relay"]))
            else None
        )

    def trails_off(self, after: int) -> bool:
        """Whether nothing is said after the verb: a time, a place, an occasion, then the end."""
        tokens = self.tokens
        for words, index in enumerate(range(after, len(tokens)), 1):
            token = tokens[index]
            if token.text in {".", "!", "?"} and index >= len(tokens) - 3:
                return True
            if token.text in {",", ";"} or token.low in {"as", "while", "adding", "and"}:
                return True
            if token.low in {"that", ":"} or token.text in {'"', "“", ":"}:
                return False
            if token.kind == "number" and not self._dates(index):
                return False
            if words > 12 or (words == 1 and not self._trailing(index)):
                return False
            noun = token.low.endswith("ing") or (
                token.low.endswith("ed")
                and self._low(index + 1) in self._lexicon.sets["after a participle"]
            )
            if token.classes & {"be", "have", "modal", "verb"} and words > 1 and not noun:
                return False
        return True

    def _dates(self, index: int) -> bool:
        """Whether a number can be part of a time: a day, an hour or a year."""
        text = self.tokens[index].text
        return len(text) <= 2 or ":" in text or "." in text or (len(text) == 4 and text.isdecimal())

    def _trailing(self, index: int) -> bool:
        token = self.tokens[index]
        return bool(
            token.low in self._lexicon.times
            or token.classes & {"preposition", "adverb"}
            or token.low in {"reporters", "here"}
            or self._speech.media.at(self.tokens, index) is not None
            or is_capital(token)
        )

    def _attribute(self, position: int) -> bool:
        """Whether a participle stands inside a noun phrase: "state-run", "the united party"."""
        following = self.tokens[position + 1] if position + 1 < len(self.tokens) else None
        before = self.tokens[position - 1] if position else None
        if is_capital(self.tokens[position]) and position:
            return True
        return (
            following is not None
            and following.kind == "word"
            and not following.classes & {"determiner", "preposition", "pronoun", "auxiliary"}
            and before is not None
            and bool(before.classes & {"determiner"} or before.low in {"'s", "of"})
        )
