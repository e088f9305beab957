"""人工会话: the queue, one patient's dialog, answers in the patient's chat, back to the bot."""

from collections.abc import Callable
from secrets import token_hex

from flask import make_response, request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.faq import filled
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.domain.states import HandoffState
from bot.services.context import Context
from bot.services.desk import answering, dangers, dialog, phones, queue
from bot.services.desk.answering import Answered, NoWay
from bot.services.desk.queue import Busy, Done, Over
from bot.services.desk_booking import whom
from bot.services.people import patients_of
from bot.store.db import UnitOfWork
from bot.web.console import asked, delivery_words
from bot.web.console.console import Console
from bot.web.console.problems import NotThere
from bot.web.console.render import piece, render

_P = Permission
_NO_WAY = {
    "empty": "请写要回复的话。",
    "too_long": f"写得太长，最多 {answering.LENGTH} 字，请分成几条。",
    "window": "患者超过 48 小时没有来消息，微信不让再发。",
    "unfollowed": "患者已经取消关注公众号，发不出去。",
    "no_phone": "这个微信账号没有登记就诊人，没有电话可打。",
}
_CALL = "请打电话，或者点“转成待打电话”。"
_WAIT = "这个微信账号也没有登记电话，只能等患者再来消息。可以先交回机器人。"
_OVER = "患者已经回到自助，或者同事已经结束了会话，这条没有发出去。"
Work = Callable[[UnitOfWork, Context, int], Answered]


def install(console: Console) -> None:
    @console.page("/conversations", _P.CONVERSATIONS_SEE, title="人工会话", section="沟通", position=20)
    def conversations(me: Viewer) -> ResponseReturnValue:
        with console.db.read() as uow:
            places = queue.listing(uow)
        return render(
            "conversations.html", part="conversations/_queue.html", places=places, late=queue.LATE,
            waiting=sum(place.state is HandoffState.WAITING for place in places),
        )  # fmt: skip

    @console.page(
        "/conversations/<int:handoff_id>", _P.CONVERSATIONS_SEE, title="会话", parent="conversations"
    )
    def conversation(me: Viewer, handoff_id: int) -> ResponseReturnValue:
        """Asked again every few seconds with the mark of what is on the screen: 204 while nothing is new."""
        seen = asked.word("seen")
        if seen and request.headers.get("HX-Request") == "true":
            with console.db.read() as uow:
                place = queue.one(uow, handoff_id)
                if place is not None and dialog.mark(uow, place) == seen:
                    return make_response("", 204)
        return _show(me, handoff_id)

    @console.act("/conversations/<int:handoff_id>/take", _P.CONVERSATIONS_ANSWER)
    def conversation_take(me: Viewer, handoff_id: int) -> ResponseReturnValue:
        return _do(me, handoff_id, queue.take, "由您接待。")

    @console.act("/conversations/<int:handoff_id>/back", _P.CONVERSATIONS_ANSWER)
    def conversation_back(me: Viewer, handoff_id: int) -> ResponseReturnValue:
        return _do(me, handoff_id, queue.give_back, "已放回队里，等同事接待。", "conversations")

    @console.act("/conversations/<int:handoff_id>/close", _P.CONVERSATIONS_ANSWER)
    def conversation_close(me: Viewer, handoff_id: int) -> ResponseReturnValue:
        return _do(me, handoff_id, answering.hand_back, "已交回机器人，并告诉了患者。", "conversations")

    @console.act("/conversations/<int:handoff_id>/call", _P.CONVERSATIONS_ANSWER)
    def conversation_call(me: Viewer, handoff_id: int) -> ResponseReturnValue:
        return _do(me, handoff_id, answering.have_called, "已放进“待打电话”。")

    @console.act("/conversations/<int:handoff_id>/answer", _P.CONVERSATIONS_ANSWER)
    def conversation_answer(me: Viewer, handoff_id: int) -> ResponseReturnValue:
        words, once = asked.written("words", answering.LENGTH + 1), asked.written("once", 32)
        return _do(
            me,
            handoff_id,
            lambda uow, context, handoff: answering.answer(uow, context, handoff, words, once),
            "",
        )

    @console.act("/conversations/<int:handoff_id>/phone/<patient_id>", _P.PATIENTS_REVEAL)
    def conversation_phone(me: Viewer, handoff_id: int, patient_id: str) -> ResponseReturnValue:
        """Only for who sees the queue, and of whom they may reveal: of their own wards, where that is all."""
        if not me.may(_P.CONVERSATIONS_SEE):
            raise NotThere
        context, reason = console.hospital.acting(me.actor), asked.reason(phones.REASONS)

        def work(uow: UnitOfWork) -> phones.Number | None:
            place = queue.one(uow, handoff_id)
            if place is None or place.state is HandoffState.CLOSED:
                return None
            if not whom.patient(uow, context, me.scope(_P.PATIENTS_REVEAL), patient_id):
                return None
            about = f"handoff:{handoff_id}"
            return phones.reveal(
                uow, context, patient_id, reason=reason, about=about, account_id=place.account_id
            )

        found = console.db.run(work)
        if found is None:
            raise NotThere
        return piece("calls/_number.html", "姓名和电话", number=found)

    def _do(
        me: Viewer, handoff_id: int, work: Work, words: str, then: str = "conversation"
    ) -> ResponseReturnValue:
        context = console.hospital.acting(me.actor)
        done = console.db.run(lambda uow: work(uow, context, handoff_id))
        match done:
            case Done() if then == "conversations":
                return console.go(url_for("console.conversations"), "good", words)
            case Done():
                return console.go(
                    url_for("console.conversation", handoff_id=handoff_id), "good" if words else "", words
                )
            case Busy(staff_no):
                return _show(me, handoff_id, f"工号 {staff_no} 正在接待这位患者，刚才没有做任何改动。", 409)
            case NoWay(why):
                return _show(me, handoff_id, _NO_WAY[why], 422)
            case Over():
                return _show(me, handoff_id, _OVER, 409)

    def _show(me: Viewer, handoff_id: int, words: str = "", status: int = 200) -> ResponseReturnValue:
        """With whatever has been typed.  Once it is closed nothing that was said is shown any more."""
        context = console.hospital.acting(me.actor)
        known = console.db.run(lambda uow: _known(uow, context, handoff_id))
        if status == 409 and known["place"] is None:
            raise NotThere
        return render(
            "conversations/conversation.html", part="conversations/_dialog.html", words=words, given=request.form,
            once=token_hex(16), status=status,
            most=answering.LENGTH, quick=_usual(console), refused=delivery_words.refused, **known,
        )  # fmt: skip


def _usual(console: Console) -> list[tuple[str, str]]:
    """The usual answers as they are sent."""
    names = (console.settings.hospital_name, console.settings.hospital_phone)
    return [(title, filled(answer, *names)) for title, answer in console.answers()]


def _known(uow: UnitOfWork, context: Context, handoff_id: int) -> dict[str, object]:
    place = queue.one(uow, handoff_id)
    if place is None:
        raise NotThere
    if place.state is HandoffState.CLOSED:
        return {"place": place, "closed": True, "mark": dialog.mark(uow, place)}
    why = answering.closed_to(place, context)
    patients = patients_of(uow, place.account_id, context.today)
    return {
        "place": place,
        "closed": False,
        "mark": dialog.mark(uow, place),
        "said": dialog.read(uow, context, place),
        "reason": queue.reason(uow, handoff_id),
        "patients": patients,
        "flags": dangers.of_account(uow, place.account_id),
        "no_way": _NO_WAY[why] + (_CALL if patients else _WAIT) if why else "",
    }
