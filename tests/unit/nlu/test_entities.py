"""Departments, doctors, people, numbers and choices, as the demo hospital's patients say them."""

from datetime import datetime

import pytest

from nlu.lexicon import DepartmentEntry, DoctorEntry, Lexicon
from nlu.parser import Nlu


@pytest.mark.parametrize(
    ("said", "department"),
    [
        ("心内", "心血管内科"),
        ("挂心脏科", "心血管内科"),
        ("肠胃科有号吗", "消化内科"),
        ("胃肠科", "消化内科"),
        ("我要补牙", "口腔科"),
        ("周末能看牙吗", "口腔科"),
        ("挂個皮膚科", "皮肤科"),
        ("小儿科", "儿科"),
        ("骨可明天有号吗", "骨科"),
        ("耳鼻候科", "耳鼻喉科"),
        ("肛肠科", "普外科"),
        ("脑外科", "神经外科"),
        ("不是眼科，是耳鼻喉科", "耳鼻喉科"),
        ("明天挂个新血管内科", "心血管内科"),
        ("心类科明天", "心血管内科"),
        ("儿可", "儿科"),
        ("胡科明天", "妇科"),
        ("挂消花科", "消化内科"),
        ("gu ke", "骨科"),
        ("xin xue guan nei ke mingtian", "心血管内科"),
        ("看眼睛的大夫礼拜四上班不", "眼科"),
        ("就肠胃那个科", "消化内科"),
        ("中医欧阳大夫礼拜天坐诊不", "中医科"),
        ("给我挂欧阳雪", "中医科"),
        ("元旦前约个内分泌就行", "内分泌科"),
        ("高科技", None),
        ("而且可以吗", None),
        ("呼吸困难", None),
        ("孕妇可以打疫苗吗", None),
        ("我心理压力大", None),
        ("顾客很多", None),
    ],
)
def test_department(nlu: Nlu, now: datetime, said: str, department: str | None) -> None:
    assert nlu.parse(said, now).slots.department == department


def test_every_department_and_alias_is_known(nlu: Nlu, now: datetime) -> None:
    for entry in Lexicon.demo().departments:
        for word in (entry.name, *entry.aliases):
            assert nlu.parse(f"挂{word}", now).slots.department == entry.name, word


def test_a_group_means_all_of_its_departments(nlu: Nlu, now: datetime) -> None:
    heard = nlu.parse("挂内科", now)
    assert heard.slots.department is None
    assert [c.department for c in heard.candidates][:3] == ["心血管内科", "呼吸内科", "消化内科"]


@pytest.mark.parametrize(
    ("said", "doctors"),
    [
        ("挂王建国的号", {"王建国"}),
        ("心内科王主任", {"王建国"}),
        ("心内科王副主任", {"王海燕"}),
        ("欧阳医生", {"欧阳雪"}),
        ("骨科张主任", {"张伟"}),
        ("汪建国医生", {"王建国"}),
        ("王健国", {"王建国"}),
        ("陈志钢主任", {"陈志强"}),
        ("刘方主任", {"刘芳"}),
        ("姓陈的医生", {"陈志强", "陈玉兰", "陈静"}),
        ("张医生", {"张伟", "张敏", "张海峰", "张建平", "张琳"}),
        ("不是王建国，是李志远", {"李志远"}),
        ("眼科王主任", set()),
        ("别挂王主任的", set()),
        ("主任医生", set()),
        ("周末", set()),
    ],
)
def test_doctor(nlu: Nlu, now: datetime, said: str, doctors: set[str]) -> None:
    slots = nlu.parse(said, now).slots
    assert set(slots.doctors) == doctors
    assert slots.doctor == (next(iter(doctors)) if len(doctors) == 1 else None)


def test_every_doctor_is_known_by_name(nlu: Nlu, now: datetime) -> None:
    for entry in Lexicon.demo().doctors:
        slots = nlu.parse(f"挂{entry.department}{entry.name}医生", now).slots
        assert (slots.department, slots.doctor) == (entry.department, entry.name)
        assert not slots.dates, entry.name


