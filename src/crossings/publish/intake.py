"""From what was read to the ledger, and from the ledger to the situation that is forecast."""

from __future__ import annotations

import dataclasses

from crossings import ledger
from crossings.errors import InputError
from crossings.ledger.history import Standing
from crossings.reports.batch import Outcome
from crossings.reports.linking import link
from crossings.situation.catalogue import load
from crossings.situation.records import Situation

READER = "crossings read"
"""What is kept as the reader of an entry, with the model where one was asked."""


class Intake:
    """Enters readings into a ledger, one document at a time; each is kept whole or not at all."""

    def __init__(self, situation: str, database: str | None, by: str, accept: bool) -> None:
        self._situation = load(situation)
        self._book = ledger.open(database)
        self._by, self._accept = by, accept
        self._named = f" --database {self._book.name}" if database else ""
        self._read = self._new = 0
        self.questions: tuple[str, ...] = ()
        """What was left open in the document entered last."""

    def enter(self, outcome: Outcome) -> Outcome:
        """Join a reading to the situation and enter it; what cannot be is an error in its place."""
        if outcome.reading is None or outcome.document is None:
            return outcome
        document = outcome.document
        try:
            linked = link(outcome.reading, document, self._situation)
            self.questions = linked.open_questions
            kept = self._book.add_document(
                document.text,
                url=document.url,
                publisher=document.publisher,
                published=self._situation.moment(outcome.reading.published or ""),
                by=self._by,
            )
            readers = {claim.reader for claim in outcome.reading.claims} - {"grammar"}
            proposal = self._book.propose(
                self._situation.id,
                linked.records,
                document=kept.id,
                reader="; ".join([READER, *sorted(readers)]),
                by=self._by,
                accept=self._accept,
            )
        except InputError as error:
            return dataclasses.replace(outcome, reading=None, error=f"{document.name}: {error}")
        self._read += len(proposal.ids)
        self._new += len(proposal.new)
        return outcome

    def summary(self) -> str:
        """What was entered, and what to do next."""
        standing = "accepted" if self._accept else "proposed"
        line = (
            f"{self._new} of {self._read} figures and statements are new in {self._book.name}, "
            f"{standing}."
        )
        if self._accept or not self._new:
            return line
        return f"{line} Next: crossings ledger review --situation {self._situation.id}{self._named}"


def with_ledger(
    situation: Situation, database: str, as_of: str | None, include_proposed: bool
) -> Situation:
    """``situation`` with what a ledger holds of it: what is accepted, proposed too if asked.

    ``as_of`` hides corrections and retractions that became known later.

    Raises:
        InputError: there is no such ledger, or a record does not fit the situation.
    """
    review: set[Standing] = {"accepted", "proposed"} if include_proposed else {"accepted"}
    until = situation.moment(as_of) if as_of else None
    with ledger.open(database, create=False) as book:
        claims = book.claims(situation.id, as_of=until, review=review)
        events, context = book.statements(situation.id, as_of=until, review=review)
    return situation.with_claims(claims).with_statements(events, context)
