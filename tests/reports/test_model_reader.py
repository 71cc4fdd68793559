"""A language model's figures pass only where the text bears them out; a real server misbehaves."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from crossings.errors import InputError
from crossings.reports.batch import read_files
from crossings.reports.model_endpoint import ATTEMPTS, MAX_ANSWER_BYTES, ModelSettings, settings
from crossings.reports.model_reader import read_with_model
from crossings.reports.reader import read
from crossings.reports.records import Reading

TEXT = (
    "The mayor of Goris, Irina Yolyan, said that 1,400 people had reached the town by Monday. "
    "At least 12 people were injured on the road, according to the ministry."
)
QUOTE = "1,400 people had reached the town by Monday"
GOOD: dict[str, Any] = {
    "quote": QUOTE,
    "start": TEXT.index(QUOTE),
    "figure": "1,400",
    "low": 1400,
    "high": 1400,
    "measure": "arrived",
    "unit": "people",
    "status": "reported",
    "place": "Goris",
    "origin": None,
    "via": None,
    "as_of": "Monday",
    "sources": ["Irina Yolyan"],
}

Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def endpoint(answer: Answer) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A server on this machine that answers as told; yields its address and what it was asked."""
    asked: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            asked.append({**json.loads(self.rfile.read(length)), "path": self.path})
            asked[-1]["authorization"] = self.headers.get("Authorization")
            try:
                answer(self)
            except OSError:
                return  # whoever asked has hung up

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def send(body: bytes, status: int = 200, length: int | None = None) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def chat(content: object) -> bytes:
    text = content if isinstance(content, str) else json.dumps(content)
    return json.dumps({"choices": [{"message": {"content": text}}]}).encode()


def claims(*entries: object) -> Answer:
    return send(chat({"claims": list(entries)}))


def plain() -> Reading:
    return read(TEXT, "2023-09-25")


def with_model(
    answer: Answer, seconds: float = 60
) -> tuple[Reading, int, dict[str, int], tuple[str, ...]]:
    with endpoint(answer) as (url, _):
        reading, report = read_with_model(plain(), ModelSettings(url, "tiny", seconds=seconds))
    return reading, report.accepted, dict(report.dropped), report.failures


def test_a_figure_that_the_text_bears_out_is_taken_and_says_who_read_it() -> None:
    reading, accepted, dropped, failures = with_model(claims(GOOD))
    assert (accepted, dropped, failures) == (1, {}, ())
    assert len(reading.claims) == len(plain().claims)
    (claim,) = [claim for claim in reading.claims if claim.reader == "model tiny"]
    assert (claim.low, claim.high, claim.figure_text) == (1400, 1400, "1,400")
    assert (claim.measure, claim.place, claim.sources) == ("arrived", "Goris", ["Irina Yolyan"])
    assert {other.reader for other in reading.claims} == {"model tiny", "grammar"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"start": GOOD["start"] + 1}, "quote not at its offset"),
        ({"start": -1}, "quote not at its offset"),
        ({"start": 10**12}, "quote not at its offset"),
        ({"start": True}, "no quote"),
        ({"quote": "1,400 people had entered the town"}, "quote not at its offset"),
        ({"quote": None}, "no quote"),
        ({"low": 14000, "high": 14000}, "bounds not those of the text"),
        ({"high": None}, "bounds not those of the text"),
        ({"low": "1400"}, "bounds not those of the text"),
        ({"figure": "2,400"}, "bounds not those of the text"),
        ({"place": "Yerevan"}, "place not in the text"),
        ({"place": ["Goris"]}, "place not in the text"),
        ({"via": "AFP"}, "via not in the text"),
        ({"as_of": "Tuesday"}, "as_of not in the text"),
        ({"origin": "x" * 300}, "origin not in the text"),
        ({"sources": ["The president"]}, "source not in the text"),
        ({"sources": "Irina Yolyan"}, "source not in the text"),
        ({"sources": [7]}, "source not in the text"),
        ({"measure": "teleported"}, "measure not one of ours"),
        ({"unit": "souls"}, "unit not one of ours"),
        ({"status": {"a": 1}}, "status not one of ours"),
    ],
)
def test_a_figure_that_the_text_does_not_bear_out_is_dropped(
    change: dict[str, object], reason: str
) -> None:
    reading, accepted, dropped, _ = with_model(claims({**GOOD, **change}))
    assert (accepted, dropped) == (0, {reason: 1})
    assert reading == plain()


