"""checks that are switched off for a while"""

from alembic import op
import sqlalchemy as sa


revision = "0131"
down_revision = "0113"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No entry before this one says that a check is switched off.
    op.add_column(
        "study",
        sa.Column(
            "pauses",
            sa.Text(),
            nullable=False,
            server_default="[]",
            comment="JSON: checks that are switched off, or will be",
        ),
    )
    with op.batch_alter_table("study") as batch_op:
        batch_op.alter_column("pauses", server_default=None)
