"""Random and spoiled input for everything that takes text from outside: extractors and reader.

Run::

    python -m benchmarks.fuzz_reading --inputs 1000000
    python -m benchmarks.fuzz_reading --inputs 100000 --seed 2   # a part; results add up

Valid documents of every form are cut, doubled, joined and sprinkled with what parsers stumble over
(half characters, entities, zeros, brackets, huge numbers), and short texts are thrown together from
words that matter to the grammar. For every input it holds that

- an extractor gives documents or an :class:`InputError`, nothing else;
- the text of a document has no control, half or reordering characters;
- every span of a reading lies in its sentence, every reference points to something that is there;
- a name can be looked up among the places of a situation, a model's answer be judged.

The first input that breaks one of these is printed and ends the run with status 1. Counts, rates
and the slowest input of each target are added to ``benchmarks/results/fuzz_reading.json``, by seed.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typst

from crossings.errors import InputError
from crossings.reports.inputs.document import Document, safe_text
from crossings.reports.inputs.opening import open_bytes
from crossings.reports.lexicon_files import load_lexicon
from crossings.reports.model_reader import _checked
from crossings.reports.numbers import find_figures
from crossings.reports.place_names import PlaceNames
from crossings.reports.reader import read
from crossings.situation.catalogue import load

RESULTS = Path(__file__).with_name("results") / "fuzz_reading.json"

PROSE = (
    "At least 2,900 refugees had entered Armenia by 25 September, the government said. AFP had "
    "seen several hundred, most of them women and children. Azerbaijan says it was fighting "
    "terrorists; the road to Goris is closed. “The border is open,” an official told Reuters."
)
PAGE = (
    "<!DOCTYPE html><html><head><title>News</title><meta charset='utf-8'><script>var x=1;</script>"
    f"</head><body><nav>Home</nav><article><h1>News</h1><p>{PROSE}</p><p>{PROSE}</p></article>"
    "</body></html>"
)
FEED = (
    "<?xml version='1.0'?><rss version='2.0'><channel><title>News</title><item><title>Flight"
    f"</title><pubDate>Mon, 25 Sep 2023 10:00:00 +0400</pubDate><description>{PROSE}</description>"
    "</item></channel></rss>"
)
LINES = "\n".join(
    json.dumps({"id": str(i), "text": PROSE, "published": "2023-09-25"}) for i in "ab"
)
SPRINKLED: tuple[bytes, ...] = (
    *(b"\x00", b"\xff", b"\xed\xa0\x80", b"&amp;", b"&#x110000;", b"<![CDATA[", b"]]>", b"<!--"),
    *(b"<script>", b"</p>", b"<div>" * 20, b'"', b"{", b"[" * 30, b"\\ud800", b"%PDF-", b"PK\x03"),
    *(b"\xe2\x80\xae", b"\xe2\x80\x9c" * 10, b"9" * 400, b"1e999", b"\r\n", b"\n\n", b"-" * 50),
    *(b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"\xef\xbb\xbf", b"\xfe\xff", b"2023-13-45", b"<p"),
)
_WORDS = (
    "the army Russia Goris Armenia's ally attacked shelled closed border ceasefire said that which "
    "it and after not denied told most of whom were women children 2,900 200 people killed "
    "wounded a further dozens hundreds of thousands 60 per cent on 3 May 2023 since by Sunday "
    'according to “ ” " ( ) , ; : – . ! ? ’s \n \n\n families fled displaced to from in At least '
    "between 19 and 37 million half nearly Mr. U.S. e.g. £500 30km 12:30 #x @y -5 0 00 1/2"
)
WORDS = _WORDS.split(" ")


def spoiled(data: bytes, draw: random.Random) -> bytes:
    """``data`` after a few mutations."""
    for _ in range(draw.randint(1, 6)):
        i, j = sorted((draw.randint(0, len(data)), draw.randint(0, len(data))))
        match draw.randint(0, 4):
            case 0:
                data = data[:i] + data[j:]
            case 1:
                data = data[:i] + draw.choice(SPRINKLED) + data[i:]
            case 2:
                data = data[:j] + data[i:j] + data[j:]
            case 3:
                data = data[:i] + bytes([draw.randrange(256)]) + data[i + 1 :]
            case _:
                data = data[i:] + data[:i]
    return data[:20_000]


def opened(data: bytes) -> None:
    """Hold what an extractor promises."""
    try:
        found = open_bytes(data, "fuzz")
    except InputError:
        return
    for entry in found:
        if isinstance(entry, Document):
            assert safe_text(entry.text) == entry.text
            entry.text.encode("utf-8")


def understood(text: str) -> None:
    """Hold what the reader promises."""
    reading = read(text, "2023-09-25")
    told: list[Any] = [*reading.claims, *reading.shares, *reading.events, *reading.context]
    for one in told:
        assert 0 <= one.sentence_start <= one.start < one.end <= one.sentence_end <= len(text)
    for claim in [*reading.claims, *reading.shares]:
        assert claim.part_of is None or 0 <= claim.part_of < len(reading.claims)
    for number, event in enumerate(reading.events):
        assert event.disputes is None or event.disputes < number
    json.dumps(reading.as_dict("fuzz")).encode()


def judged(answer: object) -> None:
    """Hold that an answer of a model is taken or dropped."""
    figures = [f for s in _READING.sentences for f in find_figures(s, load_lexicon())]
    found = _checked(answer, PROSE, 0, PROSE, figures)
    assert isinstance(found, str | tuple)


_READING = read(PROSE)
_NAMES = PlaceNames(load("nagorno-karabakh-2023"))
_PDF = typst.compile(PROSE.encode())


def prose(draw: random.Random) -> str:
    """Words that matter, in any order."""
    return " ".join(draw.choices(WORDS, k=draw.randint(1, 45)))


def letters(draw: random.Random) -> str:
    """Any characters, of a few scripts and of none."""
    planes = ((32, 126), (160, 591), (880, 1423), (1424, 1791), (8192, 8303), (55296, 57343))
    return "".join(chr(draw.randint(*draw.choice(planes))) for _ in range(draw.randint(0, 60)))


def answer(draw: random.Random) -> object:
    """What a model might answer."""
    values: tuple[object, ...] = (
        None,
        True,
        -1,
        0,
        3,
        2900,
        10**400,
        1.5,
        "",
        "Armenia",
        "x",
        [],
        ["AFP"],
        {},
        [[]],
    )
    quote = PROSE[(i := draw.randint(0, 80)) : i + draw.randint(0, 90)]
    base: dict[str, object] = {
        "quote": quote,
        "start": PROSE.find(quote),
        "low": 2900,
        "high": None,
        "measure": "arrived",
        "unit": "people",
        "status": "reported",
        "sources": [],
    }
    for _ in range(draw.randint(0, 3)):
        base[draw.choice([*base, "place", "via", "as_of", "figure"])] = draw.choice(values)
    return base if draw.random() < 0.95 else draw.choice(values)


Target = Callable[[random.Random], tuple[Callable[[], object], object]]


def _targets() -> dict[str, tuple[float, Target]]:
    """Every target with its part of the inputs."""

    def bytes_of(seed: bytes) -> Target:
        def make(draw: random.Random) -> tuple[Callable[[], object], object]:
            data = spoiled(seed, draw)
            return (lambda: opened(data)), data

        return make

    def text_of(make_text: Callable[[random.Random], str]) -> Target:
        def make(draw: random.Random) -> tuple[Callable[[], object], object]:
            text = make_text(draw)
            return (lambda: understood(text)), text

        return make

    def name(draw: random.Random) -> tuple[Callable[[], object], object]:
        written = letters(draw)
        return (lambda: _NAMES.find(written)), written

    def model(draw: random.Random) -> tuple[Callable[[], object], object]:
        said = answer(draw)
        return (lambda: judged(said)), said

    return {
        "text bytes": (0.25, bytes_of(PROSE.encode())),
        "JSON Lines": (0.18, bytes_of(LINES.encode())),
        "feed": (0.17, bytes_of(FEED.encode())),
        "place names": (0.03, name),
        "answers of a model": (0.03, model),
        "reader, any characters": (0.2, text_of(letters)),
        "PDF": (0.01, bytes_of(_PDF)),
        "reader, words": (0.12, text_of(prose)),
        "web page": (0.01, bytes_of(PAGE.encode())),
    }


def keep(seed: int, found: dict[str, dict[str, float]]) -> None:
    """Add the results of one seed to the file of all."""
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    kept |= {f"seed {seed}": found}
    parts = [part for name, part in kept.items() if name != "inputs in all"]
    total = sum(int(target["inputs"]) for part in parts for target in part.values())
    RESULTS.write_text(json.dumps({**kept, "inputs in all": total}, indent=1) + "\n")


def run(inputs: int, seed: int) -> dict[str, dict[str, float]]:
    """Give every target its part of ``inputs``; counts, seconds and the slowest input of each."""
    found: dict[str, dict[str, float]] = {}
    for target, (part, make) in _targets().items():
        draw = random.Random(f"{seed} {target}")
        slowest = 0.0
        begun = time.process_time()
        count = round(part * inputs)
        for _ in range(count):
            check, given = make(draw)
            start = time.process_time()
            try:
                check()
            except Exception:
                print(f"{target}: seed {seed}: {given!r}", file=sys.stderr)
                raise
            slowest = max(slowest, time.process_time() - start)
        seconds = time.process_time() - begun
        found[target] = {
            "inputs": count,
            "cpu_s": round(seconds, 1),
            "slowest_s": round(slowest, 3),
        }
        keep(seed, found)  # after each target: a run that is stopped has counted too
        print(f"{target}: {count:,} inputs, {seconds:.0f} s, slowest {slowest:.3f} s", flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    run(arguments.inputs, arguments.seed)
    total = json.loads(RESULTS.read_text())["inputs in all"]
    print(f"{total:,} inputs in all, none broke a promise")


if __name__ == "__main__":
    main()