def test_what_is_no_object_is_dropped_and_the_rest_is_taken() -> None:
    _, accepted, dropped, _ = with_model(claims("ignore the report", None, [GOOD], GOOD))
    assert (accepted, dropped) == (1, {"no object": 3})


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (send(chat("Sure! Here are the figures: 1,400")), "no JSON of claims"),
        (send(chat({"figures": []})), "no JSON of claims"),
        (send(chat({"claims": "none"})), "claims that are no list"),
        (send(chat("[" * 100_000)), "no JSON of claims"),
        (send(b"<html>busy</html>"), "not that of chat completions"),
        (send(b'{"choices": []}'), "not that of chat completions"),
        (send(b"", status=500), "status 500"),
        (send(b"", status=302), "status 302"),
        (send(b"\xff\xfe\x00"), "not that of chat completions"),
        (send(chat({"claims": []})[:20], length=500), "cut off"),
        (send(b"x" * (MAX_ANSWER_BYTES + 2)), "more than 1,000,000 bytes"),
    ],
)
def test_where_the_endpoint_fails_the_grammar_stands(answer: Answer, told: str) -> None:
    reading, accepted, _, (failure,) = with_model(answer)
    assert accepted == 0
    assert reading == plain()
    assert told in failure or "IncompleteRead" in failure


def test_attempts_are_bounded_and_a_late_success_counts() -> None:
    tries: list[int] = []

    def third_time(handler: BaseHTTPRequestHandler) -> None:
        tries.append(1)
        (claims(GOOD) if len(tries) == ATTEMPTS else send(b"", status=503))(handler)

    _, accepted, _, failures = with_model(third_time)
    assert (len(tries), accepted, failures) == (ATTEMPTS, 1, ())
    tries.clear()
    with endpoint(send(b"", status=503)) as (url, asked):
        read_with_model(plain(), ModelSettings(url, "tiny"))
    assert len(asked) == ATTEMPTS


def drip(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then, for ever: no limit on a single read would notice."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(400):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


@pytest.mark.parametrize("answer", [drip, lambda handler: time.sleep(3)], ids=["drips", "silent"])
def test_a_slow_endpoint_is_given_up(answer: Answer) -> None:
    reading, accepted, _, (failure,) = with_model(answer, seconds=0.6)
    assert accepted == 0
    assert reading == plain()
    assert "took longer than 0." in failure


def test_no_endpoint_at_all() -> None:
    reading, report = read_with_model(
        plain(), ModelSettings("http://127.0.0.1:9/v1", "tiny", seconds=2)
    )
    assert reading == plain()
    assert len(report.failures) == 1


def test_what_is_sent_is_the_text_and_the_key_stays_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CROSSINGS_MODEL_KEY", "hush")
    with endpoint(claims(GOOD)) as (url, asked):
        monkeypatch.setenv("CROSSINGS_MODEL_URL", url)
        monkeypatch.setenv("CROSSINGS_MODEL", "tiny")
        known = settings()
        assert known is not None
        assert "hush" not in repr(known)
        read_with_model(plain(), known)
    (question,) = asked
    assert question["path"] == "/v1/chat/completions"
    assert question["authorization"] == "Bearer hush"
    assert question["model"] == "tiny"
    assert [message["content"] for message in question["messages"][1:]] == [TEXT]


def test_long_documents_go_in_pieces_and_offsets_count_within_each() -> None:
    long = "Nothing happened on that day in the valley. " * 400 + TEXT

    def find(handler: BaseHTTPRequestHandler) -> None:
        piece = pieces[-1]["messages"][1]["content"]
        start = piece.find(QUOTE)
        claims(*([{**GOOD, "start": start}] if start >= 0 else []))(handler)

    with endpoint(find) as (url, pieces):
        reading, report = read_with_model(read(long, None), ModelSettings(url, "tiny"))
    assert len(pieces) > 1
    assert "".join(piece["messages"][1]["content"] for piece in pieces).count(QUOTE) == 1
    assert report.accepted == 1
    (claim,) = [claim for claim in reading.claims if claim.reader != "grammar"]
    assert long[claim.start : claim.end] == "1,400"


def test_a_batch_asks_the_model_and_says_so() -> None:
    with endpoint(claims(GOOD, "nonsense")) as (url, _):
        known = ModelSettings(url, "tiny")
        (outcome,) = read_files([Path("r")], given=TEXT.encode(), model=known)
    assert outcome.reading is not None
    assert "model tiny" in {claim.reader for claim in outcome.reading.claims}
    assert outcome.reading.notes == ["model tiny: 1 figures taken; dropped: 1 (no object)"]


def test_it_is_off_unless_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CROSSINGS_MODEL_URL", "CROSSINGS_MODEL"):
        monkeypatch.delenv(name, raising=False)
    assert settings() is None
    with pytest.raises(InputError, match="found no name"):
        settings("http://localhost/v1", "")
    for address in ("localhost", "file:///etc/passwd", "http://", ""):
        with pytest.raises(InputError, match="found address"):
            ModelSettings(address, "tiny")
