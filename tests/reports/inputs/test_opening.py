"""Files of every form become documents; what is none is refused by name."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from pathlib import Path

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st

from crossings.errors import InputError
from crossings.reports.inputs.document import MAX_BYTES, Document, safe_text
from crossings.reports.inputs.opening import files_in, open_bytes, open_file
from crossings.reports.inputs.web_page import plain_text

SCRAPS = (
    *"<![C]>-/&;# ab",
    "<![",
    "<![CDATA[",
    "<!",
    "<?",
    "<!DOCTYPE",
    "<script",
    "</",
    "&#x",
    "]]>",
)

SENTENCE = "Some 400 people fled to the border town, the ministry said on Monday."


def one(data: bytes, name: str = "x.txt") -> Document:
    (document,) = open_bytes(data, name)
    assert isinstance(document, Document)
    return document


def refused(data: bytes, name: str = "x.txt") -> str:
    with pytest.raises(InputError) as told:
        open_bytes(data, name)
    return str(told.value)


def zipped(member: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(member, "x")
    return file.getvalue()


@given(st.binary(max_size=2_000) | st.text(max_size=2_000).map(lambda t: t.encode("utf-8")))
def test_any_bytes_become_clean_text_or_an_input_error(data: bytes) -> None:
    documents: list[Document | InputError] = []
    with contextlib.suppress(InputError):
        documents = open_bytes(data, "any")
    for document in documents:
        assert isinstance(document, Document | InputError)
        if isinstance(document, Document):
            document.text.encode("utf-8")  # no half characters
            assert safe_text(document.text) == document.text


@given(st.text())
def test_cleaning_keeps_places_and_is_done_once(text: str) -> None:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    clean = safe_text(text)
    assert len(clean) == len(plain)
    assert safe_text(clean) == clean
    assert all(a in (b, " ") for a, b in zip(clean, plain, strict=True))


def test_plain_text_is_kept_as_it_is_with_the_date_at_its_top() -> None:
    text = f" date 2023-09-25 {SENTENCE}\n"
    document = one(text.encode())
    assert (document.text, document.published) == (text, "2023-09-25")


@pytest.mark.parametrize(
    ("top", "day"),
    [
        ("Published: 3 October 2023\nSource: Ministry\n\nText of 4 May 2001", "2023-10-03"),
        ("GENEVA, 13 September 2023 (Agency) - Two dams", "2023-09-13"),
        ("Geneva, September 13, 2023 - Two dams", "2023-09-13"),
        ("Two dams broke on 13 September 2023 above the city", ""),
        ("31 April 2023 is no day", ""),
    ],
)
def test_only_a_date_at_the_top_is_the_date_of_a_text(top: str, day: str) -> None:
    assert one(top.encode()).published == day


def test_a_page_gives_its_main_text_and_says_who_published_it_when() -> None:
    paragraphs = "".join(f"<p>{SENTENCE} Number {i} &amp; more.</p>" for i in range(8))
    page = f"""<!DOCTYPE html><html><head><title>Thousands flee</title>
        <meta property="og:site_name" content="Daily News">
        <meta property="article:published_time" content="2023-09-25T10:00:00Z">
        <link rel="canonical" href="https://example.org/a"></head>
        <body><nav><a href="/">500 people online</a></nav>
        <article><h1>Thousands flee</h1>{paragraphs}
        <script>document.write("900 people died")</script></article></body></html>"""
    document = one(page.encode())
    assert document.form == "web page"
    assert f"{SENTENCE} Number 7 & more." in document.text
    assert "900" not in document.text
    assert "online" not in document.text
    assert (document.publisher, document.published) == ("Daily News", "2023-09-25")
    assert (document.title, document.url) == ("Thousands flee", "https://example.org/a")


@pytest.mark.parametrize("depth", [300, 5_000, 100_000])
def test_a_deeply_nested_page_is_read_plainly(depth: int) -> None:
    page = "<div>" * depth + f"<p>{SENTENCE}</p><script>90 died</script>" + "</div>" * depth
    assert one(page.encode()).text == SENTENCE


@given(st.lists(st.sampled_from(SCRAPS), max_size=12).map("".join))
def test_any_scraps_of_markup_are_read_as_text(markup: str) -> None:
    """What a browser would take for a comment or text is no reason to give up."""
    assert "At least 20 people fled." in plain_text(f"<p>At least 20 people fled.</p>{markup}")


def test_pdf_text_is_joined_to_paragraphs() -> None:
    source = f"#set document(title: [Flash update])\n{SENTENCE} " + "A dis-placed word. " * 20
    document = one(typst.compile(source.encode()))
    assert document.form == "PDF"
    assert document.title == "Flash update"
    assert SENTENCE in document.text
    assert "\n" not in document.text.strip()
    assert document.published_basis in ("", "date when the PDF was made")


RSS = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>Agency</title>
<item><title>Town flees</title><link>https://e.org/1</link><guid>one</guid>
<pubDate>Mon, 25 Sep 2023 10:00:00 +0400</pubDate>
<description>&lt;p&gt;{SENTENCE}&lt;/p&gt;&lt;script&gt;9 dead&lt;/script&gt;</description></item>
<item><link>https://e.org/2</link></item></channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Agency</title><entry>
<title>Town flees</title><id>one</id><updated>2023-09-25T10:00:00+04:00</updated>
<link rel="self" href="https://e.org/self"/><link href="https://e.org/1"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{SENTENCE}</p></div></content>
</entry></feed>"""


