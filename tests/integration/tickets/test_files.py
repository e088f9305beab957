"""Attachments: what they are is told by their bytes, they are kept encrypted, and looking at one is written down."""

import pytest
from sqlalchemy import select

from bot.domain.tickets import Cannot, Moved
from bot.services.tickets import files
from bot.store.care_models import TicketFile
from bot.store.models import AuditEntry
from tests.integration.tickets.desk import Desk

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
PDF = b"%PDF-1.7\n%proof"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (PDF, "application/pdf"),
        (b"\xff\xd8\xff\xe0jpeg", "image/jpeg"),
        (b"GIF89a...", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", None),
        (b"<html>", None),
        (b"MZ\x90\x00", None),
        (b"PK\x03\x04", None),
        (b"", None),
        (b"  %PDF-1.7", None),
    ],
)
def test_bytes_tell_what_it_is(content: bytes, kind: str | None) -> None:
    assert files.media_type(content) == kind


def test_attached_once_encrypted_and_read_again(desk: Desk) -> None:
    ticket = desk.open()
    for _ in range(2):
        assert isinstance(desk.attach(ticket.id, "../../etc/整改\n照片.png", PNG), Moved)
    desk.attach(ticket.id, "说明.pdf", PDF)
    context = desk.town.hospital.acting("staff:0012")
    with desk.town.db.read() as uow:
        picture, paper = files.listed(uow, ticket.id)
        stored = uow.session.scalars(select(TicketFile.content).order_by(TicketFile.id)).first()
    assert stored is not None and PNG not in stored
    assert (picture.name, picture.media_type, picture.size) == ("整改照片.png", "image/png", len(PNG))
    assert paper.added_by == "staff:0012"
    read = desk.town.db.run(lambda uow: files.read(uow, context, ticket.id, picture.id))
    assert read is not None and read.content == PNG
    assert desk.town.db.run(lambda uow: files.read(uow, context, ticket.id + 1, picture.id)) is None
    with desk.town.db.read() as uow:
        actions = list(uow.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert actions == ["ticket.opened", "ticket.attached", "ticket.attached", "ticket.file_read"]


def test_what_is_refused(desk: Desk) -> None:
    ticket = desk.open()
    assert desk.attach(ticket.id, "照片.png", b"MZ not a picture") == Cannot("not_a_picture")
    assert desk.attach(ticket.id, "big.png", PNG + b"\x00" * files.MOST_BYTES) == Cannot("too_big")
    assert isinstance(desk.attach(ticket.id, "就这么大.png", PNG.ljust(files.MOST_BYTES, b"\x00")), Moved)
    assert desk.attach(999, "a.png", PNG) == Cannot("unknown")
    for n in range(files.MOST_FILES - 1):
        desk.attach(ticket.id, "a.png", PNG + bytes([n]))
    assert desk.attach(ticket.id, "b.png", PDF) == Cannot("too_many")


def test_an_attachment_disturbs_no_editor(desk: Desk) -> None:
    ticket = desk.open()
    desk.attach(ticket.id, "a.png", PNG)
    assert isinstance(desk.take(ticket.id, version=1), Moved)
