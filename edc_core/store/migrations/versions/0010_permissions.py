"""the cells in which a study's permissions differ from the default"""

from alembic import op
import sqlalchemy as sa


revision = '0010'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('study', sa.Column('permissions', sa.Text(), nullable=False, server_default='{}',
                  comment="JSON: cells in which the study's matrix differs from the default"))
