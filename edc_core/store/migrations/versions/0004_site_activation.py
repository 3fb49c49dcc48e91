"""versions put in force at sites, with their approvals"""

from alembic import op
import sqlalchemy as sa


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # An entry study.activate written before has no state and makes no row, so the table is right when it is empty.
    op.create_table('site_activation',
    sa.Column('study_id', sa.String(length=64), nullable=False),
    sa.Column('n', sa.BigInteger(), autoincrement=False, nullable=False, comment='its entry in the chain @study'),
    sa.Column('site_id', sa.Text(), nullable=False),
    sa.Column('meta_data_version', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False,
              comment='planned, then done, cancelled or refused; or in_force'),
    sa.Column('effective_from', sa.Text(), nullable=False),
    sa.Column('approval', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('study_id', 'n', name=op.f('pk_site_activation')),
    comment='versions put in force at a site, and those that will be; effective_from = day at the site'
    )
