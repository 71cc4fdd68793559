"""Stage 11: which figures are part of others, and which count the same people again.

Explicit words come first ("including", "of whom", "four of them", "N of the M"). Then what follows
from what is counted: the displaced among the affected of one sentence, the dead of one province
among the dead of all, children or women after a total of the same measure. A part is never larger
than its whole. What is marked as a part must not be added to its whole.
"""

from __future__ import annotations

from crossings.reports.counted import HARM, Count
from crossings.reports.lexicon import Lexicon
from crossings.reports.records import ReadClaim

_AMONG_AFFECTED = {"displaced", "evacuated", "in_need", "sheltered", "fled", "returned"}
_PERSONS = {"people", "civilians", "women", "children", "soldiers"}
_FAMILIES = {"families", "households"}


def tie_claims(claims: list[ReadClaim], counts: list[Count], lexicon: Lexicon) -> None:
    """Set ``part_of`` and ``same_group_as`` of every claim."""
    index = {id(count): number for number, count in enumerate(counts)}
    _add_up(claims)
    wholes: dict[str, list[int]] = {}
    for number, (claim, count) in enumerate(zip(claims, counts, strict=True)):
        if claim.part_of is None and count.tied_to is not None and count.tie in {"part", "same"}:
            whole = _of_its_kind(number, claims, counts)
            _by_words(claim, count, claims, index[id(count.tied_to)] if whole is None else whole)
        if claim.part_of is None and claim.same_group_as is None:
            _by_content(number, claims, counts, wholes, lexicon)
        if claim.part_of is None and claim.status == "reported":
            wholes.setdefault(claim.measure, []).append(number)
    _in_both_units(claims)


def _in_both_units(claims: list[ReadClaim]) -> None:
    """As in "Of these, 7,214 families or 27,964 persons": each is part of the whole in its unit."""
    twins: dict[int, int] = {}
    for number, claim in enumerate(claims):
        if claim.same_group_as is not None and claim.part_of is None:
            twins.setdefault(claim.same_group_as, number)
    for number, twin in twins.items():
        whole = claims[number].part_of
        if whole is None:
            continue
        alike = [
            other
            for other in (whole, twins.get(whole), claims[whole].same_group_as)
            if other is not None
        ]
        same_unit = [n for n in alike if _kind(claims[n]) == _kind(claims[twin]) and n != number]
        other = next(iter(same_unit), whole)
        if _fits(claims[twin], claims[other], strictly=True):
            claims[twin].part_of = other
            claims[twin].why["part_of"] = f"as {claims[number].figure_text}"


_FEWEST, _MOST = 2, 8
"""How many entries a breakdown that adds up exactly may have."""


def _add_up(claims: list[ReadClaim]) -> None:
    """Mark the entries of a breakdown that adds up exactly to the total before or after it."""
    for number, total in enumerate(claims):
        if total.high is None or total.high != total.low or total.high < 10:
            continue
        for step in (1, -1):
            entries: list[int] = []
            other, left = number + step, total.high
            while 0 <= other < len(claims) and left > 0 and len(entries) < _MOST:
                entry = claims[other]
                exact = entry.high is not None and entry.high == entry.low
                near = abs(entry.sentence - total.sentence) <= 2
                if not exact or not near or _kind(entry) != _kind(total):
                    break
                left -= entry.high or 0
                entries.append(other)
                other += step
            if left == 0 and len(entries) >= _FEWEST:
                for entry_number in entries:
                    claims[entry_number].part_of = number
                    claims[entry_number].why["part_of"] = f"adds up to {total.figure_text}"


def _brings_to(count: Count, lexicon: Lexicon) -> bool:
    """As in "bringing the total since 14 October to 10,280"."""
    tokens = count.sentence.tokens
    before = [token.low for token in tokens[max(0, count.figure.first - 12) : count.figure.first]]
    return bool(before[-1:] == ["to"] and lexicon.sets["brings to"] & set(before)) and bool(
        lexicon.sets["sums"] & set(before)
    )


def _since_then(before: ReadClaim, claim: ReadClaim, count: Count) -> bool:
    """As in "18,949 in July and 52,790 since 1 January": a period within a longer one."""
    running = {"since", "so far", "to date"}
    told = (claim.as_of or "").lower()
    return (
        count.tie in {"list", "row"}
        and before.sentence == claim.sentence
        and before.measure == claim.measure
        and before.part_of is None
        and any(word in told for word in running)
        and not any(word in (before.as_of or "").lower() for word in running)
    )


