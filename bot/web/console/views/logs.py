"""登录记录 and 审计查询: who came in, who did what."""

from dataclasses import replace
from datetime import timedelta

from flask.typing import ResponseReturnValue

from bot.domain.clock import today as today_of
from bot.domain.roles import Permission
from bot.domain.staff import SignInOutcome, Viewer
from bot.services import audit_search
from bot.services.audit_search import Asked
from bot.web.console import acts, asked
from bot.web.console.console import Console
from bot.web.console.render import render

_P = Permission
OUTCOMES = {
    SignInOutcome.SIGNED_IN: "登录成功",
    SignInOutcome.CODE_ASKED: "密码对，等验证码",
    SignInOutcome.UNKNOWN: "没有这个工号",
    SignInOutcome.WRONG_PASSWORD: "密码错",
    SignInOutcome.WRONG_CODE: "验证码错",
    SignInOutcome.LOCKED: "锁定中",
    SignInOutcome.DISABLED: "已停用",
    SignInOutcome.PASSWORD_EXPIRED: "一次性密码过期",
}
_USUAL = timedelta(days=7)


def install(console: Console) -> None:
    @console.page("/sign-ins", _P.SIGNINS_SEE, title="登录记录", section="管理", position=20)
    def sign_ins(me: Viewer) -> ResponseReturnValue:
        wanted, page = _asked(), asked.page_number()
        with console.db.read() as uow:
            rows, more = audit_search.tries(uow, wanted, page)
        return render(
            "sign_ins.html", part="logs/_sign_ins.html", rows=rows, more=more, number=page, asked=wanted,
            outcomes=OUTCOMES, query=_query(wanted),
        )  # fmt: skip

    @console.page("/audit", _P.AUDIT_SEE, title="审计查询", section="管理", position=30)
    def audit(me: Viewer) -> ResponseReturnValue:
        wanted, page = _asked(), asked.page_number()
        with console.db.read() as uow:
            rows, more = audit_search.entries(uow, _meant(wanted), page)
        return render(
            "audit.html", part="logs/_audit.html", rows=rows, more=more, number=page, asked=wanted,
            query=_query(wanted), acts=acts,
        )  # fmt: skip

    def _asked() -> Asked:
        """Without a first day the last week: an audit log is long."""
        first = asked.day("first") or today_of(console.clock) - _USUAL
        return Asked(
            asked.word("actor"), asked.word("action"), asked.word("subject"), first, asked.day("last")
        )


def _meant(wanted: Asked) -> Asked:
    """As the log writes it: people type a 工号, and 挂号 12."""
    return replace(wanted, actor=acts.actor_meant(wanted.actor), subject=acts.subject_meant(wanted.subject))


def _query(wanted: Asked) -> dict[str, str]:
    """For the links to other pages."""
    known = {
        "actor": wanted.actor,
        "action": wanted.action,
        "subject": wanted.subject,
        "first": wanted.first.isoformat() if wanted.first else "",
        "last": wanted.last.isoformat() if wanted.last else "",
    }
    return {name: value for name, value in known.items() if value}
