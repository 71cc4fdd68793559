from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ET

import pytest
from rich.console import Console

from crossings.ledger.side_by_side import SideBySide, matching, side_by_side
from crossings.publish.history_chart import history_chart
from crossings.publish.side_by_side import print_side_by_side, side_by_side_json
from crossings.situation.catalogue import bundled, load
from crossings.situation.records import Situation

SVG = "{http://www.w3.org/2000/svg}"


def found(situation: Situation, measure: str) -> SideBySide:
    asked = matching(situation.claims, measure=measure)
    return side_by_side(situation.claims, asked, situation.zone)


def printed(answers: SideBySide, situation: Situation, width: int) -> str:
    out = io.StringIO()
    print_side_by_side(Console(file=out, width=width), answers, situation)
    return out.getvalue()


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", bundled())
def test_every_measure_fits_the_terminal(name: str, width: int) -> None:
    situation = load(name)
    for measure in sorted({c.measure for c in situation.claims}):
        text = printed(found(situation, measure), situation, width)
        assert max(len(line.rstrip()) for line in text.splitlines()) <= width


def test_the_200_killed_are_told_by_number() -> None:
    situation = load("nagorno-karabakh-2023")
    text = " ".join(printed(found(situation, "killed"), situation, 200).split())
    assert "As of 2024-05-31: 223 to 224 or more people, median 223" in text
    assert "copy of 3, which says at least 200" in text
    assert "counted; agrees with 7, 8" in text
    assert "another place" in text


def test_json_holds_every_claim_and_the_range() -> None:
    situation = load("nagorno-karabakh-2023")
    answers = found(situation, "killed")
    told = json.loads(side_by_side_json(answers))
    assert told["reconciled"]["low"] == 223
    assert [row["claim"]["id"] for row in told["claims"]] == [r.claim.id for r in answers.rows]
    assert told["claims"][0]["claim"]["sources"]


@pytest.mark.parametrize("name", bundled())
def test_a_chart_draws_every_bulletin_once(name: str) -> None:
    situation = load(name)
    for measure in sorted({c.measure for c in situation.claims}):
        answers = found(situation, measure)
        drawing = ET.fromstring(history_chart(answers, situation.zone))
        marks = drawing.findall(f"{SVG}g")
        assert len(marks) == sum(row.claim.as_of is not None for row in answers.history)
        for number in re.findall(r'[xy]="(-?[\d.]+)"', ET.tostring(drawing, encoding="unicode")):
            assert 0 <= float(number) <= 960


def test_text_from_outside_is_escaped_in_a_chart() -> None:
    situation = load("nagorno-karabakh-2023")
    bad = [c.model_copy(update={"sources": ("<script>&",)}) for c in situation.claims]
    answers = side_by_side(bad, matching(bad, measure="killed"), situation.zone)
    assert "<script>" not in history_chart(answers, situation.zone)
    assert "&lt;script&gt;&amp;" in history_chart(answers, situation.zone)
