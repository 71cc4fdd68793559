"""The API as a program meets it: contents, tokens, bounds, errors in one form."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from crossings.errors import InputError
from crossings.publish.live.app import create_app
from crossings.publish.live.settings import is_loopback
from tests.outlooks import situation
from tests.publish.live.served import BEARER, HOME, settings

ONE = "/api/situations/small-karabakh"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = create_app(settings(tmp_path_factory.mktemp("store")))
    with TestClient(app, base_url=HOME, raise_server_exceptions=False) as found:
        yield found


@pytest.fixture(scope="module")
def forecast(client: TestClient) -> str:
    return str(client.get(f"{ONE}/forecasts").json()["items"][0]["id"])


def test_what_was_not_known_yet_is_not_told(client: TestClient) -> None:
    def ids(as_of: str) -> set[str]:
        found = client.get(f"{ONE}/claims", params={"as_of": as_of, "per_page": 500}).json()
        return {row["id"] for row in found["items"]}

    early, whole = ids("2023-09-25"), ids("")
    assert early == {c.id for c in situation().as_of("2023-09-25").claims}
    assert "late" in whole - early
    known = client.get(ONE, params={"as_of": "2023-09-25"}).json()
    assert "decree" not in {e["id"] for e in known["events"]}
    assert known["claims"] == len(early)


def test_pages_of_claims_add_up(client: TestClient) -> None:
    rows, page, pages = [], 1, 1
    while page <= pages:
        found = client.get(f"{ONE}/claims", params={"per_page": 5, "page": page}).json()
        rows += [row["id"] for row in found["items"]]
        page, pages = page + 1, found["pages"]
    assert rows == [c.id for c in situation().claims]
    assert client.get(f"{ONE}/claims", params={"page": 99}).json()["items"] == []


def test_claims_are_found_by_who_said_them(client: TestClient) -> None:
    found = client.get(f"{ONE}/claims", params={"source": "afp"}).json()["items"]
    assert [row["id"] for row in found] == ["afp"]


def test_a_forecast_holds_what_its_files_hold(client: TestClient, forecast: str) -> None:
    page = client.get(f"{ONE}/forecasts/{forecast}").json()
    row = client.get(f"{ONE}/forecasts").json()["items"][0]
    top = page["forecast"]["headline"]
    table = page["forecast"]["quantiles"][top["target"]][top["place"]]
    assert table[-1][page["forecast"]["levels"].index(0.5)] == row["headline"]["median"]
    assert {c["id"] for c in page["claims"]} == {
        c.id for c in situation().as_of("2023-09-25").claims
    }
    later = client.get(f"{ONE}/forecasts/{forecast}/later").json()["items"]
    assert {c["id"] for c in later} >= {"late", "later-26", "later-28"}
    assert "later" not in page
    assert all(c["reason"]["said"] for c in page["claims"])


def test_what_has_not_changed_is_not_sent_again(client: TestClient, forecast: str) -> None:
    first = client.get(f"{ONE}/forecasts/{forecast}")
    again = client.get(
        f"{ONE}/forecasts/{forecast}", headers={"If-None-Match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["content-encoding"] == "gzip"
    assert len(gzip.compress(first.content)) < len(first.content) / 3


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("csv", "issued_at,target"), ("json", "{"), ("hub", "reference_date"),
        ("hxl", "Date forecast"), ("claims", "Claim,As of"), ("page", "<!DOCTYPE html>"),
    ],
)  # fmt: skip
def test_downloads(client: TestClient, forecast: str, form: str, start: str) -> None:
    said = client.get(f"{ONE}/forecasts/{forecast}/download", params={"format": form})
    assert said.status_code == 200
    assert said.text.startswith(start)
    assert said.headers["content-disposition"].startswith("attachment; filename=")


def test_netcdf_is_downloaded_whole(client: TestClient, forecast: str) -> None:
    said = client.get(f"{ONE}/forecasts/{forecast}/download", params={"format": "netcdf"})
    assert said.content[1:4] == b"HDF"


def test_borders_lie_near_the_places(client: TestClient) -> None:
    lines = client.get(f"{ONE}/borders").json()["lines"]
    points = [point for line in lines for point in line]
    assert len(points) > 50
    near = [p for p in points if 42 < p[0] < 50 and 37 < p[1] < 43]
    assert len(near) > 0.9 * len(points)


@pytest.mark.parametrize("path", ["/", "/web/app.js", "/api/health", "/api/situations", "/nowhere"])
def test_every_answer_carries_the_guards(client: TestClient, path: str) -> None:
    said = client.get(path)
    assert "default-src 'none'" in said.headers["content-security-policy"]
    assert said.headers["x-content-type-options"] == "nosniff"
    assert said.headers["referrer-policy"] == "no-referrer"


def test_only_the_embedded_page_may_stand_in_a_frame(client: TestClient) -> None:
    assert "frame-ancestors 'none'" in client.get("/").headers["content-security-policy"]
    assert "frame-ancestors *" in client.get("/embed").headers["content-security-policy"]


def test_whatever_writes_needs_the_token(client: TestClient) -> None:
    for method, path in (("POST", f"{ONE}/forecasts"), ("DELETE", "/api/jobs/x")):
        for headers in (
            {},
            {"Authorization": "Bearer wrong-token-entirely"},
            {"Authorization": "x"},
        ):
            said = client.request(method, path, json={}, headers=headers)
            assert (said.status_code, said.json()["status"]) == (401, 401)
            assert said.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/situations/nowhere", 404),
        ("/nowhere", 404),
        ("/web/../app.js", 404),
        ("/web/%2e%2e/page.css", 404),
        ("/web/vendor.py", 404),
        (f"{ONE}/forecasts/../../x", 404),
        (f"{ONE}/forecasts/20230925T195959Z-000000000000", 404),
        (f"{ONE}/forecasts/..%2f..%2fetc", 404),
        (f"{ONE}/claims?as_of=yesterday", 400),
        (f"{ONE}/claims?page=0", 422),
        (f"{ONE}/claims?per_page=100000", 422),
        ("/api/jobs/none", 404),
    ],
)
def test_what_is_wrong_is_told_in_one_form(client: TestClient, path: str, status: int) -> None:
    said = client.get(path)
    assert said.status_code == status
    assert said.headers["content-type"] == "application/problem+json"
    content = said.json()
    assert content["status"] == status
    assert content["detail"]
    assert "Traceback" not in said.text


def test_orders_that_mean_nothing_are_refused_before_they_wait(client: TestClient) -> None:
    def status(**asked: object) -> int:
        said = client.post(f"{ONE}/forecasts", json=asked, headers=BEARER)
        return said.status_code

    assert status(as_of="soon") == 400
    assert status(horizon="8 weeks") == 422
    assert status(members=5) == 422
    assert status(members=99_999) == 403
    assert status(unknown=1) == 422


def test_scenarios_that_mean_nothing_are_refused_before_they_wait(client: TestClient) -> None:
    def status(**asked: object) -> int:
        return client.post(f"{ONE}/what-if", json=asked, headers=BEARER).status_code

    assert client.post(f"{ONE}/what-if", json={"ceasefire": True}).status_code == 401
    assert status(as_of="soon", ceasefire=True) == 400
    assert status(capacity={"hakari-bridge": -1}) == 422
    assert status(population=1e12) == 422
    assert status(close=["x" * 300]) == 422


def test_hostile_scenarios_stay_inside(tmp_path: Path) -> None:
    with TestClient(create_app(settings(tmp_path, profile="public")), base_url=HOME) as public:
        said = public.post(f"{ONE}/what-if", json={"attack": True}, headers=BEARER)
        assert said.status_code == 403
        assert "internal profile" in said.json()["detail"]


def test_bodies_are_bounded(client: TestClient) -> None:
    big = json.dumps({"as_of": "x" * 2_000_000})
    said = client.post(f"{ONE}/forecasts", content=big, headers=BEARER)
    assert said.status_code == 413

    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield b" " * 50_000

    said = client.post(f"{ONE}/forecasts", content=pieces(), headers=BEARER)
    assert said.status_code == 413


def test_a_foreign_name_does_not_reach_a_server_on_this_machine(client: TestClient) -> None:
    for host in (
        "evil.example",
        "testserver",
        "127.0.0.1.evil.example",
        "[::2]:80",
        "",
        "[",
        "0.0.0.0",
    ):
        said = client.get("/", headers={"Host": host})
        assert said.status_code == 400
        assert said.headers["content-type"] == "application/problem+json"
        assert "localhost" in said.json()["detail"]
        assert "content-security-policy" in said.headers
    for host in ("localhost:8000", "127.0.0.1:1", "[::1]:8000", "[::1]", "LOCALHOST"):
        assert client.get("/api/health", headers={"Host": host}).status_code == 200


def first_view(page: str) -> dict[str, Any] | None:
    found = re.search(r'<script type="application/json" id="first-view">(.*?)</script>', page)
    return None if found is None else dict(json.loads(found[1]))


def test_the_document_answers_what_the_first_view_asks(client: TestClient, forecast: str) -> None:
    newest = client.get(f"{ONE}/forecasts").json()["items"][-1]["id"]
    for asked, given in (("", newest), (forecast, forecast), ("none such", newest)):
        said = client.get("/", params={"f": asked, "lang": "en"})
        view = first_view(said.text)
        assert view is not None
        assert view["f"] == given
        assert view["situations"] == client.get("/api/situations").json()
        assert view["kept"] == client.get(f"{ONE}/forecasts").json()["items"]
        whole = client.get(f"{ONE}/forecasts/{given}").json()
        assert view["page"]["forecast"]["headline"] == whole["forecast"]["headline"]
        assert "9 in 10 between" in said.text.partition("<noscript>")[0]
    assert said.headers["vary"] == "Accept-Language, Accept-Encoding"


def test_the_document_speaks_the_readers_language(client: TestClient) -> None:
    def language(asked: str, accepted: str) -> str | None:
        said = client.get("/", params={"lang": asked}, headers={"Accept-Language": accepted})
        found = re.search(r'<html lang="(\w+)" dir="(\w+)">', said.text)
        return None if found is None else f"{found[1]} {found[2]}"

    assert language("", "fr-FR,en;q=0.5") == "fr ltr"
    assert language("ar", "fr-FR") == "ar rtl"
    assert language("xx", "de") == "en ltr"


def test_hostile_titles_and_addresses_stay_texts_in_the_document(tmp_path: Path) -> None:
    said = "</script><script>document.title = 'taken'</script>{{content}}{median}"
    known = situation().model_copy(update={"title": said})
    given = settings(tmp_path, situations={known.id: known})
    with TestClient(create_app(given), base_url=HOME) as client:
        page = client.get("/", params={"s": said, "f": said, "lang": said[:20]}).text
        assert page.count("<script>") == 0
        assert page.count('id="first-view"') == 1
        view = first_view(page)
        assert view is not None
        assert view["situations"]["items"][0]["title"] == said


def test_files_whose_address_names_their_content_are_kept_for_good(client: TestClient) -> None:
    page = client.get("/").text
    named = re.findall(r'"(/web/[^"]+\?v=[^"]+)"', page)
    assert len(named) > 20
    for address in set(named):
        said = client.get(address)
        assert said.status_code == 200
        assert said.headers["cache-control"] == "public, max-age=31536000, immutable"
    old = client.get("/web/app.js", params={"v": "0" * 12})
    assert old.headers["cache-control"] == "no-cache"


def test_on_a_network_everything_inside_needs_the_token(tmp_path: Path) -> None:
    with TestClient(create_app(settings(tmp_path, host="0.0.0.0")), base_url=HOME) as away:
        assert away.get("/api/situations").status_code == 401
        assert away.get("/api/situations", headers=BEARER).status_code == 200
        assert away.get("/api/health").status_code == 200
        page = away.get("/")
        assert page.status_code == 200
        assert first_view(page.text) is None
        assert situation().title not in page.text


def test_the_public_profile_holds_for_every_answer(tmp_path: Path) -> None:
    with TestClient(create_app(settings(tmp_path, profile="public")), base_url=HOME) as public:
        claims = public.get(f"{ONE}/claims").text
        assert "travel_time" not in claims
        forecast = public.get(f"{ONE}/forecasts").json()["items"][0]["id"]
        page = public.get(f"{ONE}/forecasts/{forecast}").json()
        assert "waiting.stock" not in page["forecast"]["targets"]
        goris = page["forecast"]["quantiles"]["arrived.cumulative"]["goris"]
        shown = {i for i, row in enumerate(goris) if row is not None}
        assert shown == set(page["forecast"]["day_ends"])
        for form in ("csv", "json", "hub", "hxl", "claims", "page"):
            said = public.get(f"{ONE}/forecasts/{forecast}/download", params={"format": form})
            assert "waiting.stock" not in said.text
            assert "travel_time" not in said.text


def test_settings_that_a_server_must_not_start_with(tmp_path: Path) -> None:
    refused: list[dict[str, object]] = [
        {"token": "short"},
        {"situations": {}},
        {"profile": "secret"},
    ]
    for wrong in refused:
        with pytest.raises(InputError):
            settings(tmp_path, **wrong)


def test_loopback_is_this_machine_only() -> None:
    assert all(is_loopback(host) for host in ("127.0.0.1", "127.8.8.8", "::1", "localhost"))
    assert not any(is_loopback(host) for host in ("0.0.0.0", "::", "10.0.0.1", "example.org"))
