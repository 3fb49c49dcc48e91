"""Alembic's entry: always runs on the connection it is handed by store/schema.py."""

from alembic import context

from edc_core.store import (  # noqa: F401
    coding_tables,
    job_tables,
    ledger_tables,
    query_tables,
    review_tables,
    study_tables,
    subject_tables,
    user_tables,
)
from edc_core.store.base import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
context.run_migrations()
