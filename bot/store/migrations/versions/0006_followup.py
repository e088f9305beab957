"""随访: discharges, the editions of the plans, and each step for each discharge."""

import sqlalchemy as sa
from alembic import op

import bot.store.types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "followup_plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followup_plans")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_followup_plans_name_version")),
    )
    op.create_table(
        "discharges",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("admission_no", sa.String(length=32), nullable=False),
        sa.Column("record_no", sa.String(length=32), nullable=False),
        sa.Column("patient_id", sa.String(length=32), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("sex", sa.String(length=8), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("id_kind", sa.String(length=24), nullable=False),
        sa.Column("id_number", sa.LargeBinary(), nullable=False),
        sa.Column("id_number_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("department", sa.String(length=64), nullable=False),
        sa.Column("ward", sa.String(length=64), nullable=False),
        sa.Column("doctor", sa.String(length=64), nullable=False),
        sa.Column("admission_diagnosis", sa.LargeBinary(), nullable=False),
        sa.Column("diagnosis", sa.LargeBinary(), nullable=False),
        sa.Column("surgery", sa.LargeBinary(), nullable=False),
        sa.Column("surgery_on", sa.Date(), nullable=True),
        sa.Column("admitted_on", sa.Date(), nullable=False),
        sa.Column("discharged_on", sa.Date(), nullable=True),
        sa.Column(
            "way",
            sa.Enum(
                "home",
                "transfer",
                "community",
                "against_advice",
                "died",
                "other",
                "in_hospital",
                name="wayout",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("died_on", sa.Date(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("extra", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(way = 'in_hospital') = (discharged_on IS NULL)", name=op.f("ck_discharges_stay")
        ),
        sa.CheckConstraint(
            "discharged_on IS NULL OR admitted_on <= discharged_on", name=op.f("ck_discharges_days")
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_discharges_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discharges")),
        sa.UniqueConstraint("admission_no", name=op.f("uq_discharges_admission_no")),
    )
    with op.batch_alter_table("discharges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_discharges_discharged_on"), ["discharged_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_discharges_id_number_index"), ["id_number_index"], unique=False)
        batch_op.create_index(batch_op.f("ix_discharges_patient_id"), ["patient_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_discharges_ward_discharged_on"), ["ward", "discharged_on"], unique=False
        )

    op.create_table(
        "followups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("discharge_id", sa.String(length=32), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=48), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "due",
                "contacting",
                "answered",
                "reviewed",
                "closed",
                "lost",
                "refused",
                "deceased",
                "readmitted",
                "overdue",
                name="followupstate",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("earliest_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("overdue_on", sa.Date(), nullable=True),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("questionnaire", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("retries", sa.Integer(), nullable=False),
        sa.Column("created_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", bot.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("earliest_on <= due_on AND due_on <= overdue_on", name=op.f("ck_followups_days")),
        sa.ForeignKeyConstraint(["discharge_id"], ["discharges.id"], name=op.f("fk_followups_discharge_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["followup_plans.id"], name=op.f("fk_followups_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followups")),
        sa.UniqueConstraint(
            "discharge_id", "plan_id", "step", name=op.f("uq_followups_discharge_id_plan_id_step")
        ),
    )
    with op.batch_alter_table("followups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_followups_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_followups_state_due_on"), ["state", "due_on"], unique=False)


def downgrade() -> None:
    for name in ("followups", "followup_plans", "discharges"):
        op.drop_table(name)
