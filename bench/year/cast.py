"""Who is discharged when, and what they are like: everything is drawn from a seed, nothing from the house."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from bot.domain.identity import check_digit

WARDS = (
    ("心内一病区", "心血管内科", ("王建国", "王海燕")), ("消化病区", "消化内科", ("周明",)),
    ("普外一病区", "普外科", ("陈立", "何平")), ("骨科病区", "骨科", ("张伟",)), ("内分泌病区", "内分泌科", ("王丽",)),
)  # fmt: skip
_ILLNESSES = (
    ("急性上呼吸道感染", 30), ("高血压病3级", 15), ("2型糖尿病 E11.900", 10), ("冠心病 I25.100", 10), ("胆囊结石", 25),
    ("腹痛待查", 10),
)  # fmt: skip
_FAMILY_NAMES, _GIVEN_NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "明华丽强芳军敏静磊洋艳勇杰娟涛超"
DAY = timedelta(days=1)
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a character."""

    number: int
    name: str
    id_number: str
    phone: str
    registers: int | None
    """Days after the first discharge on which they register in the chat (negative: before); None: never."""


@dataclass(frozen=True, slots=True)
class Stay:
    """As the ward's file has it once it is over."""

    admission_no: str
    person: Person
    admitted: date
    discharged: date
    row: Row


@dataclass
class Script:
    """What the hospital's files say, by the day on which they are imported."""

    people: list[Person] = field(default_factory=list)
    stays: dict[str, Stay] = field(default_factory=dict)
    files: dict[date, list[Row]] = field(default_factory=lambda: defaultdict(list))
    registrations: dict[date, list[Person]] = field(default_factory=lambda: defaultdict(list))
    deaths: int = 0
    """After they had left."""
    readmissions: int = 0


def write(seed: int, discharges: int, first: date, days: int) -> Script:
    """The whole script; ``discharges`` are spread over the days, readmissions come on top."""
    script = Script()
    for number in range(discharges):
        rng = Random(f"{seed}:{number}")
        person = _person(rng, number)
        script.people.append(person)
        out = first + timedelta(days=rng.randrange(days))
        stay = _stay(rng, f"ZY{number:06d}", person, out)
        _file(script, stay)
        if person.registers is not None:
            script.registrations[max(first, out + timedelta(days=person.registers))].append(person)
        fate = rng.random()
        later = out + timedelta(days=rng.randrange(2, 60))
        if stay.row["离院方式"] == "死亡":
            continue
        if fate < 0.02:
            script.files[later + DAY].append({**stay.row, "死亡日期": str(later)})
            script.deaths += 1
        elif fate < 0.07:
            _again(script, rng, stay, later)
    return script


def _again(script: Script, rng: Random, before: Stay, came: date) -> None:
    """Admitted again: first the ward says 在院, a few days later it is a discharge of its own."""
    number = f"{before.admission_no}B"
    out = came + timedelta(days=rng.randrange(3, 12))
    stay = _stay(rng, number, before.person, out, admitted=came)
    script.files[came + DAY].append(
        {**stay.row, "出院日期": "", "离院方式": "在院", "手术": "", "手术日期": ""}
    )
    _file(script, stay)
    script.readmissions += 1


def _file(script: Script, stay: Stay) -> None:
    script.stays[stay.admission_no] = stay
    script.files[stay.discharged + DAY].append(stay.row)


def _person(rng: Random, number: int) -> Person:
    birth = date(1935, 1, 1) + timedelta(days=rng.randrange(26_000))
    body = f"1101{number // 1000 % 90 + 10:02d}{birth:%Y%m%d}{number % 1000:03d}"
    name = rng.choice(_FAMILY_NAMES) + rng.choice(_GIVEN_NAMES) + rng.choice(_GIVEN_NAMES)
    registers = rng.choice((-3, -1, 0, 2)) if rng.random() < 0.6 else None
    return Person(number, name, body + check_digit(body), f"138{number:08d}", registers)


def _stay(rng: Random, number: str, person: Person, out: date, admitted: date | None = None) -> Stay:
    ward, department, doctors = rng.choice(WARDS)
    illness = rng.choices([name for name, _ in _ILLNESSES], [weight for _, weight in _ILLNESSES])[0]
    came = admitted or out - timedelta(days=rng.randrange(2, 15))
    operated = rng.random() < 0.25
    way = rng.choices(("医嘱离院", "转院", "转社区", "非医嘱离院", "死亡"), (86, 4, 4, 4, 2))[0]
    return Stay(number, person, came, out, {
        "住院号": number, "病历号": f"B{person.number:06d}", "姓名": person.name, "身份证号": person.id_number,
        "科室": department, "病区": ward, "经管医生": rng.choice(doctors), "入院诊断": "胸闷待查", "出院诊断": illness,
        "手术": "手术治疗" if operated else "", "手术日期": str(came) if operated else "", "入院日期": str(came),
        "出院日期": str(out), "离院方式": way, "联系电话": person.phone, "家庭地址": "示例市幸福区和平路1号",
    })  # fmt: skip


def each_day(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += DAY
