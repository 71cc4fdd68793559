"""Stage 8c: which of the places named in a text is that of a figure.

Every place named in the sentence of a figure or in the sentences before it is a candidate. Each has
a few features that can be read (how it is tied in, what lies between, how many sentences back,
whether the figure before has it), and its score is the sum of their weights. The weights are a data
file, ``place_weights.toml``; ``python -m benchmarks.fit_places`` fits them to labelled passages.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from crossings.reports.counted import Count
from crossings.reports.lexicon import Lexicon
from crossings.reports.mentions import Mention
from crossings.reports.names import is_capital
from crossings.reports.on_demand import BySentence
from crossings.reports.places import kind_of_count, of_nation, tie_cost
from crossings.reports.records import Token

Features = dict[str, float]

BACK = 4
"""Sentences before that of the figure in which a place is looked for; the first is always one."""
_LEAD = 12
"""Sentences for which the places of the first one count."""


@dataclass(slots=True)
class Candidate:
    """A place that may be that of a figure, with what speaks for it."""

    text: str
    features: Features
    mention: Mention | None
    """The mention in the figure's own sentence, if there is one."""

    def why(self) -> str:
        """How it is tied in, what speaks most for it, and its score."""
        weights = load_weights()
        most = max(self.features, key=lambda name: self.features[name] * weights.get(name, 0.0))
        how = f"{self.mention.tie} {self.text}" if self.mention is not None else "named before"
        return f"{how}; {most} ({score(self.features, weights):.1f})"


Choice = Callable[[int, list[Candidate]], Candidate | None]
"""Picks the place of a figure, by its index, among its candidates."""


@cache
def load_weights() -> Mapping[str, float]:
    """The fitted weight of every feature."""
    text = resources.files("crossings.reports").joinpath("place_weights.toml").read_text("utf-8")
    weights: dict[str, float] = tomllib.loads(text)["weights"]
    return weights


def score(features: Features, weights: Mapping[str, float]) -> float:
    """The score of a candidate: the sum of its weighted features."""
    total = 0.0
    for name, value in features.items():
        total += value * weights.get(name, 0.0)
    return total


def best(number: int, found: list[Candidate]) -> Candidate | None:
    """The candidate with the highest score; the first of equals."""
    del number
    if len(found) < 2:
        return next(iter(found), None)
    weights = load_weights()
    return max(found, key=lambda one: score(one.features, weights), default=None)


def candidates(
    count: Count,
    mentions: BySentence[list[Mention]],
    own: Sequence[Mention],
    before: str | None,
    tied: str | None,
    lexicon: Lexicon,
) -> list[Candidate]:
    """Every place that may be that of a figure.

    Args:
        count: the figure.
        mentions: the places named in each sentence of the text.
        own: those of its own sentence, with what its noun phrase adds.
        before: the place given to the figure before it.
        tied: the place given to the figure it is tied to.
        lexicon: the language.
    """
    kind = kind_of_count(count)
    found = _here(count, own, mentions, lexicon)
    nation = of_nation(count, lexicon)
    if nation is not None:
        one = found.setdefault(nation.lower(), Candidate(nation, {}, None))
        one.features[f"their nation, {kind}"] = 1.0
    _add_before(found, count.sentence.index, mentions, kind)
    for key, candidate in found.items():
        features = candidate.features
        if before is not None and key == before.lower():
            features["place of the figure before"] = 1.0
        if tied is not None and key == tied.lower():
            features[f"place of the figure it is tied to, {count.tie}"] = 1.0
        if key in lexicon.countries:
            features[f"a country, {kind}"] = 1.0
        if any(key != other and key in other for other in found):
            features["within another name"] = 1.0
    return list(found.values())


def _here(
    count: Count,
    own: Sequence[Mention],
    mentions: BySentence[list[Mention]],
    lexicon: Lexicon,
) -> dict[str, Candidate]:
    """The candidates of the figure's own sentence, by name; of two mentions the one that suits."""
    found: dict[str, Candidate] = {}
    least: dict[str, float] = {}
    for mention in own:
        cost = tie_cost(count, mention)
        key = mention.text.lower()
        if cost is None or cost >= least.get(key, cost + 1.0):
            continue
        features = _in_sentence(count, mention, cost, lexicon)
        least[key] = cost
        found[key] = Candidate(mention.text, features, mention)
        meant = _meant(mention, count, mentions, lexicon)
        if meant is None:
            continue
        if meant.lower() in lexicon.countries:
            del found[key], least[key]
        else:
            features["means a name"] = 1.0
        if meant.lower() not in found:
            resolved = _in_sentence(count, mention, cost, lexicon) | {"meant by the noun": 1.0}
            found[meant.lower()] = Candidate(meant, resolved, mention)
            least[meant.lower()] = cost
    return found


