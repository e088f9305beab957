"""停诊: suspensions, their clinics and each affected appointment; seats know which suspension locked them."""

import sqlalchemy as sa
from alembic import op

import bot.store.types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "suspensions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("doctor_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "starting",
                "running",
                "done",
                "withdrawing",
                "withdrawn",
                name="suspensionstate",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("affected", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("created_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", bot.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("finished_at", bot.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.id"], name=op.f("fk_suspensions_department_id")
        ),
        sa.ForeignKeyConstraint(["doctor_id"], ["doctors.id"], name=op.f("fk_suspensions_doctor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspensions")),
        sa.UniqueConstraint("key", name=op.f("uq_suspensions_key")),
    )
    with op.batch_alter_table("suspensions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suspensions_state"), ["state"], unique=False)

    op.create_table(
        "suspension_clinics",
        sa.Column("suspension_id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_suspension_clinics_clinic_id")),
        sa.ForeignKeyConstraint(
            ["suspension_id"], ["suspensions.id"], name=op.f("fk_suspension_clinics_suspension_id")
        ),
        sa.PrimaryKeyConstraint("suspension_id", "clinic_id", name=op.f("pk_suspension_clinics")),
    )
    with op.batch_alter_table("suspension_clinics", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suspension_clinics_clinic_id"), ["clinic_id"], unique=False)

    op.create_table(
        "suspension_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("suspension_id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "offered",
                "reminded",
                "phone",
                "rebooked",
                "refunded",
                "declined",
                "reached_by_phone",
                "withdrawn",
                name="casestate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("due_at", bot.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("offers", sa.Integer(), nullable=False),
        sa.Column("offer_seat_id", sa.Integer(), nullable=True),
        sa.Column("offer_until", bot.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("remind_at", bot.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("phone_at", bot.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("new_appointment_id", sa.Integer(), nullable=True),
        sa.Column("refund_fen", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("closed_at", bot.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_suspension_cases_account_id")),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_suspension_cases_appointment_id")
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_suspension_cases_clinic_id")),
        sa.ForeignKeyConstraint(
            ["new_appointment_id"], ["appointments.id"], name=op.f("fk_suspension_cases_new_appointment_id")
        ),
        sa.ForeignKeyConstraint(
            ["offer_seat_id"], ["seats.id"], name=op.f("fk_suspension_cases_offer_seat_id")
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_suspension_cases_patient_id")),
        sa.ForeignKeyConstraint(
            ["suspension_id"], ["suspensions.id"], name=op.f("fk_suspension_cases_suspension_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension_cases")),
        sa.UniqueConstraint(
            "suspension_id", "appointment_id", name=op.f("uq_suspension_cases_suspension_id_appointment_id")
        ),
    )
    with op.batch_alter_table("suspension_cases", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_suspension_cases_appointment_id"), ["appointment_id"], unique=False
        )
        batch_op.create_index(
            "ix_suspension_cases_due",
            ["starts_at", "due_at"],
            unique=False,
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_suspension_cases_suspension_id_state"), ["suspension_id", "state"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_suspension_cases_account_id_closed_at"), ["account_id", "closed_at"], unique=False
        )
        batch_op.create_index(
            "uq_suspension_cases_live",
            ["appointment_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('open', 'offered', 'reminded', 'phone')"),
            postgresql_where=sa.text("state IN ('open', 'offered', 'reminded', 'phone')"),
        )
        batch_op.create_index(
            "uq_suspension_cases_offer",
            ["offer_seat_id"],
            unique=True,
            sqlite_where=sa.text("offer_seat_id IS NOT NULL"),
            postgresql_where=sa.text("offer_seat_id IS NOT NULL"),
        )

    op.add_column("seats", sa.Column("suspended_by", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("seats", "suspended_by")
    for name in ("suspension_cases", "suspension_clinics", "suspensions"):
        op.drop_table(name)
