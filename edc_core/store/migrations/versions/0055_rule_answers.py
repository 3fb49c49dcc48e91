"""what functions of plugins answered to conditions, derivations and the schedule"""

from alembic import op
import sqlalchemy as sa


revision = '0055'
down_revision = '0040'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('rule_answer',
    sa.Column('study_id', sa.String(length=64), nullable=False),
    sa.Column('subject_id', sa.String(length=64), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('spot', sa.String(length=64), nullable=False),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('reads', sa.Text(), nullable=False),
    sa.Column('n', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('study_id', 'subject_id', 'key', name=op.f('pk_rule_answer')),
    comment='what functions of plugins answered; asked again where it is lost, so no projection of the ledger'
    )