def _of_its_kind(number: int, claims: list[ReadClaim], counts: list[Count]) -> int | None:
    """The whole of "eight of the injured", "of which 72 deaths": the first figure of such people.

    Only where the noun says what happened to them, and the figure it is tied to counts others.
    """
    claim, count = claims[number], counts[number]
    tied = count.tied_to
    own = count.head.measure
    if count.tie != "part" or tied is None or own not in HARM or tied.measure == own:
        return None
    for other in range(number):
        whole = claims[other]
        alike = counts[other].measure == own and _kind(whole) == _kind(claim)
        if alike and counts[other].tie != "part" and _fits(claim, whole, strictly=True):
            return other
    return None


def _by_words(claim: ReadClaim, count: Count, claims: list[ReadClaim], other: int) -> None:
    """Ties that the text names."""
    whole = claims[other]
    if count.tie == "same" and claim.unit != whole.unit and _kind(claim) != _kind(whole):
        claim.same_group_as = other
        claim.why["same_group_as"] = f"{whole.figure_text} {whole.unit} in another unit"
    elif _fits(claim, whole):
        claim.part_of = other
        how = "some of them" if count.head.partitive else count.tie
        claim.why["part_of"] = f"part of {whole.figure_text} ({how})"


def _by_content(
    number: int,
    claims: list[ReadClaim],
    counts: list[Count],
    wholes: dict[str, list[int]],
    lexicon: Lexicon,
) -> None:
    """Ties that follow from what is counted."""
    claim, count = claims[number], counts[number]
    before = claims[number - 1] if number else None
    if before is not None and before.part_of is None and _brings_to(count, lexicon):
        near = claim.sentence - before.sentence <= 1
        alike = before.measure == claim.measure and before.low != claim.low
        if near and alike and _kind(before) == _kind(claim) and _fits(before, claim):
            before.part_of = number
            before.why["part_of"] = f"brings the total to {claim.figure_text}"
            return
    if (
        number
        and _of_the_next(counts[number - 1], count, lexicon)
        and _fits(claims[number - 1], claim)
    ):
        claims[number - 1].part_of = number
        claims[number - 1].why["part_of"] = f"of the {claim.figure_text}"
        return
    if claim.status not in {"reported", "uncertain"}:
        return
    if before is not None and _since_then(before, claim, count) and _fits(before, claim, True):
        before.part_of = number
        before.why["part_of"] = f"of the {claim.figure_text} since then"
        return
    found = _whole_before(number, claims, counts, wholes, lexicon)
    if found is not None:
        claim.part_of, claim.why["part_of"] = found


def _whole_before(
    number: int,
    claims: list[ReadClaim],
    counts: list[Count],
    wholes: dict[str, list[int]],
    lexicon: Lexicon,
) -> tuple[int, str] | None:
    """The earlier figure that a claim is part of by its content, and why."""
    claim, count = claims[number], counts[number]
    near = range(number - 1, max(-1, number - 6), -1)
    for other in near[:2]:
        if _among_affected(claim, count, claims[other], counts[other]):
            return other, f"among the {claims[other].figure_text} affected"
    for other in near[:4]:
        if _staying(claim, count, claims[other], counts[other]):
            return other, f"where some of the {claims[other].figure_text} stay"
    for other in near:
        if _lately(claim, count, claims[other], lexicon) and _fits(
            claim, claims[other], strictly=True
        ):
            return other, f"lately, of the {claims[other].figure_text}"
    if number and _with(claims[number - 1], counts[number - 1], claim, count):
        return number - 1, f"of the {claims[number - 1].figure_text} (with)"
    for other in wholes.get(claim.measure, [])[:3]:
        reason = _contained(claim, count, claims[other], counts[other], lexicon)
        if reason is not None and _fits(claim, claims[other], strictly=True):
            return other, reason
    return None


def _of_the_next(before: Count, count: Count, lexicon: Lexicon) -> bool:
    """As in "18,589 families draw relief of the 41,117 families"."""
    if before.sentence is not count.sentence:
        return False
    tokens = count.sentence.tokens
    first = count.figure.first
    pair = [token.low for token in tokens[max(0, first - 2) : first]]
    own = tokens[first - 3].low in lexicon.sets["some of"] if first > 2 else False
    return pair in (["of", "the"], ["of", "all"]) and not own and first - before.head.end <= 14


