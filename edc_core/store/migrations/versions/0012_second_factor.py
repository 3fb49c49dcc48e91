"""the second factor of an account"""

from alembic import op
import sqlalchemy as sa


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('credential', sa.Column('totp', sa.Text(), nullable=False, server_default='',
                  comment='secret of the second factor, encrypted'))
    op.add_column('credential', sa.Column('totp_step', sa.BigInteger(), nullable=False, server_default='0',
                  comment='time step of the last code used'))
    op.add_column('credential', sa.Column('recovery', sa.Text(), nullable=False, server_default='[]',
                  comment='JSON: SHA-256 of the codes left'))
