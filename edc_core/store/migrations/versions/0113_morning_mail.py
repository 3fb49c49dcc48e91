"""whether a person wants the mail of the morning"""

from alembic import op
import sqlalchemy as sa


revision = "0113"
down_revision = "0112"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No entry before this one says that somebody does not want it.
    op.add_column(
        "user_account",
        sa.Column(
            "wants_digest",
            sa.Boolean(),
            nullable=False,
            server_default=sa.true(),
            comment="a mail each morning while work waits",
        ),
    )
    with op.batch_alter_table("user_account") as batch_op:
        batch_op.alter_column("wants_digest", server_default=None)
