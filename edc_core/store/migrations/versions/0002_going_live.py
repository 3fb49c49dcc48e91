"""releases, approved plugin versions"""

from alembic import op
import sqlalchemy as sa


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('study', schema=None) as batch_op:
        batch_op.add_column(sa.Column('upgraded_n', sa.BigInteger(), nullable=False, server_default='0',
                                      comment='entry of @study that approved a plugin version last'))
    op.create_table('study_release',
    sa.Column('study_id', sa.String(length=64), nullable=False),
    sa.Column('meta_data_version', sa.String(length=255), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('full_name', sa.Text(), nullable=False),
    sa.Column('meaning', sa.Text(), nullable=False),
    sa.Column('statement', sa.Text(), nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('study_id', 'meta_data_version', name=op.f('pk_study_release')),
    comment='versions released for their first subject'
    )
    op.create_table('plugin_upgrade',
    sa.Column('study_id', sa.String(length=64), nullable=False),
    sa.Column('plugin', sa.String(length=255), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('version', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False, comment='newest version of the study when it was written'),
    sa.Column('n', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('study_id', 'plugin', 'state', name=op.f('pk_plugin_upgrade')),
    comment='the last request and the last approval of each plugin; plugin = its name in study.yaml'
    )
