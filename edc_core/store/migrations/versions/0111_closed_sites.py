"""when a site was closed"""

from alembic import op
import sqlalchemy as sa


revision = "0111"
down_revision = "0117"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No entry before this one closed a site, so each that is there is open.
    op.add_column(
        "site",
        sa.Column(
            "closed_at",
            sa.Text(),
            nullable=False,
            server_default="",
            comment="when it was closed; blank while it is open",
        ),
    )
    with op.batch_alter_table("site") as batch_op:
        batch_op.alter_column("closed_at", server_default=None)
