"""One question to a language model behind an OpenAI-compatible endpoint, bounded in every way.

The answer is untrusted text. Time (for all attempts together), size and number of attempts have
limits; redirects are not followed; the key is sent to the configured address and shown nowhere.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from crossings.errors import CrossingsError, InputError

MAX_ANSWER_BYTES = 1_000_000
"""The largest answer that is taken."""

ATTEMPTS = 3
"""How often a question is asked where the endpoint fails."""

_PAUSE = 0.2


class ModelError(CrossingsError):
    """The model gave no usable answer; what the grammar read stands."""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Where a model is asked, and how long.

    ``url`` is the base of the interface, such as ``http://localhost:8080/v1``; ``seconds`` bounds
    everything that is asked about one document.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    seconds: float = 60.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InputError(
                f"model: found address {self.url!r}, expected one such as http://localhost:8080/v1"
            )
        if not self.model:
            raise InputError("model: found no name, expected the name of a model at the endpoint")


def settings(url: str = "", model: str = "") -> ModelSettings | None:
    """The settings given, or those of the environment; ``None``, the default, asks no model.

    ``CROSSINGS_MODEL_URL``, ``CROSSINGS_MODEL`` and, if the endpoint wants one,
    ``CROSSINGS_MODEL_KEY``.

    Raises:
        InputError: an address without a model, or one that is no web address.
    """
    url = url or os.environ.get("CROSSINGS_MODEL_URL", "")
    model = model or os.environ.get("CROSSINGS_MODEL", "")
    if not url and not model:
        return None
    return ModelSettings(url, model, os.environ.get("CROSSINGS_MODEL_KEY", ""))


def ask(settings: ModelSettings, instruction: str, text: str) -> str:
    """What the model answers to ``text`` under ``instruction``.

    Raises:
        ModelError: no answer within the limits.
    """
    body = json.dumps(
        {
            "model": settings.model,
            "messages": [
                {"role": "system", "content": instruction},
                {"role": "user", "content": text},
            ],
            "temperature": 0,
            "response_format": {"type": "json_object"},
        }
    ).encode()
    deadline = time.monotonic() + settings.seconds
    reason = "no time"
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(min(_PAUSE * 2 ** (attempt - 1), max(deadline - time.monotonic(), 0)))
        if time.monotonic() >= deadline:
            break
        try:
            return _content(_post(settings, body, deadline))
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = str(error) or type(error).__name__
    raise ModelError(f"model {settings.model}: {reason}")


def _post(settings: ModelSettings, body: bytes, deadline: float) -> bytes:
    """The body of the answer to one request.

    Raises:
        OSError, http.client.HTTPException, ValueError: none came in time, or it is no success.
    """
    parts = urlsplit(settings.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    remaining = max(deadline - time.monotonic(), 0.01)
    connection = kind(parts.hostname or "", parts.port, timeout=remaining)
    connection.connect()
    # The time limit of a socket starts anew with every byte; this one does not.
    ended = threading.Event()
    watch = threading.Timer(deadline - time.monotonic(), _hang_up, (connection.sock, ended))
    watch.daemon = True
    watch.start()
    try:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if settings.key:
            headers["Authorization"] = f"Bearer {settings.key}"
        connection.request("POST", f"{parts.path.rstrip('/')}/chat/completions", body, headers)
        response = connection.getresponse()
        if response.status != http.client.OK:
            raise ValueError(f"answered with status {response.status}")
        data = response.read(MAX_ANSWER_BYTES + 1)
        if len(data) > MAX_ANSWER_BYTES:
            raise ValueError(f"answered with more than {MAX_ANSWER_BYTES:,} bytes")
        if ended.is_set() or response.length:
            raise ValueError("was cut off")
        return data
    except (OSError, http.client.HTTPException, ValueError) as error:
        # The limit of the socket may run out just before the watch is woken.
        if ended.is_set() or time.monotonic() >= deadline:
            raise ValueError(f"took longer than {settings.seconds:.1f} s") from error
        raise
    finally:
        watch.cancel()
        connection.close()


def _hang_up(connected: socket.socket, ended: threading.Event) -> None:
    ended.set()
    with contextlib.suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)


def _content(data: bytes) -> str:
    """The message of an answer in the form of OpenAI's chat completions.

    Raises:
        ValueError: it has another form.
    """
    try:
        content = json.loads(data)["choices"][0]["message"]["content"]
    except (LookupError, TypeError, RecursionError, ValueError) as error:
        raise ValueError("answered in a form that is not that of chat completions") from error
    if not isinstance(content, str):
        raise ValueError("answered without text")
    return content
