"""marks of verification and review"""

from alembic import op
import sqlalchemy as sa


revision = '0030'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nothing wrote review.set or review.drop before, so the table is right when it is empty.
    op.create_table('review_mark',
    sa.Column('study_id', sa.String(length=64), nullable=False),
    sa.Column('subject_id', sa.String(length=64), nullable=False),
    sa.Column('path', sa.String(length=2000), nullable=False),
    sa.Column('review', sa.String(length=16), nullable=False),
    sa.Column('form_path', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('question', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('cause', sa.Text(), nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('study_id', 'subject_id', 'path', 'review', name=op.f('pk_review_mark')),
    comment='the last mark of each group of reviewers on each item'
    )
    op.create_index('ix_review_mark_form', 'review_mark', ['study_id', 'subject_id', 'form_path'], unique=False)
