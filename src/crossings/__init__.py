"""crossings: a forecast service for forced displacement.

Who will arrive, where, by when, with honest ranges, from what was known at the time. All public
names stand here and are loaded when first used, so that ``import crossings`` costs nothing::

    import crossings as cx

    situation = cx.load("nagorno-karabakh-2023")  # or a folder
    outlook = cx.forecast(situation, as_of="2023-09-25", horizon="8d")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crossings.dynamics.rule_sets import simulate as simulate
    from crossings.errors import CrossingsError as CrossingsError
    from crossings.errors import InputError as InputError
    from crossings.errors import OutputError as OutputError
    from crossings.forecast.issue import forecast as forecast
    from crossings.forecast.outlook import Outlook as Outlook
    from crossings.forecast.what_if import what_if as what_if
    from crossings.reports.reader import read as read
    from crossings.reports.records import ReadClaim as ReadClaim
    from crossings.reports.records import Reading as Reading
    from crossings.situation.catalogue import load as load
    from crossings.situation.records import Claim as Claim
    from crossings.situation.records import Context as Context
    from crossings.situation.records import Event as Event
    from crossings.situation.records import Place as Place
    from crossings.situation.records import Prior as Prior
    from crossings.situation.records import Route as Route
    from crossings.situation.records import Situation as Situation
    from crossings.verify.backtest import Backtest as Backtest
    from crossings.verify.backtest import backtest as backtest

_HOME = {
    "Backtest": "crossings.verify.backtest",
    "Claim": "crossings.situation.records",
    "Context": "crossings.situation.records",
    "CrossingsError": "crossings.errors",
    "Event": "crossings.situation.records",
    "InputError": "crossings.errors",
    "Outlook": "crossings.forecast.outlook",
    "OutputError": "crossings.errors",
    "Place": "crossings.situation.records",
    "Prior": "crossings.situation.records",
    "ReadClaim": "crossings.reports.records",
    "Reading": "crossings.reports.records",
    "Route": "crossings.situation.records",
    "Situation": "crossings.situation.records",
    "backtest": "crossings.verify.backtest",
    "forecast": "crossings",  # the room itself, which can be called
    "load": "crossings.situation.catalogue",
    "read": "crossings.reports.reader",
    "what_if": "crossings.forecast.what_if",
    "simulate": "crossings.dynamics.rule_sets",
}

__all__ = [
    "Backtest",
    "Claim",
    "Context",
    "CrossingsError",
    "Event",
    "InputError",
    "Outlook",
    "OutputError",
    "Place",
    "Prior",
    "ReadClaim",
    "Reading",
    "Route",
    "Situation",
    "backtest",
    "forecast",
    "load",
    "read",
    "simulate",
    "what_if",
]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if home == __name__:
        return import_module(f"{__name__}.{name}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
