"""The KPI figures (R21, R11, R20): what each is called, its formula in words, and how it is counted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.services.context import Context
from bot.services.figures import accuracy, attendance, balance, demand, reached
from bot.services.figures.among import FEW, Among, By, Counted
from bot.services.figures.satisfaction import how_many, satisfaction
from bot.services.figures.table import Column, Row, Share, Table
from bot.store.db import UnitOfWork

BY_TITLES: Mapping[By, str] = {By.DEPARTMENT: "科室", By.DOCTOR: "医生", By.CHANNEL: "渠道", By.WARD: "病区"}
_CLINICS = (By.DEPARTMENT, By.DOCTOR, By.CHANNEL)
_STAYS = (By.DEPARTMENT, By.WARD, By.DOCTOR)
ANSWERS = 2_000
"""Questionnaires opened for one screen; `bot.services.figures.overview` says why."""
FEW_WORDS = f"不到 {FEW} 例，仅供参考"
Count = Callable[[UnitOfWork, Context, Among, By | None], Sequence[Counted]]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: ``part`` ÷ ``whole``."""

    name: str
    title: str
    part: str
    whole: str
    formula: tuple[str, ...]
    """Whole sentences, without the full stop."""
    by: tuple[By, ...]
    count: Count
    more: tuple[str, ...] = ()
    """Heads of what is told beside."""
    lower: bool = False
    """Whether less is better."""

    @property
    def divisor(self) -> str:
        """``whole``, as it stands behind a ÷."""
        return f"（{self.whole}）" if "＋" in self.whole else self.whole


def _success(uow: UnitOfWork, context: Context, among: Among, by: By | None) -> Sequence[Counted]:
    return demand.success(uow, among, by)


def _no_shows(uow: UnitOfWork, context: Context, among: Among, by: By | None) -> Sequence[Counted]:
    return attendance.no_shows(uow, among, by)


def _accuracy(uow: UnitOfWork, context: Context, among: Among, by: By | None) -> Sequence[Counted]:
    return accuracy.accuracy(uow, among, by)


def _balance(uow: UnitOfWork, context: Context, among: Among, by: By | None) -> Sequence[Counted]:
    return () if among.channel else balance.seats(uow, among, by)


def _contented(uow: UnitOfWork, context: Context, among: Among, by: By | None) -> Sequence[Counted]:
    if among.channel:
        return ()
    return reached.contented(satisfaction(uow, context.forms, among.term, whose=among.whose), by)


SUCCESS = Figure(
    "success", "预约成功率", "约上", "有结果的预约请求",
    (
        "预约成功率＝约上÷有结果的预约请求，按提出请求的日期算",
        "一次对话、一个来电、一次窗口预约算一个请求；同一人同一天约同一个科，试了几次最后约上的，只算一次约上",
        "还没有结果的不计；一天没有回复的，算“没有回复就离开”，离开前被挡住过的算挡住的那个原因",
        "约上的算在约到的科室和医生上，没约上的算在最后想约的科室和医生上",
    ),
    _CLINICS, _success,
)  # fmt: skip
FOLLOWED = Figure(
    "followup", "回访率", "按时联系上", "应访",
    (
        "回访率＝按时联系上÷应访，按出院日期算；应访＝出院−院内死亡−未到期（首次随访最晚按时日未过）",
        "发出消息不算联系上；科室、病区、医生是出院时登记的",
    ),
    _STAYS, reached.followed_up, ("联系上", "未到期"),
)  # fmt: skip
CONTENTED = Figure(
    "satisfaction", "满意度", "“满意”“很满意”的答案", "答案",
    ("满意率＝选“满意”“很满意”的答案÷满意度题目的全部答案，按完成问卷的日期算；没回答的题不计",),
    _STAYS, _contented,
)  # fmt: skip
ACCURACY = Figure(
    "accuracy", "信息准确率", "资料没有更正过的患者", "患者",
    (
        "信息准确率＝1−资料更正过的患者÷患者，每人只算一次",
        "患者＝就诊日在统计期内的（退号、超时未付的不算），全院合计时再加上统计期内新登记的；更正＝统计期内改过姓名、手机号等任何一项",
    ),
    _CLINICS, _accuracy,
)  # fmt: skip
NO_SHOW = Figure(
    "noshow", "爽约率", "爽约", "爽约＋报到＋就诊结束",
    (
        "爽约率＝爽约÷（爽约＋报到＋就诊结束），按就诊日算",
        "退号、停诊的不算；到了日子还没有登记到没到的也不算，另列一栏",
    ),
    _CLINICS, _no_shows, ("还没登记到诊",), lower=True,
)  # fmt: skip
BALANCE = Figure(
    "balance", "号源均衡", "已约", "放出的号",
    (
        "约满率＝已约÷放出的号，按出诊日算；不对外的号、停诊收回的号不算放出，已看＝就诊结束",
        "差异系数＝各科室（或医生）约满率的标准差÷平均数：小于 0.2 为均衡，0.2–0.5 为有差别，大于 0.5 为很不均衡",
        "放号不到 5 个的科室或医生不拿来比",
    ),
    (By.DEPARTMENT, By.DOCTOR), _balance, ("已看",),
)  # fmt: skip
FIGURES: Mapping[str, Figure] = {
    each.name: each for each in (SUCCESS, FOLLOWED, CONTENTED, ACCURACY, NO_SHOW, BALANCE)
}


def total(uow: UnitOfWork, context: Context, figure: Figure, among: Among) -> Counted:
    """One bar of everything."""
    return next(iter(figure.count(uow, context, among, None)), Counted((), "合计", 0, 0))


def total_of(
    uow: UnitOfWork, context: Context, figure: Figure, among: Among, bars: Sequence[Counted]
) -> Counted:
    """The same, from the bars where each case is in one of them: a patient may be in several departments."""
    if figure is ACCURACY:
        return total(uow, context, figure, among)
    more = (sum(each.more[at] for each in bars) for at in range(len(figure.more)))
    return Counted((), "合计", sum(bar.part for bar in bars), sum(bar.whole for bar in bars), tuple(more))


def too_many(uow: UnitOfWork, context: Context, figure: Figure, among: Among) -> int:
    """Questionnaires that would have to be opened, where they are more than a screen waits for; else 0."""
    if figure is not CONTENTED or among.channel:
        return 0
    answers = how_many(uow, context.forms, among.term, whose=among.whose)
    return answers if answers > ANSWERS else 0


def table_of(figure: Figure, bars: Sequence[Counted], whole: Counted, by: By, about: str) -> Table:
    """For the printer and for .xlsx."""
    heads = (figure.title if figure is not BALANCE else "约满率", figure.part, figure.whole, *figure.more)
    columns = (Column(BY_TITLES[by], 26), *(Column(head, 14) for head in heads), Column("说明", 18))
    rows: list[Row] = [
        (each.name, Share(each.part, each.whole), each.part, each.whole, *each.more, FEW_WORDS if each.few else "")
        for each in [*bars, whole]
    ]  # fmt: skip
    return Table(
        figure.title, f"{figure.title}（按{BY_TITLES[by]}）", columns, rows, (about, *figure.formula)
    )