def _among_affected(claim: ReadClaim, count: Count, other: ReadClaim, whole: Count) -> bool:
    """Displaced or evacuated people beside a larger number of affected in the same sentence."""
    return (
        claim.measure in _AMONG_AFFECTED
        and other.measure == "other"
        and "affect" in other.why.get("measure", "")
        and whole.sentence is count.sentence
        and _kind(claim) == _kind(other)
        and _fits(claim, other)
    )


_UPROOTED = {"displaced", "fled", "evacuated"}


def _staying(claim: ReadClaim, count: Count, whole: ReadClaim, total: Count) -> bool:
    """As in "218,600 have been displaced; most are with relatives, 18,500 are in 73 centres"."""
    return (
        claim.measure == "sheltered"
        and whole.measure in _UPROOTED
        and whole.part_of is None
        and whole.status == "reported"
        and claim.sentence - whole.sentence <= 2
        and total.tie not in {"prior"}
        and _kind(claim) == _kind(whole)
        and not count.head.partitive
        and _fits(claim, whole, strictly=True)
    )


def _lately(claim: ReadClaim, count: Count, whole: ReadClaim, lexicon: Lexicon) -> bool:
    """As in "930 have died since June. Officials reported 34 deaths in the last 24 hours"."""
    told = count.sentence.text.lower()
    return (
        whole.measure == claim.measure
        and whole.part_of is None
        and whole.status == "reported"
        and claim.sentence != whole.sentence
        and _kind(claim) == _kind(whole)
        and any(phrase in told for phrase in lexicon.sets["lately"])
        and not any(phrase in (whole.as_of or "").lower() for phrase in lexicon.sets["lately"])
    )


_MOVED = {"fled", "arrived", "crossed", "returned", "evacuated", "displaced"}


def _with(whole: ReadClaim, total: Count, claim: ReadClaim, count: Count) -> bool:
    """As in "68,550 have fled, with 8,300 arriving in the past four days"."""
    if total.sentence is not count.sentence or not _fits(claim, whole, strictly=True):
        return False
    before = count.sentence.tokens[count.figure.first - 1].low if count.figure.first else ""
    alike = claim.measure == whole.measure or {claim.measure, whole.measure} <= _MOVED
    return before == "with" and alike and _kind(claim) == _kind(whole)


def _contained(
    claim: ReadClaim, count: Count, whole: ReadClaim, total: Count, lexicon: Lexicon
) -> str | None:
    """Why the people of ``claim`` are among those of an earlier total of the same measure."""
    if _kind(claim) != _kind(whole) or total.sentence is count.sentence:
        return None
    if claim.unit in {"women", "children"} and whole.unit in {"people", "civilians"}:
        return f"{claim.unit} of the {whole.figure_text}" if claim.place == whole.place else None
    if count.head.partitive:
        return f"some of the {whole.figure_text}"
    own = claim.why.get("place", "").startswith(("at ", "label ", "reached ", "to ", "subject "))
    if not own or not claim.place or claim.place == whole.place:
        return None
    if whole.place is not None and claim.place.lower() in lexicon.countries:
        listed = _is_list(whole.place) and claim.place.lower() in whole.place.lower()
        return f"in {claim.place}, of the {whole.figure_text} before" if listed else None
    alone = total.tie != "list" and not total.why.get("measure", "").startswith("as the figure")
    if whole.place is None or alone or _covers(whole.place, claim.place, lexicon):
        return f"in {claim.place}, of the {whole.figure_text} before"
    return None


def _covers(larger: str, smaller: str, lexicon: Lexicon) -> bool:
    """Whether one place reads as holding another: a country or a list holds a province."""
    low = larger.lower()
    listed = _is_list(low)
    country = any(word in lexicon.countries for word in low.replace("'s", "").split())
    country = country or low in lexicon.countries
    return (listed or country) and smaller.lower() not in lexicon.countries


def _is_list(place: str) -> bool:
    """Whether a place is several: "Paraguay, Argentina and Uruguay"."""
    return " and " in place or "," in place


def _kind(claim: ReadClaim) -> str:
    return "families" if claim.unit in _FAMILIES else "persons"


def _fits(part: ReadClaim, whole: ReadClaim, strictly: bool = False) -> bool:
    """Whether a part can be as large as it is said to be."""
    mine = part.low if part.low is not None else part.high
    total = whole.high
    if mine is None or total is None:
        total = whole.low if strictly else total
    if mine is None or total is None:
        return True
    return mine < total if strictly else mine <= total
