"""Readings joined to situations: places by any name, times, targets; ambiguity stays open."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossings.errors import InputError
from crossings.reports.inputs.document import Document
from crossings.reports.linking import Linked, link, target
from crossings.reports.place_names import PlaceNames, bare, country_code, folded, sound
from crossings.reports.reader import read
from crossings.reports.records import ReadClaim
from crossings.situation.catalogue import bundled, load
from crossings.situation.records import ALL
from crossings.situation.tables import CLAIMS, CONTEXT, EVENTS, write_cells

KARABAKH = load("nagorno-karabakh-2023")
NAMES = PlaceNames(KARABAKH)


def linked(text: str, published: str = "2023-09-25") -> Linked:
    document = Document("report.txt", text, published=published, publisher="Example News")
    return link(read(text, published), document, KARABAKH)


@pytest.mark.parametrize(
    ("written", "place"),
    [
        *((name, "stepanakert") for name in ("Stepanakert", "Khankendi", "Xankəndi", "Hankendi")),
        *((name, "stepanakert") for name in ("Ստեփանակերտ", "Степанакерт", "KHANKENDI")),
        *((name, "goris") for name in ("Goris", "the town of Goris", "Goris, Armenia", "Горис")),
        *((name, "martakert") for name in ("Aghdara", "Ağdərə", "Martakert", "Mardakert")),
        ("Kornidzor village", "kornidzor"),
        ("Lachin checkpoint", "hakari-bridge"),
        ("Vayots Dzor province", "vayots-dzor"),
        ("Armenia", ALL),
        ("neighbouring Armenia", ALL),
    ],
)
def test_a_place_is_found_by_any_of_its_names(written: str, place: str) -> None:
    assert NAMES.find(written).place == place


@pytest.mark.parametrize("name", bundled())
def test_every_name_of_every_bundled_place_leads_to_it(name: str) -> None:
    situation = load(name)
    names = PlaceNames(situation)
    for place in situation.places:
        for written in (place.name, *place.names, place.name.upper(), f"the town of {place.name}"):
            assert place.id in names.find(written).places, written


def test_ambiguity_is_kept_and_told() -> None:
    assert set(NAMES.find("Laçın").places) == {"lachin", "hakari-bridge"}
    assert NAMES.find("Laçın").place == ""
    found = linked("Some 300 people had arrived in Laçın by Sunday.")
    assert found.claims[0].place == ""
    assert "place as written: Laçın" in found.claims[0].note
    assert found.open_questions == (
        "'Laçın' can be Lachin, Hakari bridge (Lachin checkpoint): left open",
    )


@pytest.mark.parametrize("written", ["Nagorno-Karabakh", "Karabakh", "Azerbaijan"])
def test_the_area_that_people_come_from_is_no_place_of_arrival(written: str) -> None:
    match = NAMES.find(written)
    assert match.places == ()
    assert match.origin


@pytest.mark.parametrize("written", ["", "...", "Tbilisi", "the country", "Kutupalong", "x" * 500])
def test_what_is_no_place_of_the_situation_stays_unknown(written: str) -> None:
    match = NAMES.find(written)
    assert (match.places, match.origin) == ((), "")


@given(st.text(max_size=60))
def test_any_name_can_be_looked_up(written: str) -> None:
    match = NAMES.find(written)
    assert set(match.places) <= {place.id for place in KARABAKH.places} | {ALL}
    assert folded(folded(written)) == folded(written)
    assert bare(bare(written)) == bare(written)
    assert isinstance(sound(written), str)


@pytest.mark.parametrize(
    ("written", "code"),
    [("Armenia", "ARM"), ("Syria", "SYR"), ("Türkiye", "TUR"), ("Russian", "RUS"), ("Goris", "")],
)
def test_country_codes(written: str, code: str) -> None:
    assert country_code(written) == code


@pytest.mark.parametrize(
    ("measure", "side", "counting", "becomes"),
    [
        ("crossed", "host", "cumulative", ("arrived", "cumulative")),
        ("crossed", "host", "flow", ("arrived", "flow")),
        ("crossed", "gate", "cumulative", ("crossed", "cumulative")),
        ("refugees_hosted", "other", "stock", ("hosted", "stock")),
        ("sheltered", "host", "stock", ("accommodated", "stock")),
        ("killed", "origin", "cumulative", ("killed", "cumulative")),
        ("detained", "other", "stock", ("detained", "stock")),
    ],
)
def test_the_table_decides_what_a_figure_becomes(
    measure: str, side: str, counting: str, becomes: tuple[str, str]
) -> None:
    read_claim = ReadClaim(0, 1, "1", 1, 1, "exact", measure=measure, counting=counting)
    assert target(read_claim, side) == becomes


TEXT = (
    "Azerbaijan launched an attack on Stepanakert on 19 September. "
    "By Sunday 1,050 people had crossed into Armenia, the Armenian government said. "
    "Turkey supports Azerbaijan."
)


def test_records_are_proposed_dated_attributed_and_verbatim() -> None:
    found = linked(TEXT)
    (claim,) = found.claims
    assert claim.target == "arrived.cumulative"
    assert (claim.place, claim.low, claim.high, claim.review) == (ALL, 1050, 1050, "proposed")
    assert claim.as_of == KARABAKH.moment("2023-09-24")
    assert claim.known_at == KARABAKH.moment("2023-09-25")
    assert claim.document == Document("", TEXT).sha256
    assert claim.publisher == "Example News"
    (event,) = found.events
    assert (event.kind, event.place, event.from_country) == (
        "military_operation",
        "stepanakert",
        "AZE",
    )
    assert event.time == dt.datetime.fromisoformat("2023-09-19T00:00:00+04:00")
    (context,) = found.context
    assert (context.subject, context.relation, context.object) == (
        "Turkey",
        "supports",
        "Azerbaijan",
    )
    assert context.bears_on == event.id
    for record in found.records:
        assert record.quote
        assert record.quote in TEXT


def test_records_fit_the_situation_and_its_tables() -> None:
    found = linked(TEXT)
    joined = KARABAKH.with_claims(found.claims)
    assert set(found.claims) <= set(joined.claims)
    for table, records in (
        (CLAIMS, found.claims),
        (EVENTS, found.events),
        (CONTEXT, found.context),
    ):
        for record in records:
            assert len(write_cells(table, record, KARABAKH.zone)) == len(table.columns)


def test_nothing_that_is_read_is_known_before_it_was_published() -> None:
    for record in linked(TEXT).records:
        assert record.known_at >= KARABAKH.moment("2023-09-25")
    exact = Document("r", TEXT, published="2023-09-25T09:30:00+04:00")
    (claim,) = link(read(TEXT, exact.published), exact, KARABAKH).claims
    assert claim.known_at == dt.datetime.fromisoformat("2023-09-25T09:30:00+04:00")


def test_one_speaker_in_one_document_is_one_bulletin() -> None:
    text = "The ministry said 20 people were killed and 40 injured. Reuters reported 30 dead."
    claims = linked(text).claims
    assert len(claims) == 3
    assert claims[0].bulletin == claims[1].bulletin != claims[2].bulletin


def test_without_a_day_of_publication_nothing_is_linked() -> None:
    with pytest.raises(InputError, match="no day of publication"):
        linked("Some 300 people arrived in Goris.", published="")


@given(st.text(max_size=200) | st.just(TEXT))
def test_any_reading_can_be_linked(text: str) -> None:
    found = linked(text)
    ids = [record.id for record in found.records]
    assert len(set(ids)) == len(ids)
    for claim in found.claims:
        assert claim.part_of in {"", *ids}
    KARABAKH.with_claims(found.claims)
