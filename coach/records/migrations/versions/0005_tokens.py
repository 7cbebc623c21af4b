"""tokens that are scoped, end and are told apart; participants who sign on elsewhere"""

from alembic import op
import sqlalchemy as sa


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('participants', sa.Column('subject', sa.Text(), nullable=True))
    op.create_index(op.f('ix_participants_subject'), 'participants', ['subject'])
    op.create_index('ix_participants_lower_email', 'participants', [sa.text('lower(email)')])
    op.add_column('tokens', sa.Column('label', sa.Text(), nullable=True))
    op.add_column('tokens', sa.Column('scopes', sa.String(length=64), nullable=False, server_default='read write coach'))
    for name in ('expires_at', 'last_used_at', 'revoked_at'):
        op.add_column('tokens', sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column('tokens', sa.Column('made_with', sa.String(length=32), nullable=True))
    op.create_index(op.f('ix_tokens_made_with'), 'tokens', ['made_with'])


def downgrade() -> None:
    op.drop_index(op.f('ix_tokens_made_with'), table_name='tokens')
    for name in ('made_with', 'revoked_at', 'last_used_at', 'expires_at', 'scopes', 'label'):
        op.drop_column('tokens', name)
    op.drop_index('ix_participants_lower_email', table_name='participants')
    op.drop_index(op.f('ix_participants_subject'), table_name='participants')
    op.drop_column('participants', 'subject')
