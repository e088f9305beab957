"""Names that patients use: aliases of departments and doctors, where a department is, what to bring (R6)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import update

from bot.services import directory, revisions
from bot.services.context import Context, audit
from bot.services.directory import Directory
from bot.services.lexicon import lexicon_of
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.models import Department, Doctor
from nlu.lexicon import Lexicon

ALIASES = 30
LOCATION, NOTES = 128, 1000
_WORD = re.compile(r"[\u3400-\u9fffA-Za-z0-9·-]{2,16}")
_COMMON = frozenset((
    "医院", "医生", "大夫", "主任", "专家", "教授", "护士", "门诊", "挂号", "预约", "看病", "科室",
    "检查", "化验", "拍片", "住院", "出院", "复查", "开药", "拿药", "现在", "随便", "都行", "什么",
    "哪里", "怎么", "多少", "没有", "不知道", "老人", "小孩", "孩子", "普通号", "专家号", "报告", "医保",
))  # fmt: skip
"""Said in every second message: as an alias they would be heard everywhere."""


@dataclass(frozen=True, slots=True)
class Saved:
    """It is in force everywhere within a second."""


@dataclass(frozen=True, slots=True)
class Stale:
    """Departments, doctors or rules have changed since the form was opened."""


@dataclass(frozen=True, slots=True)
class Bad:
    """One word that cannot be an alias, or one field that is too long."""

    why: str
    """many | shape | owned | common | means | long"""
    word: str = ""
    taken: str = ""
    """Whose it is, or what the program takes it for."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why not."""

    found: tuple[Bad, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """What staff write about a department."""

    aliases: tuple[str, ...]
    location: str
    notes: str


Means = Callable[[str], str]
"""What the program takes a word for already, in words; empty: for nothing."""


def words_of(text: str) -> tuple[str, ...]:
    """One alias a line, or set apart by 、，,."""
    lines = (line.strip() for line in re.split(r"[\n、，,;；]", text.replace("\0", "")))
    return tuple(dict.fromkeys(line for line in lines if line))


def set_department(
    uow: UnitOfWork, context: Context, department_id: int, version: int, place: Place, means: Means
) -> Saved | Stale | Wrong:
    """Aliases, place and notes of one department."""
    fresh = directory.read(uow, version)
    if revisions.current(uow, directory.REVISION) != version:
        return Stale()
    wrong = check(fresh, ("department", department_id), place.aliases, means)
    if len(place.location) > LOCATION or len(place.notes) > NOTES:
        wrong = (*wrong, Bad("long"))
    if wrong:
        return Wrong(wrong)
    values = {"aliases": list(place.aliases), "location": place.location, "notes": place.notes}
    return _write(uow, context, Department, department_id, version, values)


def set_doctor(
    uow: UnitOfWork, context: Context, doctor_id: int, version: int, aliases: Sequence[str], means: Means
) -> Saved | Stale | Wrong:
    """What else patients call a doctor."""
    fresh = directory.read(uow, version)
    if revisions.current(uow, directory.REVISION) != version:
        return Stale()
    wrong = check(fresh, ("doctor", doctor_id), aliases, means)
    if wrong:
        return Wrong(wrong)
    return _write(uow, context, Doctor, doctor_id, version, {"aliases": list(aliases)})


def check(known: Directory, whose: tuple[str, int], aliases: Sequence[str], means: Means) -> tuple[Bad, ...]:
    """A word that means two things means none; what is an alias already stays one."""
    kind, id_ = whose
    kept = known.doctor_aliases[id_] if kind == "doctor" else known.departments[id_].aliases
    owners = _owners(known, whose)
    found = [Bad("many")] if len(aliases) > ALIASES else []
    for word in (each for each in aliases if each not in kept):
        if not _WORD.fullmatch(word):
            found.append(Bad("shape", word[:20]))
        elif owner := owners.get(word):
            found.append(Bad("owned", word, owner))
        elif word in _COMMON:
            found.append(Bad("common", word))
        elif taken := means(word):
            found.append(Bad("means", word, taken))
    return tuple(found)


def lexicon_with(known: Directory, whose: tuple[str, int], aliases: Sequence[str]) -> Lexicon:
    """The names the parser would listen for with these aliases."""
    kind, id_ = whose
    if kind == "doctor":
        return lexicon_of(replace(known, doctor_aliases={**known.doctor_aliases, id_: tuple(aliases)}))
    changed = {**known.departments, id_: replace(known.departments[id_], aliases=tuple(aliases))}
    listed = tuple(changed[view.id] for view in known.listed_departments)
    return lexicon_of(replace(known, departments=changed, listed_departments=listed))


def _owners(known: Directory, whose: tuple[str, int]) -> Mapping[str, str]:
    """Every name and alias of others, and one's own name."""
    owners: dict[str, str] = {}
    for view in known.departments.values():
        owners[view.name] = view.name
        if whose != ("department", view.id):
            owners |= dict.fromkeys(view.aliases, view.name)
    for doctor in known.doctors.values():
        title = f"{doctor.department}{doctor.name}"
        owners.setdefault(doctor.name, title)
        if whose != ("doctor", doctor.id):
            owners |= dict.fromkeys(known.doctor_aliases[doctor.id], title)
    return owners


def _write(
    uow: UnitOfWork, context: Context, model: type[Department] | type[Doctor], id_: int, version: int,
    values: Mapping[str, object],
) -> Saved | Stale:  # fmt: skip
    if not revisions.bump_from(uow, directory.REVISION, version):
        return Stale()
    rows = table(model)
    uow.connection.execute(update(rows).where(rows.c.id == id_).values(**values))
    audit(uow, context, "names.changed", f"{rows.name[:-1]}:{id_}", fields=",".join(values))
    return Saved()
