"""What trainings and exams are called on the pages."""

from collections.abc import Mapping

KINDS: Mapping[str, str] = {"training": "培训", "exam": "考核"}
FASTER = "您打开页面之后，有同事先改了，这次没有保存。您填的还在下面，请核对后再保存。"
WRONG: Mapping[str, str] = {
    "kind": "请选培训还是考核。",
    "title": "请写名称（不超过 64 个字）。",
    "day": "请填日期；还没到那一天，不能记成绩。",
    "minutes": "时长应是 0 到 1440 之间的整数分钟。",
    "pass_mark": "考核要写及格分，1 到 100。",
    "score": "分数应是 0 到 100 的整数，标红的几行请改一下。",
}
ADMITTED: Mapping[bool | None, str] = {None: "没有考过", True: "通过", False: "没有通过"}
ADMITTED_KIND: Mapping[bool | None, str] = {None: "", True: "good", False: "bad"}
RULE = (
    "同一名称的考核，最近连续三次没有达到及格分，需要上报；缺考不算，通过一次就重新算起。"
    "名称里有「上岗」的是上岗考核，看最近一次。"
)
