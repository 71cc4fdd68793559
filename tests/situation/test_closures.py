from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from crossings.situation.closures import closed_routes
from crossings.situation.records import Event
from tests import outlooks

START = outlooks.at(1)


def act(number: int, kind: str, place: str = "", route: str = "") -> Event:
    when = START + dt.timedelta(hours=number)
    fields = {"id": f"e{number}", "time": when, "known_at": when, "kind": kind}
    return Event.model_validate(fields | {"place": place, "route": route})


@given(st.lists(st.sampled_from(["closure", "blockade", "opening", "ceasefire"]), max_size=8))
def test_the_last_closing_or_opening_decides(kinds: list[str]) -> None:
    events = tuple(act(i, kind, place="hakari-bridge") for i, kind in enumerate(kinds))
    known = outlooks.situation().model_copy(update={"events": events})
    deciding = [kind for kind in kinds if kind != "ceasefire"]
    shut = bool(deciding) and deciding[-1] != "opening"
    touching = {"stepanakert--hakari-bridge", "hakari-bridge--kornidzor"}
    assert set(closed_routes(known, outlooks.ISSUED)) == (touching if shut else set())


def test_an_event_on_a_route_shuts_that_route_only_and_names_itself() -> None:
    events = (act(1, "closure", route="goris--vayk", place="goris"),)
    known = outlooks.situation().model_copy(update={"events": events})
    assert closed_routes(known, outlooks.ISSUED) == {"goris--vayk": events[0]}


def test_what_happens_later_shuts_nothing_now() -> None:
    known = outlooks.situation().model_copy(update={"events": (act(5, "closure", "goris"),)})
    assert closed_routes(known, START + dt.timedelta(hours=4)) == {}
    assert closed_routes(known, START + dt.timedelta(hours=5))


def test_an_event_between_two_countries_shuts_every_route_between_them() -> None:
    border = act(1, "closure").model_copy(update={"from_country": "ARM", "to_country": "AZE"})
    abroad = {"stepanakert": "AZE", "hakari-bridge": "AZE"}
    here = outlooks.situation()
    places = tuple(p.model_copy(update={"country": abroad.get(p.id, "ARM")}) for p in here.places)
    known = here.model_copy(update={"events": (border,), "places": places})
    between = {r.id for r in known.routes if (r.from_place in abroad) != (r.to_place in abroad)}
    assert len(between) in range(1, len(known.routes))
    assert set(closed_routes(known, outlooks.ISSUED)) == between
    one = border.model_copy(update={"to_country": ""})
    assert closed_routes(known.model_copy(update={"events": (one,)}), outlooks.ISSUED) == {}
