"""The situation page: one HTML file that needs no script, no network and no other file.

Every text that comes from a situation is escaped on the way in (:mod:`crossings.publish.markup`).
"""

from __future__ import annotations

from importlib.resources import files

from crossings.forecast.outlook import Outlook
from crossings.forecast.summary import headline
from crossings.publish import page_forecast, page_map, page_method, page_statements
from crossings.publish.markup import head, text
from crossings.publish.view import View, view
from crossings.situation.records import Situation

_CONTENTS = (
    ("course", "The course ahead"),
    ("places", "Day by day"),
    ("present", "Present, waiting"),
    ("map", "On the way"),
    ("claims", "Who says what"),
    ("disagreements", "Disagreements"),
    ("events", "Events"),
    ("setting", "Setting"),
    ("reasons", "What moved it"),
    ("reading", "How to read it"),
    ("method", "Method and limits"),
)


def situation_page(
    outlook: Outlook,
    situation: Situation,
    later: Situation | None = None,
    profile: str = "internal",
    sign_off: str = "",
) -> str:
    """A forecast and everything behind it as one HTML document.

    Args:
        outlook: the forecast.
        situation: its situation; only what was known at the issue time is used.
        later: the situation with what came after; its newer figures are drawn beside the forecast.
        profile: ``internal``, or ``public`` (see :mod:`crossings.publish.view`).
        sign_off: who answers for publishing it, as a sentence; empty for nobody.

    Raises:
        InputError: the profile is not known.
    """
    shown = view(outlook, situation, later, profile)
    return _document(shown, _sections(shown), sign_off)


def _sections(shown: View) -> list[str]:
    return [
        page_forecast.fan_section(shown),
        page_forecast.arrivals_section(shown),
        page_forecast.stocks_section(shown),
        page_map.map_section(shown),
        page_statements.claims_section(shown),
        page_statements.disagreements_section(shown),
        page_statements.events_section(shown),
        page_statements.context_section(shown),
        page_method.reasons_section(shown),
        page_method.reading_section(),
        page_method.method_section(shown),
        page_method.responsibility_section(),
    ]


def _document(shown: View, sections: list[str], sign_off: str) -> str:
    body = "\n".join(section for section in sections if section)
    links = "".join(
        f'<li><a href="#{key}">{label}</a></li>'
        for key, label in _CONTENTS
        if f'<section id="{key}"' in body
    )
    style = files("crossings.publish").joinpath("page.css").read_text(encoding="utf-8")
    when = headline(shown.outlook).range.time.astimezone(shown.zone)
    return (
        f"{head(f'{text(shown.outlook.title)}: forecast to {when:%Y-%m-%d}', style)}<body>\n"
        f"{page_forecast.headline_section(shown)}\n"
        f'<nav aria-label="Contents"><ul>{links}</ul></nav>\n'
        f"<main>\n{body}\n</main>\n{page_method.imprint(shown, sign_off)}\n</body>\n</html>\n"
    )
