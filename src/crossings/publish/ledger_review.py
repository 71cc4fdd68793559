"""Reviewing on a terminal, by keyboard only: one entry a screen, one key a decision.

Every decision is recorded at once, so that nothing is lost when the terminal is closed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from crossings.errors import InputError
from crossings.ledger.by_hand import read_value, read_when
from crossings.ledger.history import Entry
from crossings.ledger.quotes import passage
from crossings.ledger.store import Ledger
from crossings.publish.ledger_listing import print_quote, says, when, who
from crossings.publish.markup import clean
from crossings.situation.naming import place_named
from crossings.situation.records import Claim, Situation

Outcome = Literal["accepted", "corrected", "rejected", "skipped"]

KEYS = "a accept  c correct  r reject  s skip  b back  D rest of document  q quit"

_DECISIONS: dict[str, tuple[Literal["accept", "reject"], Outcome]] = {
    "a": ("accept", "accepted"),
    "\r": ("accept", "accepted"),
    "\n": ("accept", "accepted"),
    "r": ("reject", "rejected"),
}

FIELDS = ("value", "measure", "place", "as_of", "sources", "via", "unit", "counting", "note")
"""What can be corrected of a claim on the terminal; the table reaches every field."""


class Reviewer:
    """A session of review.

    Args:
        ledger: an open ledger.
        situation: gives places and time zone.
        by: who reviews.
        console: where to print.
        key: gives the next key.
        line: asks a question and gives the line that is typed; the second argument is what stands
            there if nothing is typed.
    """

    def __init__(
        self,
        ledger: Ledger,
        situation: Situation,
        by: str,
        console: Console,
        key: Callable[[], str],
        line: Callable[[str, str], str],
    ) -> None:
        self.ledger = ledger
        self.situation = situation
        self.by = by
        self.console = console
        self.key = key
        self.line = line

    def run(self, entries: Sequence[Entry]) -> dict[str, Outcome]:
        """Go through ``entries``; gives what became of each that was seen."""
        done: dict[str, Outcome] = {}
        position = 0
        while position < len(entries):
            entry = self.ledger.entry(entries[position].id)
            self._show(entry, position, len(entries))
            pressed = self.key()
            if pressed in ("q", "\x03", "\x04", "\x1b"):
                break
            if pressed == "b":
                position = max(0, position - 1)
            elif pressed == "D":
                position = self._accept_rest(entries, position, done)
            elif outcome := self._decide(entry, pressed):
                done[entry.id] = outcome
                position += 1
        self._sum_up(done, len(entries))
        return done

    def _show(self, entry: Entry, position: int, count: int) -> None:
        view = entry.view()
        assert view is not None  # without limits every entry is seen
        record, zone = view.record, self.situation.zone
        self.console.print(Rule(f"{position + 1} of {count}", align="left", style="dim"))
        place = getattr(record, "place", "")
        where = f", {place}" if place else ""
        head = Text(clean(f"{says(record)}{where}", 200), style="bold cyan")
        self.console.print(head)
        facts = [f"as of {when(record, zone) or 'not stated'}", who(record)]
        if isinstance(record, Claim):
            facts += [record.counting, record.basis, record.status]
        self.console.print(Text(clean("; ".join(facts), 300)))
        text = self.ledger.document(entry.document).text if entry.document else ""
        print_quote(self.console, passage(text, record.quote))
        if view.standing != "proposed":
            self.console.print(Text(f"{view.standing} before", style="yellow"))
        self.console.print(Text(KEYS, style="dim"))

    def _decide(self, entry: Entry, pressed: str) -> Outcome | None:
        """Record what a key means; ``None`` where it means nothing or was taken back."""
        if pressed in ("s", " "):
            return "skipped"
        if pressed == "c":
            return self._correct(entry)
        if pressed not in _DECISIONS:
            return None
        act, outcome = _DECISIONS[pressed]
        reason = self.line("Why? (may stay empty)", "") if act == "reject" else ""
        self.ledger.review(entry.id, act, by=self.by, reason=reason)
        self.console.print(Text(outcome, style="green" if act == "accept" else "red"))
        return outcome

    def _accept_rest(
        self, entries: Sequence[Entry], position: int, done: dict[str, Outcome]
    ) -> int:
        """Accept this entry and those after it of the same document; gives the next position."""
        document = entries[position].document
        end = position
        while end < len(entries) and entries[end].document == document:
            self.ledger.review(entries[end].id, "accept", by=self.by)
            done[entries[end].id] = "accepted"
            end += 1
        self.console.print(Text(f"{end - position} accepted", style="green"))
        return end

    def _correct(self, entry: Entry) -> Outcome | None:
        view = entry.view()
        assert view is not None  # without limits every entry is seen
        if not isinstance(view.record, Claim):
            self.console.print(Text("Statements are corrected in the table: --export FILE.csv"))
            return None
        self.console.print(Text(f"Which of {', '.join(FIELDS)}? Empty: no correction."))
        try:
            changes = self._changes(view.record)
            if not changes:
                return None
            reason = self.line("Why? (may stay empty)", "")
            self.ledger.review(entry.id, "correct", by=self.by, changes=changes, reason=reason)
        except InputError as error:
            self.console.print(Text(clean(str(error)), style="red"))
            return None
        self.console.print(Text("corrected and accepted", style="green"))
        return "corrected"

    def _changes(self, claim: Claim) -> Mapping[str, Any]:
        changes: dict[str, Any] = {}
        while field := self.line("Field", "").strip().casefold():
            if field not in FIELDS:
                self.console.print(Text(f"expected one of {', '.join(FIELDS)}", style="red"))
                continue
            typed = self.line(field, _shown(claim, field)).strip()
            match field:
                case "value":
                    low, high, qualifier = read_value(typed)
                    changes |= {"low": low, "high": high, "qualifier": qualifier}
                case "place":
                    changes["place"] = place_named(self.situation, typed) if typed else ""
                case "as_of":
                    now = dt.datetime.now(dt.UTC)
                    moment, precision = read_when(typed, self.situation, now)
                    changes |= {"as_of": moment, "as_of_precision": precision}
                case "sources":
                    changes["sources"] = typed
                case _:
                    changes[field] = typed
        return changes

    def _sum_up(self, done: Mapping[str, Outcome], count: int) -> None:
        outcomes: tuple[Outcome, ...] = ("accepted", "corrected", "rejected", "skipped")
        tally = {outcome: sum(o == outcome for o in done.values()) for outcome in outcomes}
        told = ", ".join(f"{number} {outcome}" for outcome, number in tally.items() if number)
        left = count - sum(outcome != "skipped" for outcome in done.values())
        self.console.print(Text(f"{told or 'nothing decided'}; {left} left", style="dim"))


def _shown(claim: Claim, field: str) -> str:
    if field == "value":
        bounds = [None if b is None else f"{b:g}" for b in (claim.low, claim.high)]
        if bounds[0] and bounds[1]:
            return bounds[0] if bounds[0] == bounds[1] else f"{bounds[0]}-{bounds[1]}"
        return f"{bounds[0]}+" if bounds[0] else f"<={bounds[1]}" if bounds[1] else ""
    value = getattr(claim, field)
    if isinstance(value, tuple):
        return "; ".join(value)
    return value.isoformat() if isinstance(value, dt.datetime) else str(value or "")
