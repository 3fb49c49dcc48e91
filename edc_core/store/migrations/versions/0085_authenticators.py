"""other ways to prove who one is than the password"""

from alembic import op
import sqlalchemy as sa


revision = '0085'
down_revision = '0055'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('account_key',
    sa.Column('authenticator', sa.String(length=64), nullable=False),
    sa.Column('subject', sa.String(length=1024), nullable=False),
    sa.Column('user_id', sa.String(length=64), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('material', sa.Text(), nullable=False, comment="JSON, no secret: a passkey's public key"),
    sa.Column('created_at', sa.Text(), nullable=False),
    sa.Column('used_at', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('authenticator', 'subject', name=op.f('pk_account_key')),
    comment='what another authenticator than the password knows an account by'
    )
    op.create_index('ix_account_key_user', 'account_key', ['user_id'])
    op.create_table('proof_attempt',
    sa.Column('token_sha256', sa.String(length=64), nullable=False),
    sa.Column('authenticator', sa.Text(), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('user_id', sa.String(length=64), nullable=False),
    sa.Column('next', sa.Text(), nullable=False, comment='page to go on to; a proof for a signature is good there alone'),
    sa.Column('link', sa.Text(), nullable=False, comment='digest of the invitation it was begun from'),
    sa.Column('kept', sa.Text(), nullable=False, comment='JSON: what the answer is judged by'),
    sa.Column('begun_at', sa.Text(), nullable=False),
    sa.Column('expires_at', sa.Text(), nullable=False),
    sa.Column('proved', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('token_sha256', name=op.f('pk_proof_attempt')),
    comment='a proof that was begun, taken out by its answer; or one for a signature, taken out by it'
    )
