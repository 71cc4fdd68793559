"""Plain sentences: every figure is one that somebody stated, with the speaker behind it."""

from __future__ import annotations

import re

from crossings.publish.narrative import narrative
from crossings.publish.view import view
from tests.outlooks import at, claim, outlook, situation, without_figures


def told(known: object = None, made: object = None) -> tuple[str, ...]:
    shown = view(made or outlook(), known or situation(), None, "internal")  # type: ignore[arg-type]
    return narrative(shown)


def test_at_most_ten_sentences_each_with_a_source_in_brackets() -> None:
    said = told()
    assert 5 <= len(said) <= 10
    for sentence in said:
        assert re.search(r"\([^()]+(\([^()]*\)[^()]*)?\)", sentence), sentence
        assert sentence[0] == sentence[0].upper()
        assert sentence.endswith(".")


def test_the_forecast_comes_first_and_the_newest_figure_with_who_said_it() -> None:
    said = told()
    assert "9 in 10 cases lie between" in said[0]
    newest = next(s for s in said if s.startswith("6,650"))
    assert "(Government of Armenia press service)" in newest
    assert "as of 17:00 on 25 September" in newest


def test_where_sources_disagree_the_sentence_says_so() -> None:
    population = next(s for s in told() if "at risk" in s)
    assert "disputed" in population
    assert "25,000 (Baku)" in population
    assert "120,000 (NK)" in population
    worded = next(s for s in told() if "worded differently" in s)
    assert "large-scale attack" in worded
    assert "anti-terrorist" in worded


def test_tolls_stand_beside_each_other() -> None:
    rows = [
        claim("k2", 223, at(24), measure="killed", place="", sources=("A committee",)),
        claim("k3", 190, at(23), measure="killed", place="", sources=("A newspaper",)),
    ]
    said = next(s for s in told(situation().with_claims(rows)) if s.startswith("People killed"))
    assert "223 as of 2023-09-24 12:00 (A committee)" in said
    assert "190 as of" in said
    assert "at least 200 as of" in said


def test_nothing_later_and_nothing_rejected_is_told() -> None:
    rejected = claim("bad", 99_999, at(25, 20), review="rejected")
    said = " ".join(told(situation().with_claims([rejected])))
    assert "99,999" not in said
    assert "28,120" not in said


def test_without_figures_there_are_fewer_sentences() -> None:
    bare = situation().model_copy(update={"claims": (), "events": ()})
    said = told(bare, without_figures(outlook()))
    assert len(said) >= 2
    assert all("crossings" in s for s in said)
