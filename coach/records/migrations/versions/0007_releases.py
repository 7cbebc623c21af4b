"""releases"""

from alembic import op
import sqlalchemy as sa


revision = '0007'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('releases',
    sa.Column('program_id', sa.String(length=32), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('pairings', sa.Integer(), nullable=False),
    sa.Column('themes', sa.JSON(), nullable=False),
    sa.Column('wording', sa.JSON(), nullable=True),
    sa.ForeignKeyConstraint(['program_id'], ['programs.id'], name=op.f('fk_releases_program_id_programs'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('program_id', 'number', name=op.f('pk_releases'))
    )
    op.create_table('release_marks',
    sa.Column('program_id', sa.String(length=32), nullable=False),
    sa.Column('pairing_id', sa.String(length=32), nullable=False),
    sa.Column('notes', sa.String(length=64), nullable=False),
    sa.Column('release', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['pairing_id'], ['pairings.id'], name=op.f('fk_release_marks_pairing_id_pairings'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['program_id'], ['programs.id'], name=op.f('fk_release_marks_program_id_programs'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('program_id', 'pairing_id', name=op.f('pk_release_marks'))
    )
    op.create_table('release_carriers',
    sa.Column('program_id', sa.String(length=32), nullable=False),
    sa.Column('theme_id', sa.String(length=64), nullable=False),
    sa.Column('pairing_id', sa.String(length=32), nullable=False),
    sa.Column('carries', sa.Boolean(), nullable=False),
    sa.Column('learned', sa.Boolean(), nullable=True),
    sa.Column('struggling', sa.Boolean(), nullable=True),
    sa.ForeignKeyConstraint(['pairing_id'], ['pairings.id'], name=op.f('fk_release_carriers_pairing_id_pairings'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['program_id'], ['programs.id'], name=op.f('fk_release_carriers_program_id_programs'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('program_id', 'theme_id', 'pairing_id', name=op.f('pk_release_carriers'))
    )
    op.create_index(op.f('ix_release_carriers_pairing_id'), 'release_carriers', ['pairing_id'], unique=False)


def downgrade() -> None:
    op.drop_table('release_carriers')
    op.drop_table('release_marks')
    op.drop_table('releases')
