"""to whom a query was forwarded, and whether the site was ever asked"""

from alembic import op
import sqlalchemy as sa


revision = '0106'
down_revision = '0100'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No entry before this one forwarded a query, so the site answers each that is there.
    op.add_column('query', sa.Column('recipient', sa.Text(), nullable=False, server_default=''))
    op.add_column('query', sa.Column('asked', sa.Boolean(), nullable=False, server_default=sa.true()))
    # The site was asked unless a query began as a proposal and nobody released it.
    op.execute(
        "UPDATE query SET asked = false WHERE NOT EXISTS (SELECT 1 FROM query_message m "
        "WHERE m.study_id = query.study_id AND m.query_id = query.query_id "
        "AND ((m.n = 1 AND m.state <> 'Candidate') OR m.state IN ('Open', 'Answered', 'Closed')))"
    )
    with op.batch_alter_table('query') as batch_op:
        batch_op.alter_column('recipient', server_default=None)
        batch_op.alter_column('asked', server_default=None)
