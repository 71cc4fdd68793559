"""Stage 5b: whether a number without a noun counts people.

It does beside a verb or state that only people take ("12 were injured", "wounded a further 400"),
in a list of such figures, as a part or an earlier value of one, as a total, or in brackets after
them.
"""

from __future__ import annotations

from itertools import pairwise

from crossings.reports.counted import Count
from crossings.reports.lexicon import Lexicon
from crossings.reports.measures import Verdict, measure_by_name
from crossings.reports.names import is_capital
from crossings.reports.records import Figure, Token
from crossings.reports.signs import helpers_before
from crossings.reports.tolls import Toll

RESTATED = "bare, a total given again"
_QUOTES = {'"', "“", "”", "‘", "'"}
CONTINUED = "bare, after a verb of counting"
BRACKETED = "bare, in brackets after the people counted"
PARTS = {
    "bare, the subject: some of them",
    "bare, the rest of them",
    "bare, by sex",
    "bare, a row of people",
}
"""Reasons by which a number counts some of those before."""
_COUNTING_PHRASES = (
    ["account", "for"],
    ["accounts", "for"],
    ["accounted", "for"],
    ["accounting", "for"],
    ["lead", "with"],
    ["list", "with"],
    ["us", "to"],
    ["to", "reach"],
)
"""Two words after which a number goes on counting, as in "that brings us to 4,300"."""

_ENDING = {
    "preposition", "conjunction", "auxiliary", "modal", "adverb", "be", "verb", "maybe_verb",
    "determiner", "relative",
}  # fmt: skip
_LABEL = 8
"""The longest label of a row, in tokens."""


def bare_reason(
    figure: Figure,
    verdict: Verdict,
    tie: str,
    tied: bool,
    tokens: list[Token],
    found: list[Count],
    toll: Toll | None,
    earlier: list[Count],
    lexicon: Lexicon,
) -> str | None:
    """Why a number without a noun counts people, or nothing if it does not."""
    after = tokens[figure.last] if figure.last < len(tokens) else None
    ends = ends_a_phrase(after, lexicon)
    sign = verdict.sign
    if sign is not None:
        reason = _by_sign(figure, verdict, tokens, ends, bool(found or earlier))
        if reason is not None:
            return reason
    if after is not None and after.low in {"who", "whom"}:
        return "bare, who"
    if figure.kind == "vague" and (figure.low or 0) >= 20 and ends:
        return "bare plural"
    changed = tie == "prior" and (tied or toll or _of_a_total(figure, verdict))
    if (tie == "part" or changed) and ends:
        return f"bare, tied ({tie})"
    if ends and found:
        reason = _beside_earlier(figure, verdict, tie, tokens, found[-1], lexicon)
        if reason is not None:
            return reason
    if sign is not None and ends and _at_a_rate(figure, tokens):
        return f"bare, at a rate of, {sign.trigger.name}"
    if toll is not None and (after is None or after.low not in lexicon.places.nouns):
        return f"bare, a toll: {toll.name}"
    reason = None
    if ends and figure.first:
        reason = _in_a_row(figure, verdict, tokens, found, earlier, lexicon)
    if reason is None and ends and (found or earlier):
        reason = _continued(figure, tokens, lexicon)
    if reason is None and _in_brackets(figure, tokens, lexicon):
        reason = BRACKETED
    return reason


def _of_a_total(figure: Figure, verdict: Verdict) -> bool:
    """As in "entries had gone down from 30,000": what a noun before it counts has changed."""
    sign = verdict.sign
    return sign is not None and sign.trigger.role == "noun" and sign.last <= figure.first


def _at_a_rate(figure: Figure, tokens: list[Token]) -> bool:
    """As in "they were crossing at a rate of 4,000 a day"."""
    before = [token.low for token in tokens[max(0, figure.first - 2) : figure.first]]
    return before in (["rate", "of"], ["average", "of"], ["pace", "of"])


def _in_a_row(
    figure: Figure,
    verdict: Verdict,
    tokens: list[Token],
    found: list[Count],
    earlier: list[Count],
    lexicon: Lexicon,
) -> str | None:
    """Why a number counts people after a label: "Rescued so far: 3,690", "female 4,035"."""
    sign, before = verdict.sign, tokens[figure.first - 1]
    labelled = figure.first <= _LABEL and before.text == ":"
    if labelled and sign is not None and sign.last < figure.first:
        return f"bare, a row: {sign.trigger.name}"
    if found and before.low in lexicon.sets["sexes and ages"] and figure.kind != "range":
        return "bare, by sex"
    if (found or earlier) and _after_people(figure, tokens, lexicon):
        return "bare, a row of people"
    if (sign is not None or found or earlier) and _figure_of(figure, tokens, lexicon):
        return "bare, the figure of"
    return None


