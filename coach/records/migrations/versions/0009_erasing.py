"""erasing"""

from alembic import op
import sqlalchemy as sa


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('traces',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_traces'))
    )
    op.add_column('programs', sa.Column('retention_days', sa.Integer(), nullable=True))
    # Whatever was erased before may be in a file still.
    op.execute("INSERT INTO traces (id) SELECT 'before-there-were-traces' WHERE EXISTS (SELECT 1 FROM notes)")


def downgrade() -> None:
    op.drop_column('programs', 'retention_days')
    op.drop_table('traces')
