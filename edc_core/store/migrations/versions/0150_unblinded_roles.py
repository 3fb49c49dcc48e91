"""roles that show blinded items to one person"""

from alembic import op
import sqlalchemy as sa


revision = "0150"
down_revision = "0140"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No entry before this one gives a role unblinded.
    op.add_column(
        "role_grant",
        sa.Column(
            "unblinded",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="it shows blinded and restricted items",
        ),
    )
    with op.batch_alter_table("role_grant") as batch_op:
        batch_op.alter_column("unblinded", server_default=None)
