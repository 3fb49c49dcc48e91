"""signatures as they stand, and who has accepted that they bind"""

from alembic import op
import sqlalchemy as sa


revision = '0040'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No release before this one wrote sign.set, so both tables are right when they are empty.
    op.create_table('signature',
    sa.Column('study_id', sa.String(length=64), nullable=False),
    sa.Column('subject_id', sa.String(length=64), nullable=False),
    sa.Column('path', sa.String(length=2000), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('n', sa.BigInteger(), nullable=False, comment='its entry sign.set'),
    *(sa.Column(name, sa.Text(), nullable=False) for name in (
        'at', 'zone', 'actor', 'full_name', 'role', 'meaning', 'language', 'hides')),
    sa.Column('sha256', sa.String(length=64), nullable=False, comment='of the manifest: what exactly was signed'),
    sa.Column('since', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('study_id', 'subject_id', 'path', name=op.f('pk_signature')),
    comment='the signature on a form, a visit or a casebook; path = what was signed'
    )
    op.create_index('ix_signature_state', 'signature', ['study_id', 'state'])
    op.create_table('signature_acceptance',
    sa.Column('study_id', sa.String(length=64), nullable=False),
    sa.Column('subject_id', sa.String(length=64), nullable=False),
    sa.Column('n', sa.BigInteger(), autoincrement=False, nullable=False, comment='the entry that says so'),
    sa.Column('actor', sa.String(length=255), nullable=False),
    sa.Column('full_name', sa.Text(), nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('study_id', 'subject_id', 'n', name=op.f('pk_signature_acceptance')),
    comment='persons who said that their signature binds as a handwritten one does (21 CFR 11.100(c))'
    )
    op.create_index('ix_signature_acceptance_actor', 'signature_acceptance', ['study_id', 'actor'])