@pytest.mark.parametrize("feed", [RSS, ATOM], ids=["RSS", "Atom"])
def test_each_entry_of_a_feed_is_a_document(feed: str) -> None:
    document, *rest = open_bytes(feed.encode(), "f")
    assert isinstance(document, Document)
    assert document.text == f"Town flees\n\n{SENTENCE}"
    assert (document.id, document.publisher) == ("one", "Agency")
    assert (document.published, document.url) == ("2023-09-25T10:00:00+04:00", "https://e.org/1")
    assert [str(error) for error in rest] == [
        "f entry 2: found no text, expected a title or a description"
    ] * (feed is RSS)


def test_each_line_of_json_is_a_document_or_an_error_of_its_own() -> None:
    good = {"id": 4, "text": f"{SENTENCE}\ud800", "published": "2023-09-25", "url": "javascript:x"}
    lines = [json.dumps(good), "[1]", '{"text": ["a"]}', '{"id": "x"}', "[" * 50_000, "{"]
    first, *rest = open_bytes("\n".join(lines).encode(), "j")
    assert isinstance(first, Document)
    assert (first.id, first.text, first.url) == ("4", f"{SENTENCE} ", "")
    assert [str(error).partition(":")[0] for error in rest] == [
        "j line 2",
        "j line 3, text",
        "j line 4, text",
        "j line 5",
        "j line 6",
    ]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SENTENCE, "utf-16"),
        (SENTENCE, "utf-16-le"),
        (SENTENCE, "utf-8-sig"),
        ("Près de 3 000 réfugiés sont arrivés", "latin-1"),
        ("“Nearly 3,000 people” fled – the mayor’s office said", "cp1252"),
        ("Około 500 osób uciekło z miasta, powiedział burmistrz", "cp1250"),
        ("Yaklaşık 500 kişi kaçtı, dedi vali. Şehir boşaltıldı", "cp1254"),
        ("Из города бежали 500 человек, сообщил губернатор. Дороги закрыты.", "cp1251"),
        ("Շուրջ 500 մարդ է ժամանել Գորիս", "utf-8"),
    ],
)
def test_character_sets_are_detected(text: str, encoding: str) -> None:
    assert one(text.encode(encoding)).text == text


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "an empty file"),
        (b"\0" * 99, "an empty file"),
        (zipped("xl/workbook.xml"), "a spreadsheet (.xlsx)"),
        (zipped("anything"), "a zip archive"),
        (b"PK\x03\x04", "a damaged zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file"),
        (b"\x89PNG\r\n\x1a\n1", "a picture (PNG)"),
        (b"day;place;people\n" + b"1;Goris;200\n" * 20, "a table"),
        (b'<?xml version="1.0"?><a/>', "XML that is no feed"),
        (b"%PDF-1.7 nothing", "a damaged PDF"),
        (b"\x01\x02\x03 text \x04" * 50, "a binary file"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><rss>&a;</rss>', "a feed with entity definitions"),
        (b"x" * (MAX_BYTES + 1), "more than 20 MB, expected at most 20 MB"),
    ],
)
def test_what_is_no_report_is_named(data: bytes, found: str) -> None:
    assert refused(data).startswith(f"x.txt: found {found}")


def test_folders_give_their_files_in_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a/.hidden", ".git/config", "c.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(SENTENCE)
    found = [str(file.relative_to(tmp_path)) for file in files_in([tmp_path, tmp_path / "b.txt"])]
    assert found == ["a/z.txt", "b.txt", "c.html"]
    for missing in (tmp_path / "nothing", tmp_path / ("n" * 300)):
        with pytest.raises(InputError):
            files_in([missing])


def test_what_is_no_file_is_refused() -> None:
    with pytest.raises(InputError, match="a device or pipe"):
        open_file(Path("/dev/zero"))