def test_a_doctor_nobody_has_is_said_back(nlu: Nlu, now: datetime) -> None:
    assert nlu.parse("挂慕容主任", now).slots.doctors == ()
    assert nlu.parse("挂薛主任的号", now).slots.doctor_said == "薛主任"


def test_names_come_from_the_lexicon_alone(now: datetime) -> None:
    other = Nlu(
        Lexicon([DepartmentEntry("疼痛科", ("止痛科",))], [DoctorEntry("诸葛明", "主任医师", "疼痛科")])
    )
    slots = other.parse("挂止痛科诸葛主任", now).slots
    assert (slots.department, slots.doctor) == ("疼痛科", "诸葛明")
    assert other.parse("挂骨科", now).slots.department is None
    assert other.parse("膝盖疼", now).candidates == ()


def test_an_empty_hospital_understands_the_rest(now: datetime) -> None:
    heard = Nlu(Lexicon([], [])).parse("挂明天下午王主任的号", now)
    assert (heard.intent, heard.slots.period, heard.slots.doctors) == ("book", "pm", ())


@pytest.mark.parametrize(
    ("said", "patient"),
    [
        ("给我妈挂个号", "母亲"),
        ("帮我老公约一下", "丈夫"),
        ("孩子发烧", "孩子"),
        ("给我儿子挂号", "儿子"),
        ("俺爹腿疼", "父亲"),
        ("我自己看", "本人"),
        ("帮姥姥挂个号", "外婆"),
        ("我妈让我来挂号", None),
        ("冬至那天我儿子放假带我去", None),
        ("闺女不在家我自己弄", "本人"),
        ("周末我要带孩子，避开", None),
        ("周末我要带孩子去看眼科", "孩子"),
        ("我老豆膝头痛", "父亲"),
        ("我屋头婆娘要产检", "妻子"),
        ("帮我挂号", None),
    ],
)
def test_patient(nlu: Nlu, now: datetime, said: str, patient: str | None) -> None:
    assert nlu.parse(said, now).slots.patient == patient


@pytest.mark.parametrize(
    ("said", "choice"),
    [
        ("2", 2),
        ("２", 2),
        ("2.", 2),
        ("第二个", 2),
        ("选第3个", 3),
        ("最后那个", -1),
        ("倒数第二个", -2),
        ("都不要", 0),
        ("第一次来", None),
        ("第三人民医院", None),
        ("两点半", None),
        ("3号", None),
        ("就这个", None),
    ],
)
def test_choice(nlu: Nlu, now: datetime, said: str, choice: int | None) -> None:
    assert nlu.parse(said, now).slots.choice == choice


def test_a_number_with_hao_is_a_choice_where_no_day_is_asked(nlu: Nlu, now: datetime) -> None:
    assert nlu.parse("3号", now, ("slot", "choice")).slots.choice == 3
    assert nlu.parse("3号", now, ("days", "choice")).slots.choice is None


@pytest.mark.parametrize(
    ("said", "id_number", "phone", "name"),
    [
        ("１１０１０１１９９００３０７４２５８", "110101199003074258", None, None),
        ("110101 19900307 425x", "11010119900307425X", None, None),
        ("138-0013-8000", None, "13800138000", None),
        ("+86 138 0013 8000", None, "13800138000", None),
        ("张三 110101199003074258 13800138000", "110101199003074258", "13800138000", "张三"),
        ("我叫欧阳雪", None, None, "欧阳雪"),
        ("姓名：王建国，电话13800138000", None, "13800138000", "王建国"),
        ("我叫阿依古丽·买买提", None, None, "阿依古丽·买买提"),
        ("我叫𠮷田", None, None, "𠮷田"),
        ("我叫陳靜", None, None, "陳靜"),
        ("我叫你帮我挂号", None, None, None),
        ("1380013800", None, None, None),
    ],
)
def test_numbers_and_names(
    nlu: Nlu, now: datetime, said: str, id_number: str | None, phone: str | None, name: str | None
) -> None:
    slots = nlu.parse(said, now).slots
    assert (slots.id_number, slots.phone, slots.person_name) == (id_number, phone, name)
    assert slots.dates == ()


