"""whether a waiver was withdrawn"""

from alembic import op
import sqlalchemy as sa


revision = '0100'
down_revision = '0070'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No entry before this one withdrew a waiver, so each that is there stands.
    op.add_column('waiver', sa.Column('state', sa.String(length=16), nullable=False, server_default='waived',
                                      comment='waived, or withdrawn'))
    with op.batch_alter_table('waiver') as batch_op:
        batch_op.alter_column('state', server_default=None)
