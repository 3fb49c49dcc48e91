"""the task that a delegation is for"""

from alembic import op
import sqlalchemy as sa


revision = "0112"
down_revision = "0111"
branch_labels = None
depends_on = None

COLUMNS = "study_id, user_id, kind, site_id, document, tasks, starts, ends, actor, at"


def upgrade() -> None:
    # The task is part of the key, and SQLite changes none: what is there is put into the table anew.
    op.execute("CREATE TABLE access_evidence_before AS SELECT * FROM access_evidence")
    op.drop_table("access_evidence")
    op.create_table(
        "access_evidence",
        sa.Column("study_id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("task", sa.String(length=16), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("tasks", sa.Text(), nullable=False),
        sa.Column("starts", sa.Text(), nullable=False),
        sa.Column("ends", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "study_id", "user_id", "kind", "site_id", "task", name=op.f("pk_access_evidence")
        ),
        comment="the last training record, and the last delegation of each task at each site, of a person in a study",
    )
    # No record before this one was for one task.
    op.execute(
        f"INSERT INTO access_evidence ({COLUMNS}, task) SELECT {COLUMNS}, '' FROM access_evidence_before"
    )
    op.drop_table("access_evidence_before")
