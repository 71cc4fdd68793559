"""The live page as one file: modules, content and style inside, no server, no network.

The page's modules are imported by name; here the import map leads each name to the module's text
itself (a ``data:`` address), so that the very files of the server run from a memory stick. Readers
without scripts see the static page, which lies inside too.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

from crossings.forecast.outlook import Outlook
from crossings.publish.bundle import bundle, record_rows
from crossings.publish.live import web
from crossings.publish.live.borders import borders
from crossings.publish.markup import script_json, text
from crossings.publish.page import situation_page
from crossings.situation.records import Situation

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' data:; style-src 'unsafe-inline'; "
    "img-src data: blob:; base-uri 'none'; form-action 'none'"
)


def single_file(
    outlooks: Sequence[Outlook],
    situation: Situation,
    profile: str = "internal",
    sign_off: str = "",
) -> str:
    """The page with one or several forecasts of a situation; the last one is shown first.

    Args:
        outlooks: forecasts in the order of their issue times, at least one.
        situation: their situation; what came after an issue time is shown only when asked for.
        profile: ``internal`` or ``public``.
        sign_off: who answers for publishing it, as a sentence.

    Raises:
        InputError: the profile is not known.
    """
    pages: dict[str, Any] = {}
    for outlook in outlooks:
        name = outlook.issued_at.isoformat()
        pages[name] = bundle(outlook, situation, situation, profile, sign_off) | {"id": name}
    newest = outlooks[-1]
    kept = [{"id": name, "issued_at": p["forecast"]["issued_at"]} for name, p in pages.items()]
    content = {
        "overview": {
            "id": situation.id,
            "title": situation.title,
            "forecasts": len(pages),
            "profile": profile,
        },
        "kept": kept,
        "pages": pages,
        "borders": borders(situation),
        "record": record_rows(outlooks, situation, profile),
        "messages": web.messages(),
    }
    static = situation_page(newest, situation, situation, profile, sign_off)
    plain = static.partition("<body>")[2].rpartition("</body>")[0]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f"<title>{text(situation.title)}</title>\n<style>\n{web.style().decode()}</style>\n"
        f'<script type="importmap">{_inside()}</script>\n</head>\n<body>\n'
        f'<div id="app"></div>\n<noscript>\n{plain}\n</noscript>\n'
        f'<script type="application/json" id="page-content">{script_json(content)}</script>\n'
        '<script type="module">import "crossings/app";</script>\n</body>\n</html>\n'
    )


def _inside() -> str:
    """The import map with every module's text in place of its address."""
    named = {}
    for name, path in sorted(web.modules().items()):
        content = base64.b64encode(web.read(path) or b"").decode()
        named[name] = f"data:text/javascript;base64,{content}"
    return json.dumps({"imports": named}, separators=(",", ":"))
