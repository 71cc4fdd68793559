from __future__ import annotations

import dataclasses
import io

import pytest
from rich.console import Console

from crossings.forecast.outlook import Outlook
from crossings.publish.terminal import print_outlook
from crossings.situation.records import Situation
from tests import outlooks


def printed(
    width: int = 80,
    situation: Situation | None = None,
    later: Situation | None = None,
    made: Outlook | None = None,
) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width)
    print_outlook(console, made or outlooks.outlook(), situation or outlooks.situation(), later)
    return out.getvalue()


@pytest.mark.parametrize("width", [60, 80, 140])
def test_every_line_fits_and_a_pipe_gets_no_colours(width: int) -> None:
    text = printed(width, later=outlooks.situation())
    assert all(len(line) <= width for line in text.splitlines())
    assert "\x1b" not in text


def test_headline_days_places_and_claims_are_there() -> None:
    text = " ".join(printed(140).split())
    assert "By the end of 3 October: " in text
    assert "people arrived (median); 9 in 10 between" in text
    assert "plan for" in text
    assert "Last figure 6,650 as of 17:00 on 25 September, 7 h old; Government of Armenia" in text
    assert "26 Sep" in text
    assert "Kornidzor" in text
    assert "Lori" not in text
    assert "at least 2,900 people arrived" in text
    assert "1.00" in text
    assert "5 more figures were public and not used" in text


def test_places_that_everybody_passes_are_one_row() -> None:
    rows = [line for line in printed(140).splitlines() if "Kornidzor" in line]
    assert len(rows) == 1
    assert "Hakari Bridge, Kornidzor" in rows[0]


def test_a_plan_is_not_worded_as_a_count() -> None:
    first = outlooks.outlook(5)
    used = tuple(dataclasses.replace(use, weight=1.0) for use in first.claims)
    text = " ".join(printed(200, made=dataclasses.replace(first, claims=used)).split())
    assert "120,000 people said to be going" in text
    assert "120,000 people arrived" not in text


def test_notes_and_the_chance_that_anybody_comes_are_printed() -> None:
    out = io.StringIO()
    odds = {"start_of_flow": {"within": {"1d": 0.004, "3d": 0.31}}}
    made = dataclasses.replace(outlooks.outlook(5, 4), diagnostics=odds)
    print_outlook(Console(file=out, width=100), made, outlooks.situation())
    text = " ".join(out.getvalue().split())
    assert "Chance that people come at all (100 or more): under 1 % within 1 day, 31 %" in text
    assert made.notes[0] in text


def test_what_was_reported_later_stands_beside_the_forecast_if_given() -> None:
    assert "76,407" not in printed()
    beside = " ".join(printed(later=outlooks.situation()).split())
    assert "76,407" in beside
    assert "not known to the forecast" in beside


def test_hostile_text_is_text() -> None:
    bad = "[bold red]x[/bold red] [link=http://evil]y[/link] \x1b[31mz\u202e"
    clean = outlooks.situation()
    claims = tuple(c.model_copy(update={"sources": (bad,), "via": bad}) for c in clean.claims)
    text = printed(200, clean.model_copy(update={"claims": claims}))
    assert "[bold red]x[/bold red]" in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_an_outlook_without_figures_says_so() -> None:
    out = io.StringIO()
    made = outlooks.without_figures(outlooks.outlook(5, 40))
    empty = outlooks.situation().model_copy(update={"claims": ()})
    print_outlook(Console(file=out, width=80), made, empty)
    assert "No figure of this kind was public" in out.getvalue()
    assert "0 more figures" in out.getvalue()


def test_a_long_horizon_ends_with_its_last_day() -> None:
    out = io.StringIO()
    made = dataclasses.replace(outlooks.outlook(5, 40))
    print_outlook(Console(file=out, width=80), made, outlooks.situation())
    assert "4 Nov" in out.getvalue()
    assert "27 Oct" not in out.getvalue()
