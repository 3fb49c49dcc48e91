"""codings of verbatims"""

from alembic import op
import sqlalchemy as sa


revision = "0140"
down_revision = "0134"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nothing wrote coding.set or coding.reset before, so the table is right when it is empty.
    op.create_table(
        "coding",
        sa.Column("study_id", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("path", sa.String(length=2000), nullable=False),
        sa.Column("form_path", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("dictionary", sa.Text(), nullable=False),
        sa.Column("dictionary_version", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("levels", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("synonym", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("coded_by", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("study_id", "subject_id", "path", name=op.f("pk_coding")),
        comment="the last coding of each verbatim; levels as JSON",
    )
    op.create_index("ix_coding_form", "coding", ["study_id", "subject_id", "form_path"], unique=False)
