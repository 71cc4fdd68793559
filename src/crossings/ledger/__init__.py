"""Documents and claims kept for good, reviewed, side by side where sources disagree.

::

    from crossings import ledger

    with ledger.open("sqlite:///ledger.sqlite") as book:
        document = book.add_document(text, url=url, publisher="AFP", published=when)
        book.propose("nagorno-karabakh-2023", claims, document=document.id, reader="grammar 1")
        for entry in book.entries("nagorno-karabakh-2023"):
            book.review(entry.id, "accept", by="A. Reviewer")
        situation = situation.with_claims(book.claims("nagorno-karabakh-2023", as_of=when))

``store`` holds the ledger itself, ``deciding`` and ``lookup`` what it writes and finds, ``history``
what was decided about an entry and how it stood at a time, ``schema`` and ``migrations`` the
tables, ``database`` the two databases that can hold them, ``identity`` ids and hashes,
``redaction`` what is removed for good, ``interchange`` export and import. ``by_hand``,
``selection``, ``quotes`` and ``review_table`` are for the people who enter and review;
``side_by_side`` compares.
"""

from __future__ import annotations

from crossings.ledger.deciding import Change
from crossings.ledger.history import Decision, Document, Entry, Tombstone, View
from crossings.ledger.interchange import Imported, export_lines, import_lines
from crossings.ledger.redaction import Removal, remove_name, remove_text, scrub
from crossings.ledger.store import Ledger, Proposal

__all__ = [
    "Change",
    "Decision",
    "Document",
    "Entry",
    "Imported",
    "Ledger",
    "Proposal",
    "Removal",
    "Tombstone",
    "View",
    "export_lines",
    "import_lines",
    "open",
    "remove_name",
    "remove_text",
    "scrub",
]


def open(url: str | None = None, create: bool = True) -> Ledger:
    """Open the ledger at ``url``, and start one where there is none.

    Args:
        url: ``sqlite:///FILE``, a file name, or ``postgresql://USER@HOST/NAME`` (the password is
            better kept in ``~/.pgpass`` or ``PGPASSWORD``). ``None``: the environment variable
            ``CROSSINGS_DATABASE``, else a file in the user's data directory.
        create: ``False`` where a missing ledger is an error.

    Raises:
        InputError: the database cannot be reached, or is no ledger that this version knows.
        OutputError: a new ledger cannot be written.
    """
    return Ledger(url, create)
