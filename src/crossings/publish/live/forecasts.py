"""``/api/situations/{id}/forecasts``: kept forecasts, what the page shows of one, downloads."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from crossings.exchange.forecast_csv import forecast_csv
from crossings.exchange.forecast_hub import MODEL, forecast_hub
from crossings.exchange.forecast_json import forecast_json
from crossings.exchange.forecast_netcdf import forecast_netcdf
from crossings.exchange.hxl import hxl_claims, hxl_forecast
from crossings.publish.export import shared
from crossings.publish.live.answers import AnswerError, stated, tagged
from crossings.publish.live.situations import BAD, Served
from crossings.publish.live.state import State
from crossings.publish.page import situation_page
from crossings.publish.view import view

router = APIRouter(prefix="/api/situations/{situation_id}/forecasts", tags=["forecasts"])

MEDIA = ("text/csv", "application/json", "text/html", "application/x-netcdf")

Download = Literal["csv", "json", "netcdf", "hub", "hxl", "claims", "page"]


@router.get("", responses=BAD, summary="Kept forecasts, in the order of their issue times")
def kept(request: Request, situation_id: str, served: Served) -> Response:
    """Id, issue time, horizon and headline of each."""
    served.situation(situation_id)
    return stated(request, {"items": served.forecasts(situation_id)})


@router.get("/{forecast_id}", responses=BAD, summary="One forecast, as the page shows it")
def one(request: Request, situation_id: str, forecast_id: str, served: Served) -> Response:
    """Headline, quantiles, places, routes, flows, claims with their use, events and context."""
    return tagged(request, served.page(situation_id, forecast_id).whole, "application/json")


@router.get("/{forecast_id}/later", responses=BAD, summary="What was reported after it was issued")
def later(request: Request, situation_id: str, forecast_id: str, served: Served) -> Response:
    """The claims that were public only after the issue time; the forecast knew none of them."""
    return tagged(request, served.page(situation_id, forecast_id).later, "application/json")


@router.get(
    "/{forecast_id}/download",
    responses={**BAD, 200: {"description": "The file.", "content": {kind: {} for kind in MEDIA}}},
    response_class=Response,
    summary="One forecast as a file",
)
def download(
    request: Request,
    situation_id: str,
    forecast_id: str,
    served: Served,
    form: Annotated[Download, Query(alias="format")] = "csv",
) -> Response:
    """Quantiles (csv), description (json), draws (netcdf), model output (hub), HXL tables, page.

    The server's profile holds for every form.
    """
    body, media, ending = _made(served, situation_id, forecast_id, form)
    name = f"{situation_id}-{forecast_id}{ending}".replace('"', "")
    sent = {"Content-Disposition": f'attachment; filename="{name}"'}
    return tagged(request, body, media, headers=sent)


def _made(served: State, situation_id: str, forecast_id: str, form: str) -> tuple[bytes, str, str]:
    """Content, media type and ending of a download."""
    whole = served.situation(situation_id)
    outlook = served.outlook(situation_id, forecast_id)
    profile = served.settings.profile
    shown = view(outlook, whole, None, profile)
    given = shared(shown)
    texts: dict[str, Any] = {
        "csv": lambda: (forecast_csv(given), "text/csv", ".csv"),
        "json": lambda: (forecast_json(given, shown.known), "application/json", ".json"),
        "hxl": lambda: (hxl_forecast(given, shown.known), "text/csv", "-hxl.csv"),
        "claims": lambda: (
            hxl_claims(shown.known.claims, shown.known), "text/csv", "-claims-hxl.csv"
        ),
        "page": lambda: (situation_page(outlook, whole, whole, profile), "text/html", ".html"),
    }  # fmt: skip
    if form == "netcdf":
        return forecast_netcdf(given, shown.known), "application/x-netcdf", ".nc"
    if form == "hub":
        try:
            files = forecast_hub(given)
        except ValueError as error:
            raise AnswerError(400, f"hub: {error}") from error
        output = next(text for name, text in files.items() if name.startswith("model-output/"))
        return output, "text/csv", f"-{MODEL}.csv"
    text, media, ending = texts[form]()
    return text.encode("utf-8", "replace"), media, ending
