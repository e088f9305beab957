"""What is watched for being stuck is found without reading the whole outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WATCHED = {
    "ix_outbox_dead": (["due_at"], "state = 'dead'"),
    "ix_outbox_unreceipted": (["sent_at"], "state = 'sent' AND receipt = ''"),
}


def upgrade() -> None:
    for name, (columns, condition) in _WATCHED.items():
        where = sa.text(condition)
        op.create_index(name, "outbox", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name in _WATCHED:
        op.drop_index(name, "outbox")
