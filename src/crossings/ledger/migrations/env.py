"""Runs the steps on the connection that :mod:`crossings.ledger.database` hands over."""

from __future__ import annotations

from alembic import context

from crossings.ledger.database import VERSION_TABLE
from crossings.ledger.schema import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    version_table=VERSION_TABLE,
)
with context.begin_transaction():
    context.run_migrations()
