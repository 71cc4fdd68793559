"""Stage 5c: large numbers without a noun, which count people for want of anything else.

A large number without a noun, in a text that counts people, is hardly ever anything else. Small
ones are days, ages, pages and entries of lists. Of the first 24 numbers in labelled reports that
this rule took and no other, 22 were people; the two others were operations, and are now told by
the total of things before them.
"""

from __future__ import annotations

from crossings.reports.bare import ends_a_phrase
from crossings.reports.lexicon import Lexicon
from crossings.reports.records import Figure, Token
from crossings.reports.tolls import people_counted

LARGE = "bare, too large for anything else"
_EXACT = 200
_INEXACT = 20
"""From here on a number may count people: "214", "about 40"."""


def large_number(figure: Figure, tokens: list[Token], lexicon: Lexicon) -> bool:
    """Whether a number without a noun is too large to count anything but people.

    It holds in a sentence that has counted no things, of a text that speaks of people.
    """
    least = _EXACT if figure.qualifier == "exact" else _INEXACT
    if (figure.low or figure.high or 0) < least:
        return False
    beside = tokens[max(0, figure.first - 1) : figure.first] + tokens[figure.last :][:1]
    if any(token.kind == "number" for token in beside):
        return False  # "call 040 3596 053"
    after = tokens[figure.last] if figure.last < len(tokens) else None
    span = after is not None and after.low in lexicon.sets["before a span of time"]
    return (span or ends_a_phrase(after, lexicon)) and not _of_things(figure, tokens, lexicon)


def _of_things(figure: Figure, tokens: list[Token], lexicon: Lexicon) -> bool:
    """Whether a total of things stands before: "the number of operations exceeded 730"."""
    for position in range(figure.first - 1, -1, -1):
        token = tokens[position]
        if token.text == ";":
            return False
        if token.low in lexicon.rejections["things_hit"]:
            return True
        total = token.low in lexicon.rejections["toll_general"]
        if total and tokens[position + 1].low == "of":
            return people_counted(tokens, position + 1, figure.first, lexicon) is None
    return False
