"""员工: who works with the console, with which roles; a lock, a new password, a new telephone."""

from collections.abc import Callable
from typing import NoReturn

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.roles import ROLES, Permission, Role, Scope
from bot.domain.staff import Changed, StaffChanged, StaffConflict, StaffRefused, StaffView, Viewer
from bot.services.followup import queue
from bot.services.staff import managing
from bot.services.staff.managing import By, Profile
from bot.web.console import asked
from bot.web.console.console import Console
from bot.web.console.problems import Conflict, NotThere, Problem
from bot.web.console.render import render

_P = Permission
_REFUSED = {
    "taken": "这个工号已经有人用了。",
    "last_admin": "这是最后一位管理员，请先设好另一位。",
    "oneself": "不能停用自己，也不能去掉自己的管理员角色；请另一位管理员来做。",
    "staff_no": "工号应为 3–32 位数字或字母。",
    "name": "请填写姓名（不超过 32 个字）。",
    "roles": "至少选一个角色。",
}


def install(console: Console) -> None:
    @console.page("/staff", _P.STAFF_SEE, title="员工", section="管理", position=10)
    def staff(me: Viewer) -> ResponseReturnValue:
        return render("staff.html", people=managing.listing(console.db))

    @console.page("/staff/new", _P.STAFF_EDIT, title="添加员工", parent="staff")
    def staff_new(me: Viewer) -> ResponseReturnValue:
        return render("staff/form.html", person=None, roles=ROLES)

    @console.page("/staff/<staff_no>", _P.STAFF_SEE, title="员工资料", parent="staff")
    def staff_one(me: Viewer, staff_no: str) -> ResponseReturnValue:
        person = managing.one(console.db, staff_no)
        if person is None:
            raise NotThere
        return render(
            "staff/form.html", person=person, roles=ROLES, unknown=_unknown(person), blind=_blind(person)
        )

    @console.act("/staff/new", _P.STAFF_EDIT, dangerous=True)
    def staff_add(me: Viewer) -> ResponseReturnValue:
        staff_no = asked.written("staff_no", 32)
        done = managing.add(console.db, staff_no, _profile(), _by(me))
        if isinstance(done, StaffRefused):
            return _form(None, done)
        return _answered(done, "已添加。")

    @console.act("/staff/<staff_no>/change", _P.STAFF_EDIT, dangerous=True)
    def staff_change(me: Viewer, staff_no: str) -> ResponseReturnValue:
        done = managing.change(console.db, staff_no, asked.version(), _profile(), _by(me))
        person = managing.one(console.db, staff_no) if isinstance(done, StaffRefused) else None
        if person is not None and isinstance(done, StaffRefused):
            return _form(person, done)
        return _answered(done, "已保存。")

    @console.act("/staff/<staff_no>/disable", _P.STAFF_EDIT, dangerous=True)
    def staff_disable(me: Viewer, staff_no: str) -> ResponseReturnValue:
        return _done(managing.disable, me, staff_no, "已停用，此人已在所有电脑上退出。")

    @console.act("/staff/<staff_no>/enable", _P.STAFF_EDIT, dangerous=True)
    def staff_enable(me: Viewer, staff_no: str) -> ResponseReturnValue:
        return _done(managing.enable, me, staff_no, "已恢复。")

    @console.act("/staff/<staff_no>/password", _P.STAFF_EDIT, dangerous=True)
    def staff_password(me: Viewer, staff_no: str) -> ResponseReturnValue:
        return _done(managing.reset_password, me, staff_no, "密码已重置。")

    @console.act("/staff/<staff_no>/codes", _P.STAFF_EDIT, dangerous=True)
    def staff_codes(me: Viewer, staff_no: str) -> ResponseReturnValue:
        return _done(managing.reset_codes, me, staff_no, "手机验证码已重设。")

    def _unknown(person: StaffView) -> list[str]:
        """Wards and departments that nothing of ours is called: a slip of the pen hides every patient."""
        with console.db.read() as uow:
            wards = set(queue.wards(uow, Scope(everything=True)))
            departments = {
                each.name for each in console.hospital.acting("console").directory.departments.values()
            }
        known = ((person.wards, wards), (person.departments, departments))
        return [name for names, there in known if there for name in names if name not in there]

    def _blind(person: StaffView) -> bool:
        """Whether their roles are of wards, and no ward is named."""
        wide = any(ROLES[role].whole_hospital for role in person.roles)
        return not (wide or person.wards or person.departments)

    def _form(person: StaffView | None, refused: StaffRefused) -> ResponseReturnValue:
        """What was typed stays."""
        words = _REFUSED[refused.why]
        return render(
            "staff/form.html", person=person, roles=ROLES, words=words, given=request.form, status=422
        )

    def _by(me: Viewer) -> By:
        return By(me.actor, console.real.now(), own=me.staff_no)

    def _done(act: Callable[..., Changed], me: Viewer, staff_no: str, words: str) -> ResponseReturnValue:
        return _answered(act(console.db, staff_no, asked.version(), _by(me)), words)

    def _answered(done: Changed, words: str) -> ResponseReturnValue:
        """A one-time password is shown on the answer itself: nowhere is it kept, no address or cookie carries it."""
        match done:
            case StaffChanged(staff_no, password) if password:
                return render("staff/password.html", staff_no=staff_no, password=password, words=words)
            case StaffChanged(staff_no):
                return console.go(url_for("console.staff_one", staff_no=staff_no), "good", words)
            case _:
                _refuse(done)


def _refuse(done: StaffConflict | StaffRefused) -> NoReturn:
    if isinstance(done, StaffConflict):
        raise Conflict
    raise Problem(409, _REFUSED[done.why])


def _profile() -> Profile:
    known = {role.value for role in Role}
    roles = tuple(Role(name) for name in dict.fromkeys(request.form.getlist("roles")) if name in known)
    return Profile(asked.written("name", 32), roles, asked.lines("wards"), asked.lines("departments"))
