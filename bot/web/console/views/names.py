"""名称和别名: what patients call departments and doctors, where they are; and what the program makes of it."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.services import directory, revisions
from bot.services.content import naming
from bot.services.content.naming import Place, Saved, Stale, Wrong
from bot.services.directory import Directory
from bot.store.db import UnitOfWork
from bot.web.console import asked
from bot.web.console.console import Console
from bot.web.console.problems import NotThere
from bot.web.console.render import render
from bot.web.console.trying import LONGEST, Trying

_P = Permission
_FASTER = "您打开页面之后，有同事改了科室、医生或规则，这次没有保存。您写的还在下面，请再看一遍，再保存。"
_BAD = {
    "many": f"别名最多 {naming.ALIASES} 个。",
    "shape": "「{word}」不行：别名是 2 到 16 个汉字、字母或数字。",
    "owned": "「{word}」已经是{taken}的名称或别名，程序分不清说的是谁。",
    "common": "「{word}」太常用，患者说别的事也会说到。",
    "means": "「{word}」程序已经当作“{taken}”，不能再当别名。",
    "long": f"位置最多 {naming.LOCATION} 个字，就诊须知最多 {naming.NOTES} 个字。",
}


def install(console: Console) -> None:
    trying = Trying(console.hospital)

    @console.page("/names", _P.CONTENT_SEE, title="名称和别名", section="管理", position=70)
    def names(me: Viewer) -> ResponseReturnValue:
        with console.db.read() as uow:
            known, _ = _read(uow)
        return render("names.html", departments=list(known.departments.values()), listed=_ids(known))

    @console.page(
        "/names/departments/<int:department_id>", _P.CONTENT_SEE, title="科室的别名", parent="names"
    )
    def names_department(me: Viewer, department_id: int) -> ResponseReturnValue:
        return _department(department_id)

    @console.page("/names/doctors/<int:doctor_id>", _P.CONTENT_SEE, title="医生的别名", parent="names")
    def names_doctor(me: Viewer, doctor_id: int) -> ResponseReturnValue:
        return _doctor(doctor_id)

    @console.search(
        "/names/departments/<int:department_id>/try", _P.CONTENT_SEE, title="试一句话", parent="names"
    )
    def names_department_try(me: Viewer, department_id: int) -> ResponseReturnValue:
        return _department(department_id, given=_place(), part="names/_tried.html")

    @console.search("/names/doctors/<int:doctor_id>/try", _P.CONTENT_SEE, title="试一句话", parent="names")
    def names_doctor_try(me: Viewer, doctor_id: int) -> ResponseReturnValue:
        return _doctor(doctor_id, given=_aliases(), part="names/_tried.html")

    @console.act("/names/departments/<int:department_id>/save", _P.CONTENT_EDIT)
    def names_department_save(me: Viewer, department_id: int) -> ResponseReturnValue:
        place, version, context = _place(), asked.version(), console.hospital.acting(me.actor)
        _there(lambda known: known.departments, department_id)
        means = trying.means()
        done = console.hospital.carry(
            lambda uow: naming.set_department(uow, context, department_id, version, place, means)
        )
        here = url_for("console.names_department", department_id=department_id)
        return _answered(done, here, lambda words, status: _department(department_id, place, words, status))

    @console.act("/names/doctors/<int:doctor_id>/save", _P.CONTENT_EDIT)
    def names_doctor_save(me: Viewer, doctor_id: int) -> ResponseReturnValue:
        aliases, version, context = _aliases(), asked.version(), console.hospital.acting(me.actor)
        _there(lambda known: known.doctors, doctor_id)
        means = trying.means()
        done = console.hospital.carry(
            lambda uow: naming.set_doctor(uow, context, doctor_id, version, aliases, means)
        )
        here = url_for("console.names_doctor", doctor_id=doctor_id)
        return _answered(done, here, lambda words, status: _doctor(doctor_id, aliases, words, status))

    def _answered(
        done: Saved | Stale | Wrong, here: str, again: Callable[[Sequence[str], int], ResponseReturnValue]
    ) -> ResponseReturnValue:
        match done:
            case Saved():
                return console.go(here, "good", "已保存，一秒之内生效。")
            case Stale():
                return again([_FASTER], 409)
            case Wrong(found=found):
                return again([_BAD[each.why].format(word=each.word, taken=each.taken) for each in found], 422)

    def _department(
        department_id: int,
        given: Place | None = None,
        words: Sequence[str] = (),
        status: int = 200,
        part: str = "",
    ) -> ResponseReturnValue:
        with console.db.read() as uow:
            known, version = _read(uow)
        view = known.departments.get(department_id)
        if view is None:
            raise NotThere
        form = given or Place(view.aliases, view.location, view.notes)
        return render(
            "names/department.html", part=part, view=view, form=form, version=version, words=words, status=status,
            doctors=[each for each in known.listed_doctors if each.department_id == department_id],
            aliases=known.doctor_aliases, **_tried(known, ("department", department_id), form.aliases),
        )  # fmt: skip

    def _doctor(
        doctor_id: int, given: Sequence[str] | None = None, words: Sequence[str] = (), status: int = 200,
        part: str = "",
    ) -> ResponseReturnValue:  # fmt: skip
        with console.db.read() as uow:
            known, version = _read(uow)
        view = known.doctors.get(doctor_id)
        if view is None:
            raise NotThere
        form = known.doctor_aliases[doctor_id] if given is None else given
        return render(
            "names/doctor.html", part=part, view=view, form=form, version=version, words=words, status=status,
            **_tried(known, ("doctor", doctor_id), form),
        )  # fmt: skip

    def _tried(known: Directory, whose: tuple[str, int], aliases: Sequence[str]) -> dict[str, Any]:
        """What the program would understand with what is in the field."""
        said = asked.written("said", LONGEST) if request.method == "POST" else ""
        heard = trying.under(naming.lexicon_with(known, whose, aliases), said) if said else None
        return {"said": said, "heard": heard}

    def _there(of: Callable[[Directory], Any], id_: int) -> None:
        with console.db.read() as uow:
            known, _ = _read(uow)
        if id_ not in of(known):
            raise NotThere


def _read(uow: UnitOfWork) -> tuple[Directory, int]:
    version = revisions.current(uow, directory.REVISION)
    return directory.read(uow, version), version


def _ids(known: Directory) -> frozenset[int]:
    return frozenset(view.id for view in known.listed_departments)


def _place() -> Place:
    return Place(
        _aliases(), asked.written("location", naming.LOCATION + 1), asked.written("notes", naming.NOTES + 1)
    )


def _aliases() -> tuple[str, ...]:
    return naming.words_of(request.form.get("aliases", "")[:1000])