def _beside_earlier(
    figure: Figure,
    verdict: Verdict,
    tie: str,
    tokens: list[Token],
    previous: Count,
    lexicon: Lexicon,
) -> str | None:
    """Why a number counts people beside another figure of its sentence: a list, shares of it."""
    if tie == "list" and previous.measure != "other" and _plain_list(figure, previous, tokens):
        return "bare, in a list"
    if tie == "list" and verdict.sign is not None and verdict.cost <= 0.8:
        return f"bare, in a list, {verdict.sign.trigger.name}"
    if _apportioned(figure, previous, tokens):
        return "bare, a share of those before"
    return "bare, in a list of places" if _with_place(figure, tokens, lexicon) else None


def _apportioned(figure: Figure, previous: Count, tokens: list[Token]) -> bool:
    """As in "three children died – one after ..., and two when ..."."""
    whole = previous.tied_to if previous.why.get("noun", "").endswith("those before") else previous
    size = figure.high or 0
    fits = whole is not None and 0 < size <= (whole.figure.high or 0) and figure.kind == "words"
    if not fits or figure.first == 0:
        return False
    before = tokens[figure.first - 1]
    if previous is whole:
        return before.text in {"–", "—", ":", "-"}
    return before.low in {"and", ","}


def ends_a_phrase(after: Token | None, lexicon: Lexicon) -> bool:
    """Whether what follows a number is no noun that it could count."""
    if after is None or after.kind == "sign":
        return True
    return bool(after.classes & _ENDING) or after.low in lexicon.sets["follows a bare number"]


def _by_sign(
    figure: Figure, verdict: Verdict, tokens: list[Token], ends: bool, of_people: bool
) -> str | None:
    """A verb or state beside the number that only people take."""
    sign = verdict.sign
    if sign is None:
        return None
    after = sign.first >= figure.last
    if verdict.measure != "other":
        if after and sign.first - figure.last <= 14 and verdict.cost <= 1.5:
            return f"bare, then {sign.trigger.name}"
        if not after and verdict.cost <= 0.8 and ends:
            return f"bare, after {sign.trigger.name}"
    if after and sign.trigger.role == "state" and sign.first == figure.last and verdict.cost <= 0.6:
        return f"bare, then {sign.trigger.name}"
    if after and verdict.cost <= 0.8:
        passive = "be" in helpers_before(tokens, sign.first)
        if figure.kind == "vague" or (passive and sign.trigger.name not in _THINGS_TOO):
            return f"bare, then {sign.trigger.name}"
    subject = after and sign.trigger.role == "subject" and of_people
    if subject and verdict.cost <= 0.8:
        return f"bare, then {sign.trigger.name}"
    if not after and of_people and ends and verdict.cost <= 0.55:
        return f"bare, after {sign.trigger.name}"
    return None


def _figure_of(figure: Figure, tokens: list[Token], lexicon: Lexicon) -> bool:
    """As in "the figure of 103,000 refers to people who", "the largest share, 2.97 million"."""
    if _named_share(figure, tokens) or _a_figure_follows(figure, tokens, lexicon):
        return True
    if "estimate" in [token.low for token in tokens[figure.first : figure.last]]:
        return True  # "arrived at an estimate of 4,645"
    before = [token.low for token in tokens[max(0, figure.first - 2) : figure.first]]
    return before[-1:] == ["of"] and before[0] in lexicon.sets["nouns of totals"]


def _a_figure_follows(figure: Figure, tokens: list[Token], lexicon: Lexicon) -> bool:
    """As in "it was replaced by 2,975, a figure taken from a study"."""
    ahead = [token.low for token in tokens[figure.last : figure.last + 3]]
    return (
        ahead[:2] == [",", "a"] and ahead[2:] != [] and ahead[2] in lexicon.sets["nouns of totals"]
    )


