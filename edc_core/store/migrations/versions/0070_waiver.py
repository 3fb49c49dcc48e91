"""what was waived before a lock"""

from alembic import op
import sqlalchemy as sa


revision = '0070'
down_revision = '0085'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No release before this one wrote waiver.set, so the table is right when it is empty.
    op.create_table('waiver',
    sa.Column('study_id', sa.String(length=64), nullable=False),
    sa.Column('subject_id', sa.String(length=64), nullable=False),
    sa.Column('path', sa.String(length=2000), nullable=False),
    sa.Column('why', sa.String(length=64), nullable=False),
    sa.Column('ref', sa.String(length=64), nullable=False),
    sa.Column('n', sa.BigInteger(), nullable=False, comment='its entry waiver.set'),
    sa.Column('actor', sa.String(length=255), nullable=False),
    *(sa.Column(name, sa.Text(), nullable=False) for name in ('full_name', 'at', 'reason')),
    sa.PrimaryKeyConstraint('study_id', 'subject_id', 'path', 'why', 'ref', name=op.f('pk_waiver')),
    comment='what no longer stands in the way of a lock, since a person has said why'
    )
