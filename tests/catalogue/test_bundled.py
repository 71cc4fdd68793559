"""The bundled situations: complete, honest about time, and free of what does not belong in them."""

import csv
import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from crossings.situation import catalogue
from crossings.situation.folder import check_folder
from crossings.situation.records import Claim, Context, Event, Situation

CATALOGUE = Path(catalogue.__file__).parents[1] / "catalogue"
TRUTH = Path(__file__).parents[2] / "benchmarks" / "truth"
COMPILATION = Path(__file__).parents[3] / "shared" / "data" / "nagorno_karabakh_2023"

NAMES = ("kosovo-1999", "nagorno-karabakh-2023", "rohingya-2017")

STEPANYAN = "Gegham Stepanyan, human rights ombudsman of Nagorno-Karabakh"
AFP = "Agence France-Presse (AFP)"
BROERS = "Laurence Broers (Chatham House)"

# Every statement of the report of 25 September 2023: id, who says it, through whom.
# An empty speaker means that the report itself says it.
STATEMENTS = {
    "report-f1-fled": ((), ""),
    "report-f2-arrived": (("Government of Armenia",), "Russian state media"),
    "report-f3-seen-entering": ((AFP,), ""),
    "report-f4-share-women-and-children": ((AFP,), ""),
    "report-f5-killed": ((STEPANYAN,), "social media"),
    "report-f6-injured": ((STEPANYAN,), "social media"),
    "report-f7-civilians-killed": ((STEPANYAN,), "social media"),
    "report-f8-children-killed": ((STEPANYAN,), "social media"),
    "report-e1-operation": ((), ""),
    "report-e2-day-long": ((), ""),
    "report-e3-blockade": ((BROERS,), "Twitter"),
    "report-e4-anti-terrorist": (("Azerbaijan",), ""),
    "report-e5-disarmament": ((), ""),
    "report-e6-ceasefire": ((), ""),
    "report-c1-turkey": ((), ""),
    "report-c2-russia-ally": ((), ""),
    "report-c3-russia-busy": ((), ""),
    "report-c4-russian-arms": ((), ""),
    "report-c5-eu-gas": ((), ""),
    "report-c6-russian-gas": ((), ""),
    "report-c7-celebrations": ((), ""),
    "report-c8-state-television": ((), ""),
    "report-c9-portraits": ((), ""),
    "report-c10-climate": ((), ""),
}

# People who spoke in public office, or as public figures, and may be named.
IN_OFFICE = {
    *("Stepanyan", "Baghdasaryan", "Khachatryan", "Ghazaryan", "Sanosyan", "Pashinyan"),
    *("Avetisyan", "Avanesyan", "Abrahamyan", "Kyaramyan", "Tadevosyan", "Shahramanyan"),
    *("Beglaryan", "Babayan", "Kostanyan", "Simonyan", "Kotenok", "Aliyev", "Grandi", "Borrell"),
}
SURNAME = re.compile(
    r"\b(?!The |UN )[A-Z][a-z]*\.? ([A-Z][a-z]+(?:yan|[^s]ian|ov|yev|enok|zadeh?))\b"
)


@pytest.fixture(scope="module", params=NAMES)
def situation(request: pytest.FixtureRequest) -> Situation:
    return catalogue.load(request.param)


@pytest.fixture(scope="module")
def karabakh() -> Situation:
    return catalogue.load("nagorno-karabakh-2023")


def test_these_are_bundled() -> None:
    assert set(NAMES) <= set(catalogue.bundled())


@pytest.mark.parametrize("name", NAMES)
def test_a_bundled_folder_has_neither_errors_nor_oddities(name: str) -> None:
    assert [str(problem) for problem in check_folder(CATALOGUE / name)] == []


