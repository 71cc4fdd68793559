"""The four tables, and the triggers that let rows be added but not changed or deleted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Columns that even a redaction leaves as they are.
KEPT = {
    "documents": ("id", "recorded_at", "published", "retrieved"),
    "entries": ("id", "recorded_at", "situation", "kind", "document"),
    "acts": ("id", "recorded_at", "entry", "act", "known_at"),
    "tombstones": (*("id", "recorded_at", "target", "target_id", "digest_before", "digest_after"),),
}
TARGETS = {
    "documents": "document",
    "entries": "entry",
    "acts": "act",
    "tombstones": "tombstone",
}
REFUSED = "append-only: rows of a ledger are neither changed nor deleted"


def upgrade() -> None:
    """Make the tables and their triggers."""
    moment = sa.DateTime(timezone=True)

    def every() -> list[sa.Column[object]]:
        return [
            sa.Column("id", sa.String(64), primary_key=True),
            sa.Column("recorded_at", moment, nullable=False, index=True),
            sa.Column("by", sa.Text(), nullable=False),
            sa.Column("digest", sa.String(64), nullable=False),
        ]

    op.create_table(
        "ledger_documents",
        *every(),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("published", moment),
        sa.Column("retrieved", moment),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_table(
        "ledger_entries",
        *every(),
        sa.Column("situation", sa.String(200), nullable=False, index=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("document", sa.String(64), sa.ForeignKey("ledger_documents.id"), index=True),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('claim', 'event', 'context')", name="ledger_entries_kind"),
    )
    op.create_table(
        "ledger_acts",
        *every(),
        sa.Column(
            "entry", sa.String(64), sa.ForeignKey("ledger_entries.id"), nullable=False, index=True
        ),
        sa.Column("act", sa.String(10), nullable=False),
        sa.Column("known_at", moment),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("record", sa.Text()),
        sa.CheckConstraint(
            "act IN ('accept', 'correct', 'reject', 'retract')", name="ledger_acts_act"
        ),
        sa.CheckConstraint("(record IS NOT NULL) = (act = 'correct')", name="ledger_acts_record"),
    )
    op.create_table(
        "ledger_tombstones",
        *every(),
        sa.Column("target", sa.String(10), nullable=False),
        sa.Column("target_id", sa.String(64), nullable=False, index=True),
        sa.Column("digest_before", sa.String(64), nullable=False),
        sa.Column("digest_after", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "target IN ('document', 'entry', 'act', 'tombstone')", name="ledger_tombstones_target"
        ),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _sqlite_triggers() if sqlite else _postgresql_triggers():
        op.execute(sa.text(statement))


def _may_change(table: str, same: str) -> str:
    """The condition under which a row may be updated; ``same`` compares values that may be NULL."""
    kept = " AND ".join(f"OLD.{column} {same} NEW.{column}" for column in KEPT[table])
    return (
        f"{kept} AND EXISTS (SELECT 1 FROM ledger_tombstones t WHERE "
        f"t.target = '{TARGETS[table]}' AND t.target_id = OLD.id "
        "AND t.digest_before = OLD.digest AND t.digest_after = NEW.digest)"
    )


def _sqlite_triggers() -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    statements = []
    for name in KEPT:
        table = f"ledger_{name}"
        when = f"WHEN NOT ({_may_change(name, 'IS')}) "
        statements += [
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {when}{refuse}",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
            # INSERT OR REPLACE deletes without asking the trigger above.
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR rowid = NEW.rowid) {refuse}",
        ]
    return statements


def _postgresql_triggers() -> list[str]:
    statements = []
    for name in KEPT:
        table = f"ledger_{name}"
        change = _may_change(name, "IS NOT DISTINCT FROM")
        keep = f"IF TG_OP = 'UPDATE' THEN IF {change} THEN RETURN NEW; END IF; END IF; "
        statements += [
            f"CREATE FUNCTION {table}_keep() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {keep}RAISE EXCEPTION '{REFUSED}'; END $$",
            f"CREATE TRIGGER {table}_keep_rows BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_keep()",
            f"CREATE TRIGGER {table}_keep_all BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_keep()",
        ]
    return statements


def downgrade() -> None:
    """A ledger is kept for good."""
    raise NotImplementedError("a ledger is not taken back to before its first step")
