"""What the reader knows of a language, as plain records; :mod:`lexicon_files` fills them.

Every word comes from the data files of a language folder, none stands in code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crossings.reports.inflection import Inflection
from crossings.reports.phrases import Phrases


@dataclass(frozen=True, slots=True)
class NumberWords:
    """How numbers are written."""

    words: Mapping[str, int]
    multipliers: Mapping[str, int]
    after_article: Mapping[str, int]
    articles: frozenset[str]
    phrases: Phrases[tuple[int, int]]
    """Vague plurals and fractions with their bounds."""
    beginnings: frozenset[str]
    """Words a number in words can begin with."""
    joins: Mapping[str, frozenset[str]]
    openers: frozenset[str]
    """What opens a range: between, from."""
    qualifiers: Phrases[str]
    qualifiers_after: Phrases[str]
    longest_qualifier: int
    outside: frozenset[str]
    quotes: frozenset[str]

    def opens_number(self, word: str) -> bool:
        """Whether a number in words can begin with a word that is no article."""
        return word in self.beginnings and word not in self.articles

    def value(self, word: str) -> int | None:
        """The value of a single number word, hyphenated ones ("twenty-two") included."""
        value = self.words.get(word)
        if value is None and "-" in word:
            tens, _, ones = word.partition("-")
            if tens in self.words and ones in self.words:
                high, low = self.words[tens], self.words[ones]
                if high % 10 == 0 and 20 <= high < 100 and low < 10:
                    return high + low
        return value


@dataclass(frozen=True, slots=True)
class PeopleNoun:
    """A noun that counts people (or homes): its unit and what it says of them by itself."""

    unit: str
    measure: str
    plural: bool
    responder: bool = False
    either: bool = False
    """Singular and plural alike, or an adjective too ("Chinese")."""


BESIDE = 12
WITHIN = 9
"""How near the word must be that a trigger needs."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word or phrase that says what happened to people; see ``measures.toml``."""

    measure: str
    role: str
    form: str
    """Form of its verb: base, s, ed, en, ing; empty for states and nouns."""
    cost: float
    name: str
    needs: frozenset[str] = frozenset()
    """Words of which one must follow within ``WITHIN`` tokens: "living ... in tents"."""
    beside: frozenset[str] = frozenset()
    """Words of which one must stand within ``BESIDE`` tokens before: "the camp hosts"."""
    heads: frozenset[str] = frozenset()
    """Nouns of which one must be counted: "received 300 newcomers"."""
    in_phrase: bool = False
    """Whether the word it needs must stand in the noun phrase that follows at once."""
    without: frozenset[str] = frozenset()
    """Words of which none may stand in that phrase."""
    voice: str = ""
    """``active`` or ``passive``, where the verb means this in one of them only."""
    transitive: bool = False
    """Whether the verb needs an object of its own: "reached the border"."""


@dataclass(frozen=True, slots=True)
class Speech:
    """Who says, and how it is said; see ``speech.toml``."""

    verbs: Mapping[str, tuple[str, str]]
    """Written form to lemma and form."""
    weak: frozenset[str]
    nouns: frozenset[str]
    telling: frozenset[str]
    relaying: frozenset[str]
    according: Phrases[str]
    via_by: Phrases[str]
    channels: Phrases[str]
    channelling: frozenset[str]
    """Prepositions before a channel: "wrote on Twitter"."""
    relay_starts: frozenset[str]
    """Every word with which the words that name a relay can begin."""
    speakers: frozenset[str]
    media: Phrases[str]
    media_names: frozenset[str]
    organisations: Phrases[str]
    organisation_names: frozenset[str]
    past_only: frozenset[str]
    anonymous: Phrases[str]
    by_counting: frozenset[str]
    only_that: frozenset[str]
    not_after: frozenset[str]
    said_in: Phrases[str]
    figures: frozenset[str]
    keeping: frozenset[str]
    """Verbs of having a list."""
    body_counts: frozenset[str]
    """Verbs by which a body says a number at once."""
    said_nouns: frozenset[str]
    publications: frozenset[str]
    """What a body publishes its numbers in."""
    finding: frozenset[str]
    """Bodies that say by finding."""
    revising: frozenset[str]
    """Verbs of changing a total."""
    single: frozenset[str]
    """What is said of one person."""
    capitals: frozenset[str]
    """Capitals, which speak for their governments."""
    claimed: frozenset[str]
    reached_by: frozenset[str]
    one: frozenset[str]
    group: frozenset[str]
    hedges: frozenset[str]


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """How places are named and tied in; see ``places.toml``."""

    ties: Mapping[str, str]
    """Preposition to ``at``, ``to``, ``from`` or ``of``."""
    verbs: Mapping[str, str]
    """Verb form to ``left`` or ``reached``, for its object."""
    hosting: frozenset[str]
    """Forms of verbs whose subject is the place: host, receive, deport."""
    ties_in: frozenset[str]
    """Every word after which a place may be named."""
    nouns: frozenset[str]
    partly: frozenset[str]
    everywhere: frozenset[str]
    not_places: frozenset[str]
    describing: frozenset[str]
    dropped: frozenset[str]
    names: frozenset[str]
    """Known names in small letters."""

    def known(self, name: str) -> bool:
        """Whether a name in small letters is in the list of names."""
        return name in self.names


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything the reader knows of one language."""

    language: str
    abbreviations: frozenset[str]
    classes: Mapping[str, frozenset[str]]
    """Word to its classes."""
    numbers: NumberWords
    inflection: Inflection
    people: Phrases[PeopleNoun]
    between: Phrases[bool]
    """What may stand between a number and its noun."""
    person_endings: tuple[str, ...]
    no_persons: frozenset[str]
    """Plurals that end like persons and are things."""
    triggers: Phrases[Trigger]
    catenative: frozenset[str]
    """Forms of verbs that only lead to another: choose to, refuse to, begin to."""
    rejections: Mapping[str, frozenset[str]]
    rejection_phrases: Mapping[str, Phrases[str]]
    speech: Speech
    places: PlaceWords
    roles: frozenset[str]
    """Nouns that can speak and are no places."""
    times: frozenset[str]
    """Words of time expressions: weekdays, months, "last", "week", "ago"."""
    time_words: Mapping[str, frozenset[str]]
    time_starts: frozenset[str]
    """Words a time expression can begin with, its opening prepositions aside."""
    time_order: Mapping[str, list[str]]
    """Weekdays and months in their order."""
    time_phrases: Phrases[str]
    standing: Mapping[str, Phrases[str]]
    """How a figure stands: phrases that make it planned, forecast, uncertain, prior or historical,
    a stock or a flow, and ("on registration" ...) on what it rests."""
    standing_starts: Mapping[str, Sequence[str]]
    """Word to the tables of ``standing`` with a phrase that begins with it."""
    sets: Mapping[str, frozenset[str]]
    """Small sets of words that rules name; see ``grammar.toml``."""
    countries: Mapping[str, str]
    """Every name and adjective of a country (small letters) to its first name."""
    described: dict[str, tuple[str, str, frozenset[str], bool]] = field(
        default_factory=dict, repr=False, compare=False
    )
    """What tokens are by themselves, as far as they have been met; :mod:`tokens` fills it."""