@pytest.mark.parametrize("name", NAMES)
def test_truth_is_kept_outside_the_package(name: str) -> None:
    assert not list((CATALOGUE / name).glob("truth*"))
    with (TRUTH / f"{name}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    places = {place.id for place in catalogue.load(name).places} | {"all"}
    assert rows
    assert {row["location"] for row in rows} <= places
    assert all(float(row["value"]) > 0 for row in rows)
    days = [(row["location"], dt.date.fromisoformat(row["date"])) for row in rows]
    assert len(days) == len(set(days))


def test_every_claim_says_who_published_it(situation: Situation) -> None:
    assert [c.id for c in situation.claims if not (c.sources or c.publisher)] == []


def test_a_claim_does_not_speak_of_later_years(situation: Situation) -> None:
    late = [
        claim.id
        for claim in situation.claims
        for year in re.findall(r"\b(?:19|20)\d\d\b", claim.note)
        if int(year) > claim.known_at.year
    ]
    assert late == []


def test_copies_name_their_original_and_share_its_bulletin(situation: Situation) -> None:
    claims = {claim.id: claim for claim in situation.claims}
    copies = [c for c in situation.claims if re.match(r"(Copy|Unrounded form) of ", c.note)]
    for copy in copies:
        original = claims[copy.same_group_as]
        assert copy.note.split(" of ")[1].startswith(original.id)
        assert copy.bulletin == original.bulletin
        assert copy.measure in {original.measure, "fled"}
    assert copies or situation.id == "kosovo-1999"


def test_parts_lie_within_their_total(situation: Situation) -> None:
    claims = {claim.id: claim for claim in situation.claims}
    for part in situation.claims:
        total = claims.get(part.part_of)
        if total is None or part.unit == "percent" or total.high is None or part.low is None:
            continue
        assert part.low <= total.high, part.id


def statements(situation: Situation) -> list[Claim | Event | Context]:
    return [*situation.claims, *situation.events, *situation.context]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_every_statement_of_the_report_is_there_with_its_speaker(
    karabakh: Situation, statement: str
) -> None:
    rows = {row.id: row for row in statements(karabakh.as_of("2023-09-25"))}
    speakers, via = STATEMENTS[statement]
    assert rows[statement].sources == speakers
    assert rows[statement].via == via
    assert rows[statement].quote


def test_the_report_has_no_other_statements(karabakh: Situation) -> None:
    found = {row.id for row in statements(karabakh) if row.id.startswith("report-")}
    assert found == set(STATEMENTS)


def test_only_the_report_is_quoted(karabakh: Situation) -> None:
    assert {row.id for row in statements(karabakh) if row.quote} == set(STATEMENTS)


def test_each_side_words_the_operation_itself(karabakh: Situation) -> None:
    events = {event.id: event for event in karabakh.events}
    azerbaijan = events["report-e4-anti-terrorist"]
    assert "anti-terrorist" in azerbaijan.wording
    assert events[azerbaijan.disputes].id == "report-e1-operation"


def arrivals(situation: Situation) -> list[Claim]:
    """Reported cumulative arrivals in all, the latest last."""
    found = [
        claim
        for claim in situation.claims
        if claim.target == "arrived.cumulative"
        and claim.place == "all"
        and claim.status == "reported"
        and claim.as_of is not None
    ]
    return sorted(found, key=lambda claim: claim.as_of or claim.known_at)


def test_the_last_figure_of_25_september_is_6650_at_17(karabakh: Situation) -> None:
    last = arrivals(karabakh.as_of("2023-09-25"))[-1]
    assert last.value == 6650
    assert last.as_of == dt.datetime.fromisoformat("2023-09-25T17:00+04:00")


def test_nobody_had_arrived_before_the_road_opened(karabakh: Situation) -> None:
    before = karabakh.as_of("2023-09-24T13:59+04:00")
    assert arrivals(before) == []
    assert "e021-opening" not in {event.id for event in before.events}
    assert "e021-opening" in {e.id for e in karabakh.as_of("2023-09-24T15:00+04:00").events}


@pytest.mark.parametrize("figure", [9000, 22800, 31800, 26600, 58400, 8100])
def test_figures_of_the_cabinet_meeting_are_invisible_before_it(
    karabakh: Situation, figure: int
) -> None:
    def visible(when: str) -> bool:
        return any(
            claim.measure == "arrived" and claim.value == figure
            for claim in karabakh.as_of(when).claims
        )

    assert not visible("2023-09-27")
    assert not visible("2023-09-28T10:59+04:00")
    assert visible("2023-09-28T12:00+04:00")


def test_late_claims_on_the_population_and_on_registration_are_late(karabakh: Situation) -> None:
    def known(when: str) -> set[tuple[str, float | None]]:
        return {(claim.measure, claim.value) for claim in karabakh.as_of(when).claims}

    assert ("population", 140000) not in known("2023-09-28")
    assert ("population", 140000) in known("2023-09-29")
    assert ("registration_rate", 1000) not in known("2023-09-28T12:00+04:00")
    assert ("registration_rate", 1000) in known("2023-09-28")


def test_what_was_reported_does_not_come_from_the_future(situation: Situation) -> None:
    early = [
        claim.id
        for claim in situation.claims
        if claim.status == "reported"
        and claim.as_of is not None
        and claim.as_of > claim.known_at
        and claim.as_of.date() > claim.known_at.date()
    ]
    assert early == []


def reachable(situation: Situation, closed: set[str]) -> set[str]:
    """Places to which the origins lead over routes that touch no closed place."""
    reached = {place.id for place in situation.places if place.kind == "origin"}
    while True:
        further = {
            route.to_place
            for route in situation.routes
            if route.from_place in reached and not {route.from_place, route.to_place} & closed
        }
        if further <= reached:
            return reached
        reached |= further


def test_every_route_out_leads_over_the_bridge(karabakh: Situation) -> None:
    armenia = {place.id for place in karabakh.places if place.country == "ARM"}
    assert len(armenia) == 15
    assert armenia <= reachable(karabakh, set())
    assert not armenia & reachable(karabakh, {"hakari-bridge"})


def test_provinces_carry_their_codes(karabakh: Situation) -> None:
    codes = {place.pcode for place in karabakh.places if place.kind == "region"}
    provinces = "AG AR AV ER GR KT LO SH SU TV VD"
    assert codes == {f"AM-{code}" for code in provinces.split()}


def texts(situation: Situation) -> Iterator[str]:
    for row in statements(situation):
        yield from (str(value) for name, value in row if name not in {"url", "publisher"})


def test_only_people_in_public_office_are_named(karabakh: Situation) -> None:
    named = {name for text in texts(karabakh) for name in SURNAME.findall(text)}
    assert "Stepanyan" in named
    assert named <= IN_OFFICE


# Against the compilation, row by row; it is not part of the project.

needs_compilation = pytest.mark.skipif(
    not COMPILATION.is_dir(), reason=f"the compilation is not at {COMPILATION}"
)


def compiled(table: str) -> list[dict[str, str]]:
    with (COMPILATION / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def holds(claim: Claim, value: str) -> bool:
    return float(value) in (claim.low, claim.high)


def agrees_in_time(as_of: dt.datetime | None, stated: str) -> bool:
    """Whether ``as_of`` is the moment, or lies in the day, month, year or span, that is stated."""
    if as_of is None:
        return False
    if re.match(r"\d{4}-\d\d-\d\dT", stated):
        return as_of == dt.datetime.fromisoformat(stated)
    stated = re.sub(r"(\d{4}-\d\d-)(\d\d)/(\d\d)\b", r"\1\2/\1\3", stated)  # 2023-09-29/30
    local = str(as_of.astimezone(dt.timezone(dt.timedelta(hours=4))))
    days = re.findall(r"\d{4}-\d\d-\d\d", stated)
    if len(days) == 2:
        return bool(days[0] <= local[:10] <= days[1])
    spans = re.findall(r"\d{4}(?:-\d\d)?(?:-\d\d)?", stated)
    return any(local.startswith(span) for span in spans)


MEASURES = {
    "arrived": "arrived",
    "registered": "registered",
    "vehicles": "vehicles",
    "state_accommodated": "accommodated",
}


@needs_compilation
def test_every_compiled_arrival_figure_is_a_claim(karabakh: Situation) -> None:
    for row in compiled("arrivals"):
        measure = MEASURES.get(row["metric"].split("_cumulative")[0])
        found = [
            claim
            for claim in karabakh.claims
            if holds(claim, row["value"])
            and agrees_in_time(claim.as_of, row["as_of"])
            and claim.url == row["url"]
            and measure in (None, claim.measure)
        ]
        assert found, row["id"]


@needs_compilation
def test_every_compiled_figure_by_province_is_a_claim(karabakh: Situation) -> None:
    regions = {place.name: place.id for place in karabakh.places if place.kind == "region"}
    regions["Yerevan (or left)"] = "yerevan"
    for row in compiled("destinations"):
        found = [
            claim
            for claim in karabakh.claims
            if holds(claim, row["value"])
            and claim.place == regions.get(row["marz"], "")
            and claim.url == row["url"]
            and (
                agrees_in_time(claim.as_of, row["as_of"])
                or claim.as_of_precision == "date_of_publication"
            )
        ]
        assert found, row["id"]


@needs_compilation
def test_every_compiled_disputed_figure_is_a_claim_or_a_statement(karabakh: Situation) -> None:
    for row in compiled("claims"):
        bounds = [value for value in (row["value_low"], row["value_high"]) if value]
        if not bounds:
            assert row["url"] in {statement.url for statement in karabakh.context}, row["id"]
            continue
        found = [
            claim
            for claim in karabakh.claims
            if all(holds(claim, value) for value in bounds)
            and claim.url == row["url"]
            and (
                agrees_in_time(claim.as_of, row["as_of"])
                or claim.as_of_precision == "assumed_horizon"
            )
        ]
        assert found, row["id"]


@needs_compilation
def test_every_compiled_event_is_there(karabakh: Situation) -> None:
    for row in compiled("events"):
        found = [
            event
            for event in karabakh.events
            if event.id.startswith(row["id"].lower() + "-")
            and agrees_in_time(event.time, row["date"])
            and event.url == row["url"]
        ]
        assert found, row["id"]
