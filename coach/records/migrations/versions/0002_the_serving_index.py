"""the serving index"""

from alembic import op
import sqlalchemy as sa


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('serving_index',
    sa.Column('generation', sa.String(length=32), nullable=False),
    sa.Column('model', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('generation', name=op.f('pk_serving_index'))
    )


def downgrade() -> None:
    op.drop_table('serving_index')