def _named_share(figure: Figure, tokens: list[Token]) -> bool:
    """As in "Turkey hosts the largest share, 2.97 million, ..."."""
    if figure.first < 2 or tokens[figure.first - 1].text not in {",", "–", "—", ":"}:
        return False
    window = tokens[max(0, figure.first - 7) : figure.first]
    if any(
        a.low in {"figure", "number", "total", "toll"} and b.low in {"for", "in", "of"}
        for a, b in pairwise(window)
    ):
        return True  # "The figure for Tigray, 1.8 million", "The number of IDPs in Serbia, 97,000"
    return tokens[figure.first - 2].low in {
        "share", "number", "total", "group", "contingent", "majority", "population", "most",
    }  # fmt: skip


def _with_place(figure: Figure, tokens: list[Token], lexicon: Lexicon) -> bool:
    """As in "followed by Lebanon with just over one million and Jordan with 657,000"."""
    if [token.low for token in tokens[max(0, figure.first - 2) : figure.first]] == ["alone", "at"]:
        return True
    return (
        figure.first > 1
        and tokens[figure.first - 1].low in lexicon.sets["has people"]
        and tokens[figure.first - 2].text[0].isupper()
    )


def _continued(figure: Figure, tokens: list[Token], lexicon: Lexicon) -> str | None:
    """A number that goes on counting the people of an earlier figure."""
    following = tokens[figure.last : figure.last + 4]
    more = bool(following) and following[0].low in {"more", "others"}
    if more and any(token.classes & {"auxiliary", "modal"} for token in following[1:]):
        return "bare, more of them"
    before = [token.low for token in tokens[max(0, figure.first - 12) : figure.first]]
    if before[-2:] == ["the", "remaining"] or before[-2:] == ["the", "other"]:
        return "bare, the rest of them"
    if before[-1:] == [":"] and _only_time(tokens[: figure.first - 1], lexicon):
        return RESTATED
    len_before = len(before)
    while before and _opening(tokens[figure.first - 1 - (len_before - len(before))], lexicon):
        before.pop()
    opens = figure.first > 1 and tokens[0].low == "of" and tokens[figure.first - 1].text == ","
    opens = opens or _adjunct(tokens[: figure.first])
    modal = bool(following) and "modal" in following[0].classes
    if modal:
        return "bare, more of them"
    if opens or not before or before[-1] in lexicon.sets["starts a clause"]:
        return "bare, the subject: some of them" if _is_subject(following, lexicon) else None
    if before[-1] in lexicon.sets["counting forms"] or before[-2:] in _COUNTING_PHRASES:
        return CONTINUED
    return RESTATED if _restates(before, lexicon) else None


def _after_people(figure: Figure, tokens: list[Token], lexicon: Lexicon) -> bool:
    """As in "Egyptians 51 230, Tunisians 17 388", "Haitians (36,110)"."""
    bracket = tokens[figure.first - 1].text == "("
    noun = figure.first - 1 - bracket
    after = tokens[figure.last].text if figure.last < len(tokens) else "."
    if noun < 0 or after not in {",", ".", ";", ")"} or (bracket and after != ")"):
        return False
    hit = lexicon.people.at(tokens, noun)
    joined = not bracket and tokens[noun].low == "for" and noun > 0
    if joined and any(token.low in lexicon.sets["accounts"] for token in tokens[:noun]):
        hit = lexicon.people.at(tokens, noun - 1)
        return hit is not None and hit[1][0].plural
    named = hit is not None and hit[1][0].plural and is_capital(tokens[noun])
    return named or (tokens[noun].low == "others" and not bracket)


def _adjunct(tokens: list[Token]) -> bool:
    """Whether a sentence opens with where or when only: "At the transit centre 8,000 are"."""
    return (
        bool(tokens)
        and "preposition" in tokens[0].classes
        and "preposition" not in tokens[-1].classes
        and len(tokens) <= _LABEL + 4
        and not any(token.classes & {"verb", "be", "have", "modal"} for token in tokens)
    )


def _only_time(tokens: list[Token], lexicon: Lexicon) -> bool:
    """As in "Today by 07:00: 29,700"."""
    return bool(tokens) and all(
        token.kind in {"number", "sign"} or token.low in lexicon.times | {"by", "at", "on", "until"}
        for token in tokens
    )


def _opening(token: Token, lexicon: Lexicon) -> bool:
    """Whether a word only opens a sentence: an adverb or a time."""
    when = token.low in lexicon.times or token.low in {"by", "on"}
    return "adverb" in token.classes or when or token.text == ","


