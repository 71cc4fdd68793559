"""The reader as a whole: labelled passages, the founding report, and any text at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crossings as cx
from benchmarks.reading_scores import pairs, score, source_right
from crossings.errors import InputError
from crossings.reports.lexicon_files import languages
from crossings.reports.reader import BLOCK
from tests.reports.labelled import PASSAGES, passages

OWN_BOUNDS = {"eighth": (0.96, 0.88, 0.78), "ninth": (0.95, 0.79, 0.71)}
"""Figures found, measures and whole claims of sets with unusual wording on purpose."""
STATUS_BOUNDS = {"fourth": 0.0, "eighth": 0.8, "ninth": 0.8}

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "reports"


def read_all(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    return {row["id"]: cx.read(row["text"], row["published"]).as_dict()["claims"] for row in rows}


@pytest.mark.parametrize("path", sorted(PASSAGES.parent.glob("*.txt")), ids=lambda p: p.stem)
def test_labelled_passages(path: Path) -> None:
    """Regression bounds; what each set scored before it was looked at is in benchmarks/results."""
    rows = passages(path)
    scores = score(rows, read_all(rows))
    found, measure, whole = OWN_BOUNDS.get(path.stem, (0.96, 0.93, 0.82))
    assert scores["found_f1"] >= found, scores
    assert scores["value"] >= 0.98, scores
    assert scores["measure"] >= measure, scores
    assert scores["source"] >= 0.87, scores
    assert scores["claim_f1"] >= whole, scores
    assert scores["status"] >= STATUS_BOUNDS.get(path.stem, 0.6), scores


@pytest.mark.skipif(not SHARED.is_dir(), reason="the founding report lies beside the project")
def test_the_founding_report_is_read_in_full() -> None:
    row = json.loads((SHARED / "report_2023-09-25.jsonl").read_text(encoding="utf-8"))
    claims = cx.read(row["text"], row["published"]).as_dict()["claims"]
    found = pairs(row["claims"], claims)
    assert sorted(found.values()) == list(range(len(claims)))
    for number, label in enumerate(row["claims"]):
        if label.get("optional"):
            continue
        claim = claims[found[number]]
        assert (claim["low"], claim["high"]) == (label["low"], label["high"])
        assert claim["qualifier"] == label["qualifier"]
        assert claim["measure"] in {label["measure"], label.get("alt_measure")}
        assert claim["unit"] == label["unit"]
        assert source_right(label, claim)
        if label.get("part_of") is not None:
            assert claim["part_of"] == found[label["part_of"]]
        if label.get("via"):
            assert label["via"] in claim["via"]
    assert claims[found[1]]["as_of_date"] == "2023-09-25"
    assert claims[found[3]]["as_of_date"] == "2023-09-20"
    assert claims[found[1]]["origin"] is None or "Karabakh" in claims[found[1]]["origin"]


def check(reading: cx.Reading) -> None:
    """What holds for every reading of any text."""
    text, last = reading.text, -1
    for number, claim in enumerate(reading.claims):
        assert text[claim.start : claim.end] == claim.figure_text
        assert claim.sentence_start <= claim.start < claim.end <= claim.sentence_end
        assert claim.start > last
        last = claim.start
        assert claim.low is not None or claim.high is not None
        assert claim.low is None or claim.high is None or claim.low <= claim.high
        for other in (claim.part_of, claim.same_group_as):
            assert other is None or (0 <= other < len(reading.claims) and other != number)
        assert all(len(name.split()) <= 12 for name in claim.sources)
        assert claim.why["number"]
        assert claim.why["measure"]
    json.dumps(reading.as_dict())


WORDS = st.sampled_from(
    [
        *("the", "20", "more", "than", "thousands", "of", "people", "refugees", "said", ",", "."),
        *("“", "”", "(", ")", "fled", "from", "Chad", "to", "Sudan", "who", "were", "killed"),
        *("wounded", "including", "children", "according", "UNHCR", "at", "least", "between"),
        *("5", "-", "10", "million", "on", "Monday", "since", "it", "he", "they", "and"),
    ]
)


@given(st.text(max_size=400))
@settings(max_examples=60)
def test_any_text_is_read(text: str) -> None:
    check(cx.read(text))


@given(st.lists(WORDS, max_size=120).map(" ".join), st.dates())
@settings(max_examples=150)
def test_any_run_of_the_words_that_matter_is_read(text: str, published: Any) -> None:
    check(cx.read(text, published))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "\x00\x01\x02 20 people died \x00",
        "\ud800 20 people \udfff fled Goma, the UN said.",
        "قُتل ٢٠ شخصا و 300 people fled \u202eGoma\u202c",
        "“ ‘ « \" ' “ ‘ « \" ' 20 people died ' \" » ’ ” ' \" » ’ ”",
        "((((((((((20 people))))))))))",
        "20 " * 20_000,
        "20 people, " * 5_000,
        "a" * 200_000,
        "1" * 100_000,
        "of " * 30_000,
        '"' * 30_000,
        "said " * 20_000,
        "in Goma and " * 10_000,
        "1,000" * 20_000,
        "since " * 20_000,
        "from 5 to " * 8_000,
        "²³ ¹ people ½ died ٣ refugees",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_hostile_texts_are_read(text: str) -> None:
    check(cx.read(text, "2023-09-25"))


def test_a_document_of_endless_figures_is_read_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crossings.reports.reader.MOST_CLAIMS", 100)
    reading = cx.read("Some 20 people died. " * 500)
    assert 100 <= len(reading.claims) < 110
    assert "the rest is left out" in reading.notes[-1]


def test_a_number_that_counts_no_people_is_no_claim() -> None:
    text = (
        "The 35-year-old driver of bus 14 paid $1,200 in 2014 for 19 trucks, 400 tonnes of flour "
        "and 15 per cent of 3,000 tents on 4 June at 9 p.m. for groups of more than 50 people."
    )
    assert cx.read(text).claims == []


@pytest.mark.parametrize("published", ["yesterday", "2023-13-45", "25.09.2023"])
def test_a_day_of_publication_that_is_none(published: str) -> None:
    with pytest.raises(InputError, match="published: found"):
        cx.read("Some 20 people fled.", published)


def test_a_language_that_is_not_there() -> None:
    assert "en" in languages()
    for language in ("xx", "..", "en/../en"):
        with pytest.raises(InputError, match="language: found"):
            cx.read("Some 20 people fled.", language=language)


def test_the_same_text_gives_the_same_reading() -> None:
    text = passages()[0]["text"]
    assert cx.read(text, "2023-05-02").as_dict() == cx.read(text, "2023-05-02").as_dict()


@given(st.integers(0, 3), st.integers(1, 3))
@settings(max_examples=4, deadline=None)
def test_a_long_document_is_read_in_blocks(before: int, blocks: int) -> None:
    """Nothing is lost or moved at the edge of a block, and no words are kept."""
    told = "At least 20 people, five of them children, were killed in Goma, police said. "
    filler = "The road was open. " * (BLOCK * blocks + before - 1)
    text = filler + told + "The rest fled. " * BLOCK + told
    reading = cx.read(text, "2023-09-25")
    check(reading)
    assert [claim.figure_text for claim in reading.claims] == ["At least 20", "five"] * 2
    assert [claim.part_of for claim in reading.claims] == [None, 0, None, 2]
    assert all(not sentence.tokens and not sentence.text for sentence in reading.sentences)
    for claim in reading.claims:
        sentence = reading.sentences[claim.sentence]
        assert (sentence.start, sentence.end) == (claim.sentence_start, claim.sentence_end)
        assert sentence.index == claim.sentence
        assert "people" in reading.quote(claim)
