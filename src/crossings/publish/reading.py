"""What was read, on the terminal: figures with who says them, then events, then the setting."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from rich.console import Console

from crossings.publish.markup import clean
from crossings.reports.batch import Outcome
from crossings.reports.inputs.document import Document
from crossings.reports.records import Reading


def reading_json(document: Document, reading: Reading) -> str:
    """One line of JSON, the same for the same document; all characters outside ASCII escaped."""
    return json.dumps(reading.as_dict(document.id or document.name))


def print_failures(failed: Sequence[Outcome]) -> None:
    """List on stderr what could not be read, a line each."""
    for outcome in failed:
        print(f"crossings: {clean(outcome.error)}", file=sys.stderr)


def print_reading(console: Console, document: Document, reading: Reading) -> None:
    """Print a reading."""
    for claim in reading.claims:
        said = "; ".join(claim.sources) or "the report"
        console.print(
            f"{claim.figure_text} {claim.unit} {claim.measure} {claim.place or ''} ({said})",
            markup=False,
        )
