"""Pushes: planner rows, attempts, phone tasks, consents, alerts, broadcasts; the outbox climbs a ladder."""

import sqlalchemy as sa
from alembic import op

import bot.store.types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATES = ("pending", "sending", "sent", "dead", "void", "paused", "staff")
_PARTIAL = {
    "ix_outbox_due": (["priority", "due_at"], "state = 'pending'"),
    "ix_outbox_open": (["account_id", "id"], "state IN ('pending', 'sending')"),
    "ix_outbox_leased": (["lease_until"], "state = 'sending'"),
}
"""SQLite alters a table by copying it, and does not copy the condition of an index."""


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "acknowledged",
                "closed",
                name="alertstate",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("staff_no", sa.String(length=32), nullable=True),
        sa.Column("first_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.create_index(
            "uq_alerts_open",
            ["kind", "subject"],
            unique=True,
            sqlite_where=sa.text("state <> 'closed'"),
            postgresql_where=sa.text("state <> 'closed'"),
        )

    op.create_table(
        "campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "awaiting",
                "running",
                "paused",
                "withdrawn",
                "done",
                name="campaignstate",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("approved_by", sa.String(length=64), nullable=True),
        sa.Column("created_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", bot.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("finished_at", bot.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("key", name=op.f("uq_campaigns_key")),
    )
    op.create_table(
        "phone_tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("patient_id", sa.String(length=32), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "taken",
                "done",
                "cancelled",
                name="phonetaskstate",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("staff_no", sa.String(length=32), nullable=True),
        sa.Column("due_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("opened_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", bot.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_phone_tasks_account_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_phone_tasks_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_tasks")),
        sa.UniqueConstraint("key", name=op.f("uq_phone_tasks_key")),
    )
    with op.batch_alter_table("phone_tasks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_phone_tasks_patient_id"), ["patient_id"], unique=False)
        batch_op.create_index("ix_phone_tasks_state", ["state", "due_at"], unique=False)

    op.create_table(
        "pushes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.String(length=32), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "paused",
                "queued",
                "skipped",
                "void",
                name="pushstate",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=48), nullable=False),
        sa.Column("due_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_at", bot.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_pushes_account_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_pushes_campaign_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_pushes_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pushes")),
        sa.UniqueConstraint("key", name=op.f("uq_pushes_key")),
    )
    with op.batch_alter_table("pushes", schema=None) as batch_op:
        batch_op.create_index("ix_pushes_campaign", ["campaign_id", "state"], unique=False)
        batch_op.create_index(
            "ix_pushes_due",
            ["priority", "due_at"],
            unique=False,
            sqlite_where=sa.text("state = 'planned'"),
            postgresql_where=sa.text("state = 'planned'"),
        )
        batch_op.create_index("ix_pushes_patient", ["patient_id", "due_at"], unique=False)
        batch_op.create_index("ix_pushes_scope", ["scope", "version"], unique=False)

    op.create_table(
        "subscription_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("template", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_subscription_events_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_events")),
        sa.UniqueConstraint("key", name=op.f("uq_subscription_events_key")),
    )
    with op.batch_alter_table("subscription_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subscription_events_account_id"), ["account_id"], unique=False)

    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("template", sa.String(length=64), nullable=False),
        sa.Column("left_over", sa.Integer(), nullable=False),
        sa.Column("long_term", sa.Boolean(), nullable=False),
        sa.Column("changed_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_subscriptions_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("account_id", "template", name=op.f("uq_subscriptions_account_id_template")),
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("road", sa.String(length=16), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("platform_id", sa.String(length=64), nullable=False),
        sa.Column("receipt", sa.String(length=64), nullable=False),
        sa.Column("cost_fen", sa.Integer(), nullable=False),
        sa.Column("at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("receipt_at", bot.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_attempts_outbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint("outbox_id", "number", name=op.f("uq_attempts_outbox_id_number")),
    )
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.create_index("ix_attempts_platform", ["road", "platform_id"], unique=False)
    for name in _PARTIAL:
        op.drop_index(name, "outbox")
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.add_column(sa.Column("push_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("campaign_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("patient_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("rung", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("road", sa.String(length=16), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("receipt", sa.String(length=16), nullable=False, server_default=""))
    with op.batch_alter_table("outbox") as batch_op:
        for column in ("rung", "road", "receipt"):
            batch_op.alter_column(column, server_default=None)
        batch_op.alter_column("account_id", existing_type=sa.Integer(), nullable=True)
        if op.get_bind().dialect.name == "postgresql":  # SQLite's copy has left it behind
            batch_op.drop_constraint(op.f("ck_outbox_outboxstate"), type_="check")
        batch_op.create_check_constraint(op.f("ck_outbox_outboxstate"), sa.column("state").in_(STATES))
        batch_op.create_index(batch_op.f("ix_outbox_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_outbox_push_id"), ["push_id"])
        batch_op.create_foreign_key(batch_op.f("fk_outbox_campaign_id"), "campaigns", ["campaign_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_outbox_push_id"), "pushes", ["push_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_outbox_patient_id"), "patients", ["patient_id"], ["id"])
    for name, (columns, condition) in _PARTIAL.items():
        where = sa.text(condition)
        op.create_index(name, "outbox", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name in _PARTIAL:
        op.drop_index(name, "outbox")
    op.execute(sa.text("DELETE FROM attempts"))
    op.execute(sa.text("DELETE FROM outbox WHERE push_id IS NOT NULL OR account_id IS NULL"))
    op.execute(sa.text("DELETE FROM outbox WHERE state IN ('paused', 'staff')"))
    with op.batch_alter_table("outbox") as batch_op:
        for name in ("campaign_id", "push_id", "patient_id"):
            batch_op.drop_constraint(op.f(f"fk_outbox_{name}"), type_="foreignkey")
        batch_op.drop_constraint(op.f("uq_outbox_push_id"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_outbox_campaign_id"))
        if op.get_bind().dialect.name == "postgresql":
            batch_op.drop_constraint(op.f("ck_outbox_outboxstate"), type_="check")
        batch_op.create_check_constraint(op.f("ck_outbox_outboxstate"), sa.column("state").in_(STATES[:5]))
        batch_op.alter_column("account_id", existing_type=sa.Integer(), nullable=False)
        for name in ("push_id", "campaign_id", "patient_id", "rung", "road", "receipt"):
            batch_op.drop_column(name)
    for name, (columns, condition) in _PARTIAL.items():
        where = sa.text(condition)
        op.create_index(name, "outbox", columns, sqlite_where=where, postgresql_where=where)
    for name in (
        "attempts", "phone_tasks", "subscription_events", "subscriptions", "alerts", "pushes", "campaigns",
    ):  # fmt: skip
        op.drop_table(name)
