"""``/api/situations``: what is known of a crisis, as of any moment, and who says so."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from crossings.publish.live.answers import described, page_of, stated
from crossings.publish.live.state import State, state
from crossings.publish.view import is_public
from crossings.situation.disagreements import disagreements
from crossings.situation.records import Claim, Situation

router = APIRouter(prefix="/api/situations", tags=["situations"])

Served = Annotated[State, Depends(state)]
_MONTH_DAY = (
    "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    "|02-(0[1-9]|1[0-9]|2[0-8])"
)
_DAY = f"(19|20)([0-9][0-9]-({_MONTH_DAY})|(0[48]|[2468][048]|[13579][26])-02-29)"
_CLOCK = "T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9])"
MOMENT = f"^((19|20)[0-9][0-9](-(0[1-9]|1[0-2]))?|({_DAY})({_CLOCK})?)$"
"""How the API's description tells of a moment: a year, a month, a day, a time with its offset.

What is none is refused in words, so this is not enforced as a pattern.
"""

AsOf = Annotated[
    str,
    Query(
        max_length=40,
        description="Only what was public by then; empty: everything.",
        json_schema_extra={"pattern": f"^$|{MOMENT}"},
    ),
]
Page = Annotated[int, Query(ge=1, le=100_000, description="Counted from 1.")]
PerPage = Annotated[int, Query(ge=1, le=500, description="Rows a page.")]

BAD: dict[int | str, dict[str, Any]] = {
    400: described("Something asked for means nothing."),
    401: described("The token is missing or wrong."),
    404: described("There is no such thing here."),
    413: described("The request is too large."),
    422: described("A parameter is out of its range."),
    503: described("Somebody else is writing to the ledger; try again a little later."),
    507: described("It could not be written; nothing was."),
}


@router.get("", responses=BAD, summary="The situations on this server")
def situations(request: Request, served: Served) -> Response:
    """Id, title, tier, rows, period and speakers of each, and its kept forecasts' number."""
    return stated(request, served.listed())


@router.get("/{situation_id}", responses=BAD, summary="What is known of one, as of a moment")
def one(request: Request, situation_id: str, served: Served, as_of: AsOf = "") -> Response:
    """Description, places, routes, events and context; claims have an address of their own."""
    known = _known(served, situation_id, as_of)
    content = known.model_dump(mode="json", exclude={"claims", "priors"})
    content["claims"] = len(_shown(served, known))
    return stated(request, content)


@router.get("/{situation_id}/claims", responses=BAD, summary="Its figures and who says them")
def claims(
    request: Request,
    situation_id: str,
    served: Served,
    as_of: AsOf = "",
    measure: Annotated[str, Query(max_length=100)] = "",
    place: Annotated[str, Query(max_length=200)] = "",
    source: Annotated[str, Query(max_length=200, description="Part of a speaker's name.")] = "",
    page: Page = 1,
    per_page: PerPage = 100,
) -> Response:
    """The claims as they were stated, in the order of the table."""
    wanted = source.casefold()
    rows = [
        claim.model_dump(mode="json")
        for claim in _shown(served, _known(served, situation_id, as_of))
        if (not measure or claim.measure == measure)
        and (not place or claim.place == place)
        and (not wanted or any(wanted in name.casefold() for name in claim.sources))
    ]
    return stated(request, page_of(rows, page, per_page))


@router.get(
    "/{situation_id}/disagreements", responses=BAD, summary="Figures that do not go together"
)
def compare(request: Request, situation_id: str, served: Served, as_of: AsOf = "") -> Response:
    """Groups of claims of one quantity with different numbers, the smallest first."""
    known = _known(served, situation_id, as_of)
    groups = disagreements(_shown(served, known), known.zone)
    rows = [[claim.model_dump(mode="json") for claim in group.claims] for group in groups]
    return stated(request, {"items": rows})


@router.get("/{situation_id}/borders", responses=BAD, summary="Coasts and boundaries around it")
def around(request: Request, situation_id: str, served: Served) -> Response:
    """Lines of Natural Earth near the situation's places, for the map; no opinion on status."""
    return stated(request, served.around(situation_id), "max-age=3600")


@router.get("/{situation_id}/record", responses=BAD, summary="Its kept forecasts beside what came")
def record(request: Request, situation_id: str, served: Served) -> Response:
    """Each forecast's headline, the outcome where it is known by now, and how often it held."""
    return stated(request, {"items": served.record(situation_id)})


def _known(served: State, situation_id: str, as_of: str) -> Situation:
    whole = served.situation(situation_id)
    return whole.as_of(as_of) if as_of else whole


def _shown(served: State, known: Situation) -> list[Claim]:
    """The claims that the server's profile shows."""
    if served.settings.profile == "internal":
        return list(known.claims)
    return [claim for claim in known.claims if is_public(claim)]