@pytest.mark.parametrize(
    ("said", "kind"),
    [("专家号", "专家号"), ("普通的就行", "普通号"), ("特需门诊", "特需号"), ("不要专家号", None)],
)
def test_clinic_kind(nlu: Nlu, now: datetime, said: str, kind: str | None) -> None:
    assert nlu.parse(said, now).slots.clinic_kind == kind


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("膝盖这两天老疼", "骨科"),
        ("牙疼得睡不着", "口腔科"),
        ("孩子咳嗽发烧", "儿科"),
        ("痔疮", "普外科"),
        ("身上起红疹子", "皮肤科"),
        ("老是口渴尿多", "内分泌科"),
        ("我老婆怀孕三个月了", "产科"),
        ("心慌", "心血管内科"),
        ("月经不调", "妇科"),
        ("耳朵嗡嗡响", "耳鼻喉科"),
        ("手指关节早上僵硬", "风湿免疫科"),
        ("情绪低落睡不着", "精神心理科"),
    ],
)
def test_complaints_point_to_departments(nlu: Nlu, now: datetime, said: str, first: str) -> None:
    found = nlu.parse(said, now).candidates
    assert found[0].department == first
    assert len(found) <= 3
    assert all(0 < c.score <= 1 for c in found)


def test_what_is_not_complained_of_points_nowhere(nlu: Nlu, now: datetime) -> None:
    assert nlu.parse("我不咳嗽", now).slots.symptoms == ()
    assert nlu.parse("明天有号吗", now).candidates == ()


def test_symptoms_have_one_name_each(nlu: Nlu, now: datetime) -> None:
    assert nlu.parse("脑壳疼，还拉肚子", now).slots.symptoms == ("头痛", "腹泻")


@pytest.mark.parametrize(
    ("said", "phone", "id_number"),
    [
        ("一三八零零一三八零零零", "13800138000", None),
        ("幺三八 零零幺三 八零零零", "13800138000", None),
        ("138.0013.8000", "13800138000", None),
        ("+86-138-0013-8000", "13800138000", None),
        ("１１０１０１　１９９００３０７　４２５Ｘ", None, "11010119900307425X"),
        ("明天三点一刻", None, None),
    ],
)
def test_numbers_as_spoken_and_as_grouped(
    nlu: Nlu, now: datetime, said: str, phone: str | None, id_number: str | None
) -> None:
    slots = nlu.parse(said, now, ("phone",)).slots
    assert (slots.phone, slots.id_number) == (phone, id_number)


@pytest.mark.parametrize(
    ("said", "choice"),
    [
        ("前面那个", 1),
        ("上面那个", 1),
        ("最上面的", 1),
        ("后面那个", -1),
        ("倒数第二个", -2),
        ("一个都不合适", 0),
    ],
)
def test_choices_by_place(nlu: Nlu, now: datetime, said: str, choice: int) -> None:
    assert nlu.parse(said, now, ("clinic", "choice")).slots.choice == choice


@pytest.mark.parametrize(
    ("said", "first"),
    [("眼睛", "眼科"), ("牙", "口腔科"), ("息肉", "消化内科"), ("阑尾", "普外科"), ("三高", "心血管内科")],
)
def test_a_part_or_disease_alone_points_to_a_department(
    nlu: Nlu, now: datetime, said: str, first: str
) -> None:
    assert nlu.parse(said, now).candidates[0].department == first


def test_a_double_surname_without_a_title(nlu: Nlu, now: datetime) -> None:
    assert nlu.parse("那个姓欧阳的", now).slots.doctor == "欧阳雪"


@pytest.mark.parametrize(
    ("said", "choice"),
    [
        ("第二个", 2),
        ("最后那个", -1),
        ("这个月最后一个周五", None),
        ("元旦后第一个周一", None),
        ("3号、7号二选一", None),
    ],
)
def test_an_ordinal_of_days_is_no_choice(nlu: Nlu, now: datetime, said: str, choice: int | None) -> None:
    assert nlu.parse(said, now).slots.choice == choice
