"""Rules of the reader, each on sentences of its own."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crossings as cx
from crossings.reports.lexicon_files import load_lexicon
from crossings.reports.records import ReadClaim
from crossings.reports.times import resolve

COUNTS = st.integers(min_value=1_100, max_value=1_700)


def claims(text: str) -> dict[str, ReadClaim]:
    """The claims of a text by the words of their figures."""
    return {claim.figure_text: claim for claim in cx.read(text, "2024-03-09").claims}


@pytest.mark.parametrize(
    ("text", "figure", "measure"),
    [
        (
            "Refugees continued to cross from Sudan into Chad at a rate of 2,300 a day.",
            "2,300",
            "crossed",
        ),
        (
            "About 1,350 families displaced in earlier rounds of fighting have returned to Derel.",
            "About 1,350",
            "returned",
        ),
        ("Some 740 people had been moved out on Friday, by bus.", "Some 740", "evacuated"),
        ("Around 260 people spent the night outdoors after it.", "Around 260", "other"),
        ("Police in Keru buried 14 men on Sunday.", "14", "killed"),
        ("A landslide buried 14 farmers in their huts on Sunday.", "14", "missing"),
        ("They were towing a boat carrying 83 refugees to the shore.", "83", "other"),
        ("The agency is drawing up plans for 45,000 arrivals.", "45,000", "arrived"),
    ],
)
def test_measures(text: str, figure: str, measure: str) -> None:
    assert claims(text)[figure].measure == measure


@pytest.mark.parametrize(
    ("text", "figure", "status"),
    [
        ("The mayor said the death toll could reach 1,900.", "1,900", "uncertain"),
        ("The first 120 households are expected to be evacuated on Monday.", "120", "planned"),
        ("The agency is drawing up plans for 45,000 arrivals.", "45,000", "forecast"),
        ("A 1998 tremor in the north killed 310 people.", "310", "historical"),
        ("In the outbreak of 2015 cholera killed 310 people.", "310", "historical"),
        ("More than 4,100 have fled since the unrest of 2015.", "More than 4,100", "reported"),
        ("In the 2024 fiscal year 3,150 people were caught at sea.", "3,150", "reported"),
        ("Oslo to resettle 2,600 Syrians.", "2,600", "planned"),
        ("The first 230 refugees are to be flown to Rome on Tuesday.", "230", "planned"),
        ("Cairo says it will help to take out about 7,100 foreigners.", "about 7,100", "planned"),
        ("Some 2,100 people can sleep in the hall.", "Some 2,100", "reported"),
        (
            "In 2016 a court stopped an order that would have hit 2,600 Somalis.",
            "2,600",
            "historical",
        ),
        ("She believes that 1,100 people stayed behind.", "1,100", "uncertain"),
        (
            "The council fears that 2,300 more will be forced to flee.",
            "2,300",
            "forecast",
        ),
        (
            "Some 8,200 are displaced here; a survey in January had found 7,400 displaced.",
            "7,400",
            "prior",
        ),
        ("As of 2 February 2,150 people were displaced.", "2,150", "reported"),
        ("Some 430 people slept outside for fear of aftershocks.", "Some 430", "reported"),
        (
            "On Monday 9,200 people were in shelters but by noon this had dropped to 7,450.",
            "9,200",
            "prior",
        ),
        (
            "The ministry, which had put the dead at 912 on Sunday, now speaks of 640.",
            "912",
            "prior",
        ),
    ],
)
def test_status(text: str, figure: str, status: str) -> None:
    assert claims(text)[figure].status == status


@pytest.mark.parametrize(
    ("text", "figure", "source"),
    [
        (
            "Nearly 2,600 people had been registered as displaced by the Red Crescent.",
            "Nearly 2,600",
            "Red Crescent",
        ),
        (
            "Surveys by Doctors of the Plain (DP) in the settlement camps of the north estimate "
            "that 310 people died.",
            "310",
            "Doctors of the Plain",
        ),
        (
            "The ministry, which had put the dead at 912 on Sunday, now speaks of 640.",
            "912",
            "ministry",
        ),
        (
            "Fighting has displaced 2,400 people in Chad's Ouaddai province, UNHCR said.",
            "2,400",
            "UNHCR",
        ),
        (
            "The blast killed 31 people, the health ministry said on Monday; dozens are missing.",
            "31",
            "health ministry",
        ),
        (
            "Warsaw expects 35,000 refugees by May, deputy minister Jan Nowak told Reuters.",
            "35,000",
            "Jan Nowak",
        ),
        (
            "The White Helmets searched all night. The group put the dead at 640 people.",
            "640",
            "White Helmets",
        ),
        (
            "Its head, Ana Ruiz, spoke on Monday. She believes that 1,100 people stayed behind.",
            "1,100",
            "Ana Ruiz",
        ),
    ],
)
def test_sources(text: str, figure: str, source: str) -> None:
    assert any(source in name for name in claims(text)[figure].sources)


def test_a_ferry_that_puts_people_up_says_nothing() -> None:
    text = "A ferry chartered by the government will put up some 900 people."
    assert claims(text)["some 900"].sources == []


@pytest.mark.parametrize(
    "text",
    [
        "The Red Cross has appealed for 60 million Swiss francs.",
        "They stay in 412 shelters, 97 of which are full.",
    ],
)
def test_what_counts_no_people(text: str) -> None:
    assert claims(text) == {}


def test_one_family_is_where_they_belong() -> None:
    found = claims("Six people died in the slide, five of them from one family.")
    assert sorted(found) == ["Six", "five"]


@settings(max_examples=40)
@given(whole=st.integers(2_000, 90_000), part=COUNTS)
def test_those_who_stay_in_centres_are_part_of_the_displaced(whole: int, part: int) -> None:
    text = f"About {whole:,} people have been displaced. Of all, {part:,} are in 70 shelters."
    found = cx.read(text, "2024-03-09").claims
    assert found[1].part_of == 0


@settings(max_examples=40)
@given(families=COUNTS, people=st.integers(5_000, 9_000))
def test_a_part_in_two_units_is_part_of_the_whole_in_each(families: int, people: int) -> None:
    text = (
        "A total of 10,300 families or 41,000 persons were affected. "
        f"Of these, {families:,} families or {people:,} persons are inside 31 evacuation centers."
    )
    found = cx.read(text, "2024-03-09").claims
    assert [claim.figure_text for claim in found][2:] == [f"{families:,}", f"{people:,}"]
    for claim in found[2:]:
        assert claim.part_of is not None
        assert (found[claim.part_of].low or 0) > (claim.low or 0)


@settings(max_examples=40)
@given(total=st.integers(2_000, 9_000), day=st.integers(10, 900))
def test_the_dead_of_a_day_are_among_those_of_the_season(total: int, day: int) -> None:
    text = (
        f"Floods have killed {total:,} people since June. "
        f"Officials reported {day} deaths in the last 24 hours."
    )
    found = cx.read(text, "2024-03-09").claims
    assert found[1].part_of == 0


@pytest.mark.parametrize(
    ("text", "figure", "origin", "place"),
    [
        ("Over 1,300 refugees flee Uvira in a week.", "Over 1,300", "Uvira", "Uvira"),
        ("Three Syrians deported by Lebanon have been jailed.", "Three", "Lebanon", "Syria"),
        (
            "A group of 93 people who had been living in Libya were evacuated to Italy.",
            "93",
            "Libya",
            "Italy",
        ),
        (
            "Fighting in Khartoum has pushed 20,500 people across the border into Chad.",
            "20,500",
            "Khartoum",
            "Chad",
        ),
        ("About 150 Nordegg residents were forced to leave.", "About 150", "Nordegg", "Nordegg"),
        (
            "Some 2,570 people have made the crossing between France and England.",
            "Some 2,570",
            "France",
            "England",
        ),
        ("Turkey has deported 4,100 Afghans this year.", "4,100", "Turkey", None),
        ("Some 5,500 Syrians have left their country.", "Some 5,500", "Syria", "country"),
        (
            "About 3,100 people had departed from other towns in eastern Ghouta.",
            "About 3,100",
            "towns in eastern Ghouta",
            "eastern Ghouta",
        ),
        ("The boat had left Senegal with 62 people on board.", "62", "Senegal", None),
        ("Some 2,300 people in Kelo were fed by the United Nations.", "Some 2,300", None, "Kelo"),
    ],
)
def test_origins(text: str, figure: str, origin: str | None, place: str | None) -> None:
    claim = claims(text)[figure]
    assert (claim.origin, claim.place) == (origin, place)


@given(st.integers(min_value=200, max_value=10**7).filter(lambda n: not 1500 <= n <= 2100))
def test_a_large_number_without_a_noun_counts_people_where_people_are_spoken_of(value: int) -> None:
    said = "The ferry takes the families of the island away."
    assert list(claims(f"{said} By nightfall {value:,} had boarded.")) == [f"{value:,}"]
    assert claims(f"{said} The number of sailings exceeded {value:,}.") == {}
    assert claims(f"{said} Whoever has a boat may call 040 {value % 10_000:04} 053.") == {}
    assert claims(f"The pumps ran all day. By nightfall {value:,} had failed.") == {}


@given(st.integers(1, 31), st.sampled_from(["Jan", "January", "Aug.", "August"]))
def test_a_day_counts_nobody(day: int, month: str) -> None:
    assert list(claims(f"HANGZHOU, {month} {day} -- Thirty people have died.")) == ["Thirty"]
    said = claims(f"The landslide of {month} {day} killed nineteen people.")
    assert [claim.low for claim in said.values()] == [19]


@given(COUNTS, COUNTS, COUNTS)
def test_labels_before_numbers_tell_their_measures(dead: int, hurt: int, housed: int) -> None:
    text = f"Losses so far: deaths {dead:,}, injured {hurt:,}. Persons in relief camps {housed:,}."
    found = [(claim.low, claim.measure) for claim in cx.read(text, "2024-03-09").claims]
    assert found == [(dead, "killed"), (hurt, "injured"), (housed, "sheltered")]


def test_a_number_of_people_does_not_speak() -> None:
    text = "The number of people reported missing in the fire jumped to 228 on Tuesday."
    assert cx.read(text, "2024-03-09").claims[0].sources == []


MEASURES = Path(__file__).parent / "measures.txt"


@pytest.mark.parametrize(
    "line",
    [x for x in MEASURES.read_text(encoding="utf-8").splitlines() if not x.startswith("#")],
)
def test_the_words_of_the_field_give_the_measure(line: str) -> None:
    measure, _, sentence = line.partition(" | ")
    assert cx.read(sentence, "2023-09-25").claims[0].measure == measure


MONTHS = load_lexicon().time_order["months"]
DAYS = load_lexicon().time_order["weekdays"]


@given(
    published=st.dates(min_value=dt.date(2001, 1, 1), max_value=dt.date(2030, 12, 31)),
    name=st.sampled_from([*MONTHS, *DAYS]),
)
def test_a_time_of_a_plan_lies_ahead_and_any_other_behind(published: dt.date, name: str) -> None:
    lexicon = load_lexicon()
    ahead = resolve(f"by {name.title()}", published, lexicon, planned=True)
    behind = resolve(f"by {name.title()}", published, lexicon)
    assert ahead is not None
    assert behind is not None
    assert published <= ahead.day <= published + dt.timedelta(days=396)
    assert published - dt.timedelta(days=366) <= behind.day <= published


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("UNHCR plans to assist 30,000 people by February.", "2025-02-28"),
        ("UNHCR assisted 30,000 people by February.", "2024-02-29"),
        ("They will relocate 400 families by Friday.", "2024-03-15"),
        ("Some 500 people will be moved in December.", "2024-12-31"),
        ("The agency plans to move 500 people by June 2026.", "2026-06-30"),
    ],
)
def test_when_a_plan_is_for(sentence: str, day: str) -> None:
    assert cx.read(sentence, "2024-03-09").claims[0].as_of_date == day


def only(text: str) -> ReadClaim:
    """The last claim of a text."""
    return cx.read(text, "2024-03-09").claims[-1]


@pytest.mark.parametrize(
    ("text", "sources", "via"),
    [
        ("Aid workers quoted survivors as saying that 40 people drowned.", "survivors", "Aid"),
        ("UNHCR spoke on Friday. According to its figures 9,000 people have fled.", "UNHCR", ""),
        ("The number of dead is put by the Council at 750.", "Council", ""),
        ("According to the agency, the official toll stands at 113 dead.", "agency", ""),
        ("ROME, May 3 - Italy's coast guard said that 42 people had drowned.", "coast guard", ""),
        ("The local government now say that 51 people have died.", "government", ""),
    ],
)
def test_who_is_meant(text: str, sources: str, via: str) -> None:
    claim = only(text)
    assert len(claim.sources) == 1
    assert sources in claim.sources[0]
    assert via in (claim.via or "")


@pytest.mark.parametrize(
    ("text", "place", "origin"),
    [
        ("Some 400 people are sheltering in Haifa, Nahariya and other towns.", "other towns", None),
        ("Some 400 people fled to Osh and Batken city.", "Osh and Batken city", None),
        ("Since fighting began in April Chad has taken in 9,000 people.", "Chad", None),
        ("Some 400 people fled fresh violence in Nyala.", "Nyala", "Nyala"),
        ("Hundreds of people, most of them from Haiti, set off from Huixtla.", "", "Huixtla"),
        ("Around 56,000 people are in a camp 30 km from Chokwe.", "", None),
    ],
)
def test_lists_hosts_and_what_people_fled(text: str, place: str, origin: str | None) -> None:
    claim = only(text)
    assert place in (claim.place or "")
    assert claim.origin == origin


@pytest.mark.parametrize(
    "second",
    [
        "Of these, the agency believes that at least 200 are children.",
        "Of this number some 200 are housed in schools.",
        "The largest number is in Ziguinchor, with 200 people.",
        "The total comprises up to 200 children.",
    ],
)
def test_a_number_named_before_has_parts(second: str) -> None:
    reading = cx.read(f"Some 900 people have been displaced. {second}", "2024-03-09")
    assert [claim.part_of for claim in reading.claims] == [None, 0]
