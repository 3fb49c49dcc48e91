"""mail addresses, links that set a password, lockouts in a row, sessions that are not complete, jobs for later"""

from alembic import op
import sqlalchemy as sa


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('user_account', sa.Column('email', sa.Text(), nullable=False, server_default='',
                  comment='where mail goes; empty for none'))
    op.add_column('credential', sa.Column('must_change', sa.Boolean(), nullable=False, server_default=sa.false(),
                  comment='somebody else chose the password'))
    op.add_column('credential', sa.Column('lockouts', sa.Integer(), nullable=False, server_default='0',
                  comment='in a row; each doubles the wait'))
    for name in ('stage', 'address', 'agent'):
        op.add_column('user_session', sa.Column(name, sa.Text(), nullable=False, server_default=''))
    op.create_index('ix_user_session_user', 'user_session', ['user_id', 'ended_at'])
    op.add_column('job', sa.Column('due_at', sa.Text(), nullable=False, server_default=''))
    op.create_table('account_link',
    sa.Column('token_sha256', sa.String(length=64), nullable=False),
    sa.Column('user_id', sa.String(length=64), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('expires_at', sa.Text(), nullable=False),
    sa.Column('used_at', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('token_sha256', name=op.f('pk_account_link')),
    comment='a link in a mail with which a password is set once; only its digest is stored'
    )
