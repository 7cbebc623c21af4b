"""audit"""

from alembic import op
import sqlalchemy as sa
from coach.records.tables import UtcDateTime


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

_KEPT = ('number', 'id', 'at', 'day', 'actor_kind', 'action', 'place_kind', 'place_id')
_APPENDED = 'audit is appended to only'

_PERSON_GONE = 'NOT EXISTS (SELECT 1 FROM participants WHERE id = OLD.{})'
_EMPTIED = ' AND '.join([
    *(f'NEW.{name} IS NOT DISTINCT FROM OLD.{name}' for name in (*_KEPT, 'program_id')),
    'NEW.actor_id IS NULL',
    _PERSON_GONE.format('actor_id'),
])
_PROGRAM_THERE = (
    'OLD.program_id IS NULL OR EXISTS (SELECT 1 FROM programs WHERE id = OLD.program_id)'
)
_CONCERN_THERE = (
    'EXISTS (SELECT 1 FROM participants WHERE id = OLD.participant_id) '
    'AND EXISTS (SELECT 1 FROM audit WHERE number = OLD.audit_number)'
)
_NOT_LAST = 'NEW.number > 0 AND EXISTS (SELECT 1 FROM audit WHERE number >= NEW.number)'
_THERE_ALREADY = (
    'EXISTS (SELECT 1 FROM audit_concerns '
    'WHERE audit_number = NEW.audit_number AND position = NEW.position)'
)

# What may not happen: by table and statement, when.
_REFUSED = (
    ('audit', 'UPDATE', f'NOT ({_EMPTIED})'),
    ('audit', 'DELETE', _PROGRAM_THERE),
    ('audit', 'INSERT', _NOT_LAST),
    ('audit_concerns', 'UPDATE', None),
    ('audit_concerns', 'DELETE', _CONCERN_THERE),
    ('audit_concerns', 'INSERT', _THERE_ALREADY),
)


def upgrade() -> None:
    op.create_table('audit',
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('program_id', sa.String(length=32), nullable=True),
    sa.Column('actor_kind', sa.String(length=16), nullable=False),
    sa.Column('actor_id', sa.String(length=32), nullable=True),
    sa.Column('action', sa.String(length=32), nullable=False),
    sa.Column('place_kind', sa.String(length=16), nullable=True),
    sa.Column('place_id', sa.String(length=32), nullable=True),
    sa.ForeignKeyConstraint(['actor_id'], ['participants.id'], name=op.f('fk_audit_actor_id_participants'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['program_id'], ['programs.id'], name=op.f('fk_audit_program_id_programs'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_audit')),
    sqlite_autoincrement=True,
    )
    op.create_index(op.f('ix_audit_program_id_day'), 'audit', ['program_id', 'day'])
    op.create_index(op.f('ix_audit_actor_id_day'), 'audit', ['actor_id', 'day'])
    op.create_table('audit_concerns',
    sa.Column('audit_number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('participant_id', sa.String(length=32), nullable=False),
    sa.Column('note_id', sa.String(length=32), nullable=True),
    sa.ForeignKeyConstraint(['audit_number'], ['audit.number'], name=op.f('fk_audit_concerns_audit_number_audit'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['participant_id'], ['participants.id'], name=op.f('fk_audit_concerns_participant_id_participants'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('audit_number', 'position', name=op.f('pk_audit_concerns'))
    )
    op.create_index(op.f('ix_audit_concerns_participant_id'), 'audit_concerns', ['participant_id'])
    guards = _on_sqlite() if op.get_bind().dialect.name == 'sqlite' else _on_postgresql()
    for guard in guards:
        op.execute(guard)


def downgrade() -> None:
    op.drop_table('audit_concerns')
    op.drop_table('audit')
    if op.get_bind().dialect.name != 'sqlite':
        for name in _functions():
            op.execute(f'DROP FUNCTION {name}()')


def _functions() -> list[str]:
    return [f'{table}_{what.lower()}' for table, what, _ in _REFUSED if what != 'INSERT']


def _on_sqlite() -> list[str]:
    return [
        f'CREATE TRIGGER {table}_{what.lower()} BEFORE {what} ON {table} '
        + (f'WHEN {when} ' if when else '').replace('IS NOT DISTINCT FROM', 'IS')
        + f"BEGIN SELECT RAISE(ABORT, '{_APPENDED}'); END"
        for table, what, when in _REFUSED
    ]


def _on_postgresql() -> list[str]:
    """There a trigger's condition may not look into tables, so each has a function of its own.

    An insertion needs none: it can't take a row's place.
    """
    made = []
    for table, what, when in _REFUSED:
        if what == 'INSERT':
            continue
        name = f'{table}_{what.lower()}'
        given = 'OLD' if what == 'DELETE' else 'NEW'
        made += [
            f'CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
            f"IF {when or 'true'} THEN RAISE EXCEPTION '{_APPENDED}'; END IF; RETURN {given}; END $$",
            f'CREATE TRIGGER {name} BEFORE {what} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()',
        ]
    for table in ('audit', 'audit_concerns'):
        made.append(
            f'CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} '
            'FOR EACH STATEMENT EXECUTE FUNCTION audit_concerns_update()'
        )
    return made
