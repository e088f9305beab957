"""The table of what a hospital writes itself in the console, over the files that are shipped: every edition is kept."""

from datetime import datetime

from sqlalchemy import JSON, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base
from bot.store.types import UtcDateTime

_ACTIVE = text("state = 'active'")


class Edition(Base):
    """One edition of one text: at most one of a name is in force, the others are drafts or history.

    A name without an active edition is what the shipped file says.  `Revision` ``content`` counts every change of what
    is in force, so that each process notices.
    """

    __tablename__ = "editions"
    __table_args__ = (
        UniqueConstraint("kind", "name", "number"),
        Index(
            "uq_editions_active", "kind", "name", unique=True, sqlite_where=_ACTIVE, postgresql_where=_ACTIVE
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    """faq | template | plan | questionnaire"""
    name: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    """1, 2, 3 … within a name."""
    state: Mapped[str] = mapped_column(String(16), default="draft")
    """draft | active | retired"""
    body: Mapped[dict[str, object]] = mapped_column(JSON)
    """In the form of the file it stands for."""
    note: Mapped[str] = mapped_column(String(200), default="")
    """Why, in the author's words."""
    version: Mapped[int] = mapped_column(default=1)
    """Counts the edits of a draft: two people at once notice each other."""
    author: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by: Mapped[str] = mapped_column(String(64), default="")
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
