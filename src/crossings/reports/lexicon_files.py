"""Loads what the reader knows of a language from the data files of its folder.

A language is a folder ``languages/<code>/`` of TOML tables; see ``languages/README.md`` for what
each holds. Loading one takes a few hundredths of a second and is done once per process.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from crossings.errors import InputError
from crossings.reports.inflection import Inflection
from crossings.reports.lexicon import (
    Lexicon,
    NumberWords,
    PeopleNoun,
    PlaceWords,
    Speech,
)
from crossings.reports.measure_words import triggers_of
from crossings.reports.phrases import Phrases
from crossings.reports.word_lists import entries, phrases_of, read_lines, read_table, tree


@cache
def load_lexicon(language: str = "en") -> Lexicon:
    """The lexicon of a language.

    Raises:
        InputError: there is no such language.
    """
    folder = files("crossings.reports") / "languages" / language
    if not language.isalpha() or not folder.is_dir():
        raise InputError(f"language: found {language!r}, expected one of {', '.join(languages())}")
    words = read_table(language, "words")
    inflection = _inflection(read_table(language, "inflection"))
    nations = list(_nations(language))
    people = read_table(language, "people")
    rejections = read_table(language, "rejections")
    times = read_table(language, "times")["words"]
    standing = read_table(language, "standing")
    speech = _speech(read_table(language, "speech"), inflection)
    measures = read_table(language, "measures")
    nations_named = frozenset(word.lower() for nation in nations for word in nation.words())
    places = _place_words(read_table(language, "places"), nations, inflection)
    phrases_of_standing = {
        **_named_phrases(_with_verbs(standing["status"], standing["verbs"], inflection)),
        **_named_phrases(standing["counting"]),
        **_named_phrases({f"on {name}": told for name, told in standing["basis"].items()}),
    }
    return Lexicon(
        language=language,
        abbreviations=frozenset(entries(words["abbreviations"])),
        classes=_classes(
            _class_words(
                language, words["classes"], people, measures["trigger"], nations, inflection
            )
        ),
        numbers=_number_words(read_table(language, "numbers"), words["classes"]),
        inflection=inflection,
        people=_people(people["nouns"], nations, inflection),
        between=tree((phrase, True) for phrase in entries(people["between"]["words"])),
        person_endings=tuple(entries(people["person_endings"]["words"])),
        no_persons=frozenset(phrases_of(people["person_endings"]["except"])),
        triggers=triggers_of(measures, nations_named, inflection),
        catenative=frozenset(
            form
            for verb in entries(words["catenative"]["words"])
            for form in inflection.verb(verb).values()
        ),
        rejections={name: frozenset(entries(text)) for name, text in rejections.items()},
        rejection_phrases={
            name: tree((phrase, phrase) for phrase in entries(text))
            for name, text in rejections.items()
        },
        speech=speech,
        time_words={name: frozenset(entries(text)) for name, text in times.items()},
        time_starts=_time_starts(times, read_table(language, "numbers")["words"]),
        time_order={name: entries(times[name]) for name in ("weekdays", "months", "months_short")},
        time_phrases=tree((phrase, phrase) for phrase in entries(times["phrases"])),
        standing=phrases_of_standing,
        standing_starts=_starts(phrases_of_standing),
        sets={
            name: frozenset(phrases_of(text))
            for name, text in read_table(language, "grammar")["sets"].items()
        },
        places=places,
        roles=speech.speakers - places.nouns,
        times=frozenset(entries(times["all"])),
        countries={name.lower(): nation.names[0] for nation in nations for name in nation.words()},
    )


def languages() -> list[str]:
    """The codes of the languages that have a folder."""
    folder = files("crossings.reports") / "languages"
    return sorted(entry.name for entry in folder.iterdir() if (entry / "words.toml").is_file())


def _speech(table: Mapping[str, str], inflection: Inflection) -> Speech:
    verbs: dict[str, tuple[str, str]] = {}
    for lemma in entries(table["verbs"]):
        forms = inflection.verb(lemma)
        for form in ("ed", "en", "base", "s", "ing"):  # "put" is read as the past
            verbs.setdefault(forms[form], (lemma, form))
    telling = frozenset(entries(table["telling"]))

    def phrases(name: str) -> Phrases[str]:
        return tree((phrase, phrase) for phrase in entries(table[name]))

    relays, said_in = phrases("via_by"), phrases("said_in")
    channelling = frozenset(entries(table["channelling"]))
    reached_by = frozenset(entries(table["reached_by"]))

    return Speech(
        verbs=verbs,
        weak=frozenset(entries(table["weak"])),
        nouns=frozenset(entries(table["nouns"])),
        telling=telling,
        relaying=frozenset(entries(table["relaying"])),
        according=phrases("according"),
        via_by=relays,
        channelling=channelling,
        relay_starts=channelling | reached_by | relays.beginnings | said_in.beginnings,
        channels=phrases("media_channels"),
        speakers=frozenset(
            form for word in entries(table["speakers"]) for form in (word, inflection.plural(word))
        ),
        media=phrases("media"),
        media_names=frozenset(entries(table["media"])),
        organisations=phrases("organisations"),
        organisation_names=frozenset(entries(table["organisations"])),
        past_only=frozenset(entries(table["past_only"])),
        said_in=said_in,
        anonymous=phrases("anonymous"),
        by_counting=frozenset(entries(table["by_counting"])),
        only_that=frozenset(entries(table["only_that"])),
        not_after=frozenset(entries(table["not_after"])),
        figures=frozenset(entries(table["figures"])),
        keeping=frozenset(entries(table["keeping"])),
        body_counts=frozenset(entries(table["body_counts"])),
        said_nouns=frozenset(entries(table["said_nouns"])),
        publications=frozenset(entries(table["publications"])),
        finding=frozenset(entries(table["finding"])),
        revising=frozenset(entries(table["revising"])),
        single=frozenset(entries(table["single"])),
        capitals=frozenset(phrases_of(table["capitals"])),
        claimed=frozenset(entries(table["claimed"])),
        reached_by=reached_by,
        one=frozenset(entries(table["pronouns_one"])),
        group=frozenset(entries(table["pronouns_group"])),
        hedges=frozenset(entries(table["hedges"])),
    )


def _place_words(
    table: Mapping[str, Mapping[str, str]], nations: Iterable[_Nation], inflection: Inflection
) -> PlaceWords:
    ties = {
        word: tie for tie, words in table["prepositions"].items() for word in entries(f"{words},")
    }
    verbs = {
        form: tie
        for tie in ("left", "reached")
        for lemma in entries(table["verbs"][tie])
        for form in inflection.verb(lemma).values()
    }
    hosting = frozenset(
        form
        for lemma in entries(table["verbs"]["subject"])
        for form in inflection.verb(lemma).values()
    )
    nouns = table["nouns"]
    countries = {name.lower() for nation in nations for name in nation.names}
    stop = frozenset(entries(nouns["stop"]))
    return PlaceWords(
        ties=ties,
        verbs=verbs,
        hosting=hosting,
        ties_in=frozenset({*ties, *verbs, *entries(nouns["everywhere"]), "out"}),
        nouns=frozenset(entries(nouns["words"])),
        partly=frozenset(entries(nouns["partly"])),
        everywhere=frozenset(entries(nouns["everywhere"])),
        not_places=frozenset(entries(nouns["not_places"])),
        describing=frozenset(entries(nouns["describing"])),
        dropped=frozenset(entries(nouns["dropped"])),
        names=(place_names() - stop) | countries,
    )


@cache
def place_names() -> frozenset[str]:
    """The bundled names of places in small letters (GeoNames, CC BY; see DATA.md)."""
    path = files("crossings.reports") / "languages" / "place-names.txt"
    names: set[str] = set()
    for line in path.read_text(encoding="utf-8").lower().splitlines():
        if not line.startswith("#"):
            names.update(line.partition("|")[2].split(","))
    return frozenset(names)


@dataclass(frozen=True, slots=True)
class _Nation:
    names: list[str]
    adjectives: list[str]
    people: list[str]

    def words(self) -> list[str]:
        return self.names + self.adjectives + self.people


def _nations(language: str) -> Iterable[_Nation]:
    for line in read_lines(language, "countries"):
        names, adjectives, people = (entries(f"{part},") for part in f"{line} | |".split("|")[:3])
        yield _Nation(names, adjectives, people or [f"{word}s" for word in adjectives])


def _people(
    nouns: Iterable[Mapping[str, Any]], nations: Iterable[_Nation], inflection: Inflection
) -> Phrases[PeopleNoun]:
    named: list[tuple[str, PeopleNoun]] = []
    seen: set[str] = set()

    def add(phrase: str, noun: PeopleNoun) -> None:
        if phrase not in seen:
            seen.add(phrase)
            named.append((phrase, noun))

    for table in reversed(list(nouns)):  # the later, more telling tables come first
        unit, measure = table["unit"], table.get("measure", "")
        responder = bool(table.get("responder"))
        for word in phrases_of(table.get("plural_only", "")):
            add(word, PeopleNoun(unit, measure, True, responder))
        for word in phrases_of(table.get("either", "")):
            add(word, PeopleNoun(unit, measure, True, responder, True))
            add(inflection.plural(word), PeopleNoun(unit, measure, True, responder))
        for word in phrases_of(table["words"]):
            many = inflection.plural(word)
            either = many == word
            add(many, PeopleNoun(unit, measure, True, responder, either))
            add(word, PeopleNoun(unit, measure, either, responder, either))
    for nation in nations:
        for word in nation.people:
            either = word in nation.adjectives
            add(word.lower(), PeopleNoun("people", "", True, either=either))
    return tree(named)


def _class_words(
    language: str,
    classes: Mapping[str, str],
    people: Mapping[str, Any],
    triggers: Iterable[Mapping[str, Any]],
    nations: Iterable[_Nation],
    inflection: Inflection,
) -> dict[str, str]:
    """Closed classes, and those that are made: plain verbs, not-people nouns, adjectives."""
    sure: list[str] = []
    maybe: list[str] = []
    for line in read_lines(language, "verbs"):
        for lemma in line.split():
            forms = inflection.verb(lemma)
            sure += [forms["ed"], forms["en"], forms["ing"]]
            maybe += [forms["base"], forms["s"]]
    for table in triggers:
        if table["role"] in {"object", "subject", "either"}:
            for phrase in phrases_of(table["words"]):
                if phrase.startswith("@"):
                    continue
                forms = inflection.verb(phrase.split()[0])
                sure += [forms["ed"], forms["en"], forms["ing"]]
                maybe += [forms["base"], forms["s"]]
    things: list[str] = []
    thing_modifiers: list[str] = []
    for word in entries(people["not_people"]["words"]):
        if " " not in word:
            things.append(inflection.plural(word))
            thing_modifiers.append(word)
    rejections = read_table(language, "rejections")
    return dict(classes) | {
        "toll_verb": rejections["toll_verbs"],
        "verb": ",".join(sure),
        "maybe_verb": ",".join(maybe),
        "thing": ",".join(things),
        "thing_modifier": ",".join(thing_modifiers),
        "nationality": ",".join(
            word.lower() for nation in nations for word in nation.adjectives if " " not in word
        ),
    }


def _classes(table: Mapping[str, str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, words in table.items():
        for word in entries(words):
            found.setdefault(word, set()).add(name)
    return {word: frozenset(names) for word, names in found.items()}


def _inflection(table: Mapping[str, Any]) -> Inflection:
    rules = table["rules"]
    return Inflection(
        rules["verb_s"],
        rules["verb_ed"],
        rules["verb_ing"],
        rules["noun_many"],
        table["irregular_verbs"],
        frozenset(entries(rules["doubling"])),
        table["irregular_nouns"],
    )


def _time_starts(times: Mapping[str, str], numbers: Mapping[str, int]) -> frozenset[str]:
    lists = ("weekdays", "months", "months_short", "units", "parts", "alone", "relative", "since")
    starts = {word for name in lists for word in entries(f"{times[name]},")}
    starts |= {phrase.split()[0] for phrase in entries(times["phrases"])}
    months = entries(times["months"])
    starts |= {f"{part}-{month}" for part in ("mid", "early", "late") for month in months}
    return frozenset(starts | set(numbers))


def _starts(tables: Mapping[str, Phrases[str]]) -> dict[str, list[str]]:
    """Word to the names of the tables with a phrase that begins with it."""
    found: dict[str, list[str]] = {}
    for name, phrases in tables.items():
        for word in phrases.beginnings:
            found.setdefault(word, []).append(name)
    return found


def _named_phrases(table: Mapping[str, str]) -> dict[str, Phrases[str]]:
    return {
        name: tree((phrase, phrase) for phrase in phrases_of(text)) for name, text in table.items()
    }


def _with_verbs(
    status: Mapping[str, str], tables: Iterable[Mapping[str, str]], inflection: Inflection
) -> dict[str, str]:
    """The phrases of each status, with those of verbs in every form: "pledged to", "pledges to"."""
    found = dict(status)
    for table in tables:
        forms = {f for v in phrases_of(table["words"]) for f in inflection.verb(v).values()}
        after = phrases_of(table.get("then", "")) or [""]
        made = ", ".join(f"{form} {then}".strip() for form in sorted(forms) for then in after)
        found[table["status"]] = f"{found.get(table['status'], '')}, {made}"
    return found


def _number_words(table: Mapping[str, Any], classes: Mapping[str, str]) -> NumberWords:
    ranges = dict(table["vague"]) | {k: [v, v] for k, v in table["fractions"].items()}
    before = [(p, name) for name, text in table["qualifiers"].items() for p in entries(text)]
    after = [(p, name) for name, text in table["qualifiers_after"].items() for p in entries(text)]
    articles = frozenset(entries(classes["article"]))
    joins = {name: frozenset(words) for name, words in table["joins"].items()}
    return NumberWords(
        words=table["words"],
        multipliers=table["multipliers"],
        after_article=table["after_article"],
        articles=articles,
        phrases=tree((phrase, tuple(bounds)) for phrase, bounds in ranges.items()),
        beginnings=frozenset(phrase.split()[0] for phrase in ranges)
        | articles
        | frozenset(table["words"])
        | frozenset(
            f"{tens}-{ones}"
            for tens, high in table["words"].items()
            for ones, low in table["words"].items()
            if high % 10 == 0 and high >= 20 and low < 10
        ),
        joins=joins,
        openers=joins["between"] | joins["from"],
        qualifiers=tree(before),
        qualifiers_after=tree(after),
        longest_qualifier=max(len(phrase.split()) for phrase, _ in before),
        outside=frozenset(entries(table["outside"]["words"])),
        quotes=frozenset(entries(classes["quote_open"])) | {'"', "'"},
    )
