"""values in their item's standard unit"""

from alembic import op
import sqlalchemy as sa


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No entry written before holds a standard value, so the rows that are there are right as they are.
    with op.batch_alter_table('item_data', schema=None) as batch_op:
        batch_op.add_column(sa.Column('standard', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('standard_unit', sa.Text(), nullable=False, server_default=''))
