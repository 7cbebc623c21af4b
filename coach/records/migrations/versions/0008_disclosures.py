"""disclosures, and who lets models be used"""

from alembic import op
import sqlalchemy as sa

from coach.records.tables import UtcDateTime


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('programs', sa.Column('model_use', sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column(
        'programs', sa.Column('model_use_by_default', sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.add_column('participants', sa.Column('model_use', sa.Boolean(), nullable=True))
    op.create_table('disclosures',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('request_id', sa.String(length=32), nullable=False),
    sa.Column('person_id', sa.String(length=32), nullable=False),
    sa.Column('program_id', sa.String(length=32), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('host', sa.Text(), nullable=False),
    sa.Column('model', sa.Text(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('names_replaced', sa.Boolean(), nullable=False),
    sa.Column('asked', sa.Boolean(), nullable=False),
    sa.Column('passages', sa.JSON(), nullable=False),
    sa.Column('work_ids', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['participants.id'], name=op.f('fk_disclosures_person_id_participants')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disclosures'))
    )
    op.create_index(op.f('ix_disclosures_person_id_at'), 'disclosures', ['person_id', 'at'])


def downgrade() -> None:
    op.drop_index(op.f('ix_disclosures_person_id_at'), table_name='disclosures')
    op.drop_table('disclosures')
    op.drop_column('participants', 'model_use')
    op.drop_column('programs', 'model_use_by_default')
    op.drop_column('programs', 'model_use')
