"""indexes for what a study has said in an item before, and for the forms of a site"""

from alembic import op
import sqlalchemy as sa


revision = "0134"
down_revision = "0133"
branch_labels = None
depends_on = None

WORDS = "value > 'A' AND length(value) > 2 AND length(value) < 201"


def upgrade() -> None:
    op.create_index("ix_form_data_form_oid", "form_data", ["study_id", "form_oid", "subject_id"])
    op.create_index(
        "ix_item_data_words",
        "item_data",
        ["study_id", "item_oid", "value", "subject_id"],
        sqlite_where=sa.text(WORDS),
        postgresql_where=sa.text(WORDS),
    )
