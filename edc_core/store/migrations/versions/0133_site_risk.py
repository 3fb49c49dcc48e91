"""the tier of risk of a site"""

from alembic import op
import sqlalchemy as sa


revision = "0133"
down_revision = "0131"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No entry before this one says the tier of a site.
    op.add_column(
        "site",
        sa.Column(
            "risk",
            sa.Text(),
            nullable=False,
            server_default="",
            comment="its tier; blank while nobody has judged it",
        ),
    )
    with op.batch_alter_table("site") as batch_op:
        batch_op.alter_column("risk", server_default=None)
