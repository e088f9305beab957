"""随访: responses, red flags, calls, tickets, reviews, sign-offs, reports, bedside codes."""

import sqlalchemy as sa
from alembic import op

import bot.store.types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("made_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("kind", "starts_on", name=op.f("uq_reports_kind_starts_on")),
    )
    op.create_table(
        "signoffs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ward", sa.String(length=64), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("staff_no", sa.String(length=32), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signoffs")),
        sa.UniqueConstraint("ward", "month", "role", name=op.f("uq_signoffs_ward_month_role")),
    )
    op.create_table(
        "bedside_codes",
        sa.Column("scene", sa.String(length=64), nullable=False),
        sa.Column("discharge_id", sa.String(length=32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_key", sa.String(length=160), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", bot.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["discharge_id"], ["discharges.id"], name=op.f("fk_bedside_codes_discharge_id")
        ),
        sa.PrimaryKeyConstraint("scene", name=op.f("pk_bedside_codes")),
    )
    with op.batch_alter_table("bedside_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bedside_codes_discharge_id"), ["discharge_id"], unique=False)

    op.create_table(
        "contacts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("followup_id", sa.Integer(), nullable=False),
        sa.Column("road", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("dialled", sa.LargeBinary(length=32), nullable=True),
        sa.Column("staff_no", sa.String(length=32), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["followup_id"], ["followups.id"], name=op.f("fk_contacts_followup_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("key", name=op.f("uq_contacts_key")),
    )
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contacts_followup_id_at"), ["followup_id", "at"], unique=False)

    op.create_table(
        "responses",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("followup_id", sa.Integer(), nullable=True),
        sa.Column("patient_id", sa.String(length=32), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("questionnaire", sa.String(length=160), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "offered",
                "asking",
                "completed",
                "stopped",
                name="surveystate",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column(
            "author",
            sa.Enum(
                "patient",
                "family",
                "nurse",
                name="author",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("staff_no", sa.String(length=32), nullable=True),
        sa.Column("filling", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("last_key", sa.String(length=160), nullable=False),
        sa.Column("consented_at", bot.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("started_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("completed_at", bot.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'completed') = (completed_at IS NOT NULL)", name=op.f("ck_responses_completed")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_responses_account_id")),
        sa.ForeignKeyConstraint(["followup_id"], ["followups.id"], name=op.f("fk_responses_followup_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_responses_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responses")),
        sa.UniqueConstraint("scope", name=op.f("uq_responses_scope")),
    )
    with op.batch_alter_table("responses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_responses_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_responses_followup_id"), ["followup_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_responses_patient_id_state"), ["patient_id", "state"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_responses_questionnaire_completed_at"),
            ["questionnaire", "completed_at"],
            unique=False,
        )

    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("followup_id", sa.Integer(), nullable=False),
        sa.Column("timely", sa.Boolean(), nullable=False),
        sa.Column("accurate", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("staff_no", sa.String(length=32), nullable=False),
        sa.Column("at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["followup_id"], ["followups.id"], name=op.f("fk_reviews_followup_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("followup_id", name=op.f("uq_reviews_followup_id")),
    )
    op.create_table(
        "red_flags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column(
            "level",
            sa.Enum("urgent", "soon", name="flaglevel", native_enum=False, create_constraint=True, length=16),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "acknowledged",
                "closed",
                name="flagstate",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("patient_id", sa.String(length=32), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("discharge_id", sa.String(length=32), nullable=True),
        sa.Column("followup_id", sa.Integer(), nullable=True),
        sa.Column("response_id", sa.String(length=32), nullable=True),
        sa.Column("ward", sa.String(length=64), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("detail", sa.LargeBinary(), nullable=False),
        sa.Column("raised_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("escalates_at", bot.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("overdue_at", bot.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", bot.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=32), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("closed_at", bot.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_red_flags_account_id")),
        sa.ForeignKeyConstraint(["discharge_id"], ["discharges.id"], name=op.f("fk_red_flags_discharge_id")),
        sa.ForeignKeyConstraint(["followup_id"], ["followups.id"], name=op.f("fk_red_flags_followup_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_red_flags_patient_id")),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_red_flags_response_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_red_flags")),
        sa.UniqueConstraint("key", name=op.f("uq_red_flags_key")),
    )
    with op.batch_alter_table("red_flags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_red_flags_followup_id"), ["followup_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_red_flags_patient_id"), ["patient_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_red_flags_response_id"), ["response_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_red_flags_state_deadline_at"), ["state", "deadline_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_red_flags_ward_state"), ["ward", "state"], unique=False)

    op.create_table(
        "tickets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "suggestion",
                "complaint",
                "praise",
                name="ticketkind",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("department", sa.String(length=64), nullable=False),
        sa.Column("confirmed_by", sa.String(length=32), nullable=True),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "chat",
                "questionnaire",
                "staff",
                name="ticketsource",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("patient_id", sa.String(length=32), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("followup_id", sa.Integer(), nullable=True),
        sa.Column("response_id", sa.String(length=32), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "assigned",
                "acted",
                "confirmed",
                "reopened",
                "closed",
                name="ticketstate",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=True),
        sa.Column("assigned_to", sa.String(length=64), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("measure", sa.LargeBinary(), nullable=True),
        sa.Column("opened_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("answered_at", bot.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", bot.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_tickets_account_id")),
        sa.ForeignKeyConstraint(["followup_id"], ["followups.id"], name=op.f("fk_tickets_followup_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_tickets_patient_id")),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_tickets_response_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("key", name=op.f("uq_tickets_key")),
        sa.UniqueConstraint("number", name=op.f("uq_tickets_number")),
    )
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tickets_account_id"), ["account_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_tickets_department_opened_at"), ["department", "opened_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_tickets_followup_id"), ["followup_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tickets_patient_id"), ["patient_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tickets_state_due_at"), ["state", "due_at"], unique=False)

    op.create_table(
        "ticket_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_events_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_events")),
        sa.UniqueConstraint("key", name=op.f("uq_ticket_events_key")),
    )
    with op.batch_alter_table("ticket_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ticket_events_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "ticket_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=False),
        sa.Column("at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_files_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_files")),
        sa.UniqueConstraint("ticket_id", "sha256", name=op.f("uq_ticket_files_ticket_id_sha256")),
    )
    with op.batch_alter_table("followups", schema=None) as batch_op:
        batch_op.add_column(sa.Column("assigned_to", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("calls", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(
            sa.Column("next_call_at", bot.store.types.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(
            sa.Column("attempted_at", bot.store.types.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(
            sa.Column("reached_at", bot.store.types.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(
            sa.Column("completed_at", bot.store.types.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.create_index(batch_op.f("ix_followups_assigned_to"), ["assigned_to"], unique=False)
        batch_op.create_index(batch_op.f("ix_followups_next_call_at"), ["next_call_at"], unique=False)
    with op.batch_alter_table("followups", schema=None) as batch_op:
        batch_op.alter_column("calls", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("followups", schema=None) as batch_op:
        for column in ("assigned_to", "next_call_at"):
            batch_op.drop_index(batch_op.f(f"ix_followups_{column}"))
        for column in ("completed_at", "reached_at", "attempted_at", "next_call_at", "calls", "assigned_to"):
            batch_op.drop_column(column)
    for name in (
        "ticket_files", "ticket_events", "tickets", "red_flags", "reviews", "responses", "contacts",
        "bedside_codes", "signoffs", "reports",
    ):  # fmt: skip
        op.drop_table(name)