def _add_before(
    found: dict[str, Candidate], sentence: int, mentions: BySentence[list[Mention]], kind: str
) -> None:
    """Add the places of the sentences before, and what they say of those found already."""
    rows = list(range(sentence - 1, max(-1, sentence - 1 - BACK), -1))
    if rows and rows[-1] > 0 and sentence < _LEAD:
        rows.append(0)
    last = False
    for row in rows:
        fresh: set[str] = set()
        for number, mention in enumerate(mentions[row]):
            key = mention.text.lower()
            candidate = found.setdefault(key, Candidate(mention.text, {}, None))
            if key in fresh:
                continue
            fresh.add(key)
            _in_text_before(candidate, mention, sentence - row, number, kind)
            if mention.named and not last:
                candidate.features["named last"] = 1.0
        last = last or any(mention.named for mention in mentions[row])


def _meant(
    mention: Mention, count: Count, mentions: BySentence[list[Mention]], lexicon: Lexicon
) -> str | None:
    """The name that "the country", "the town" stands for: the last of its kind before it."""
    tokens = count.sentence.tokens
    noun = tokens[mention.last - 1].low
    if mention.named or noun not in lexicon.sets["stands for a name"] or mention.first == 0:
        return None
    if tokens[mention.first - 1].low not in {"the", "this", "that", "our"}:
        return None
    sentence = count.sentence.index
    here = [m for m in mentions[sentence] if m.last <= mention.first]
    for row in [here, *(mentions[n] for n in range(sentence - 1, max(-1, sentence - 7), -1))]:
        named = [m for m in row if m.named]
        of_kind = [m for m in named if noun in m.text.lower().split()]
        if not of_kind:
            country = noun in {"country", "nation"}
            of_kind = [m for m in named if (m.text.lower() in lexicon.countries) == country]
        if of_kind:
            return of_kind[-1].text if row is here else of_kind[0].text
    return None


def _in_sentence(count: Count, mention: Mention, cost: float, lexicon: Lexicon) -> Features:
    tokens, kind = count.sentence.tokens, kind_of_count(count)
    after = mention.first >= count.head.end
    between = (
        tokens[count.head.end : mention.first]
        if after
        else tokens[mention.last : count.figure.first]
    )
    side = "after" if after else "before"
    features = {
        "in the sentence": 1.0,
        "cost": cost,
        f"tie {mention.tie}": 1.0,
        f"tie {mention.tie}, {kind}": 1.0,
        f"{side}": 1.0,
        f"tie {mention.tie}, {side}": 1.0,
        f"tokens {side}": min(len(between), 30) / 10,
        f"numbers between, {side}": float(min(3, sum(t.kind == "number" for t in between))),
        "commas between": float(min(3, sum(t.text == "," for t in between))),
        "clauses between": float(min(2, sum(_bounds(t) for t in between))),
    }
    inner = mention.first - 2
    if inner > 0 and tokens[inner + 1].low in {"in", "of", "near"}:
        noun = tokens[inner].low in lexicon.places.nouns or is_capital(tokens[inner])
        if noun:
            features["in another place"] = 1.0
    if not between:
        features["next to it"] = 1.0
    if mention.last < len(tokens) and tokens[mention.last].low in {"and", "or"}:
        features["a list goes on"] = 1.0
    if not mention.named:
        sort = _sort(tokens[mention.last - 1].low, lexicon)
        features[f"no name, {sort}"] = features[f"no name, {sort}, {kind}"] = 1.0
        features["no name"] = features[f"no name, {kind}"] = 1.0
        if after:
            features["no name, after"] = 1.0
    if mention.of_speaker:
        features["of who speaks"] = 1.0
        if mention.text.lower() in lexicon.countries:
            features["a country of who speaks"] = 1.0
    if mention.first <= 1:
        features["opens the sentence"] = 1.0
    return features


def _sort(noun: str, lexicon: Lexicon) -> str:
    """What sort of place a noun is: where people stay, an area, or something else."""
    if noun in lexicon.sets["where people stay"]:
        return "where people stay"
    return (
        "an area"
        if noun.removesuffix("s") in lexicon.sets["stands for a name"] or noun.endswith("ies")
        else "another"
    )


def _in_text_before(
    candidate: Candidate, mention: Mention, back: int, number: int, kind: str
) -> None:
    features = candidate.features
    if candidate.mention is not None:
        features["named before too"] = 1.0
        return
    if "back" not in features:
        features["back"] = float(min(back, BACK))
        features[f"back {min(back, BACK)}"] = 1.0
        features[f"before, tie {mention.tie}"] = 1.0
        if not mention.named:
            features["before, no name"] = features[f"before, no name, {kind}"] = 1.0
        if number == 0:
            features["before, first of its sentence"] = 1.0
        if mention.of_speaker:
            features["before, of who speaks"] = 1.0
    else:
        features["named twice before"] = 1.0


def _bounds(token: Token) -> bool:
    """Whether a new clause begins: a semicolon, "while", "which", "and"."""
    return token.text in {";", ":", "–", "—"} or bool(
        token.classes & {"conjunction", "clause_word", "relative"}
    )
