"""the embedding model's probe"""

from alembic import op
import sqlalchemy as sa


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('serving_index', sa.Column('probe', sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column('serving_index', 'probe')