def _is_subject(following: list[Token], lexicon: Lexicon) -> bool:
    """Whether "have settled", "were taken" follows, and nothing that happens to things."""
    if len(following) < 2 or not following[0].classes & _FINITE:
        return False
    if following[0].low.endswith("s") and not following[0].classes & {"be", "have"}:
        return False
    return not any(token.low in lexicon.rejections["things_hit"] for token in following)


def _restates(before: list[str], lexicon: Lexicon) -> bool:
    """Whether a total is given again: "put the figure at", "the company says", "it was"."""
    words = [word for word in before if word not in _QUOTES | lexicon.sets["hedging"]]
    if not words:
        return False
    spoken = words[-2:-1] if words[-1] in {"of", "on", "to"} else words[-1:]
    if any(word in lexicon.speech.verbs and word not in lexicon.speech.nouns for word in spoken):
        return True
    if "there" in words[-3:-1] and words[-1] in {"been", "were", "are"}:
        return True  # "in 2014 there had been 282,000"
    if words[-1] == "at" and words[-2:-1] in (["was"], ["is"], ["stood"], ["stands"], ["remains"]):
        return True
    if (
        words[-1] == "to"
        and words[-2:-1] == ["it"]
        and words[-3:-2]
        and (words[-3] in lexicon.rejections["change"])
    ):
        return True  # "..., taking it to 101,318"
    general = (lexicon.rejections["toll_general"] | {"toll"}) - {words[-1]}
    if any(word in general and after == "of" for word, after in pairwise(words)):
        return False  # of what, has been looked at as a total
    if words[-1] == "from" and lexicon.rejections["change"] & set(words):
        return bool(general & set(words))
    verbs = lexicon.rejections["toll_verbs"]
    if _may_reach(words, lexicon):
        return True
    if words[-1] in verbs and any(
        word in lexicon.sets["stands for a total"]
        and words[-4:][index + 1 : index + 2]
        and words[-4:][index + 1] in verbs
        for index, word in enumerate(words[-4:-1])
    ):
        return True  # "It stood at more than 240 on Monday."
    reached = words[-1] in verbs
    return reached and (bool(general & set(words)) or words[-2:] in (["it", "was"], ["it", "is"]))


def _may_reach(words: list[str], lexicon: Lexicon) -> bool:
    """As in "it could exceed", "it might climb to": a pronoun, a modal and a verb of reaching."""
    verbs, change = lexicon.rejections["toll_verbs"], lexicon.rejections["change"]
    end = len(words) - (words[-1] in {"to", "at", "past", "beyond", "above"})
    if end < 3 or words[end - 1] not in verbs | change:
        return False
    before = words[max(0, end - 4) : end - 1]
    return any(
        word in lexicon.sets["stands for a total"]
        and lexicon.classes.get(after, frozenset()) & {"modal", "have"}
        for word, after in pairwise(before)
    )


_FINITE = {"be", "have", "modal", "verb", "maybe_verb"}


def _in_brackets(figure: Figure, tokens: list[Token], lexicon: Lexicon) -> bool:
    """A number alone in brackets, after people it tells the number of."""
    alone = (
        figure.first > 0
        and figure.last < len(tokens)
        and tokens[figure.first - 1].text == "("
        and tokens[figure.last].text == ")"
    )
    large = (figure.high or figure.low or 0) >= 1000 and figure.qualifier != "exact"
    return alone and large and noun_before(figure, tokens, lexicon) is not None


def noun_before(figure: Figure, tokens: list[Token], lexicon: Lexicon) -> Verdict | None:
    """The last noun before the figure that says by itself what happened to people."""
    named = measure_by_name(tokens[: figure.first], lexicon, last=True)
    return Verdict(named, 1.5, "a people noun earlier in the sentence") if named else None


_THINGS_TOO = {"affect", "hit", "impact", "cut off", "isolate", "threaten", "target", "supply"}


def _plain_list(figure: Figure, previous: Count, tokens: list[Token]) -> bool:
    """Whether a figure and the one before it are entries of one list."""
    between = tokens[previous.head.end : figure.first]
    following = tokens[figure.last : figure.last + 4]
    located = len(following) > 1 and "preposition" in following[0].classes
    located = located and any(token.text[0].isupper() for token in following[1:])
    return len(between) <= 14 and (located or not any("verb" in token.classes for token in between))
