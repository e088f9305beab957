"""Copy for danger signs: 120 first, then the nearest emergency room, then what to do meanwhile."""

from bot.domain.outcomes import DangerReported

_MEANWHILE = {
    "胸痛": "坐下或躺下别动，别自己走路、开车过来。身边有人的话，让人陪着。",
    "卒中": "记住是几点开始的。平躺，头偏向一边，不要吃东西、喝水、吃药。",
    "呼吸困难": "坐起来，松开领口，开窗通风。别一个人待着。",
    "大出血": "用干净的布使劲压住出血的地方，不要松开看。",
    "中毒": "不要催吐。把药瓶、农药瓶或剩下的东西留好，带给医生看。",
    "昏迷": "让病人平躺、头偏一边，清掉嘴里的东西。没有呼吸，就按120电话里说的做胸外按压。",
    "抽搐": "让病人侧躺，拿开身边硬的东西，不要按住他，不要往嘴里塞东西。",
    "过敏休克": "马上停掉可疑的药或食物。喘不过气就坐起来，头晕就躺下。",
    "产科急症": "向左侧躺好，不要走动，带上产检本。",
    "严重外伤": "先别随便搬动，用干净的布压住出血的地方。",
    "剧烈腹痛": "先别吃东西、别喝水，也别自己吃止痛药。",
    "婴幼儿急症": "抱好孩子，让他侧着，不要摇晃，不要往嘴里塞东西。",
}
"""What to do until help comes, by the danger sign's name in ``nlu/data/redflags.yaml``."""
_ANY = "别一个人待着，让家人陪着您。"
SELF_HARM = "自伤"
SEAT = "约最近的号"


def self_harm(hospital: str, room: str, phone: str) -> str:
    return (
        "谢谢您愿意告诉我。您现在一定很难受，但您不用一个人扛着。\n"
        "请现在就打 12356（全国心理援助热线，24小时，免费），会有人好好听您说。\n"
        "如果已经伤到自己，或者怕忍不住，请马上打 120，或者到"
        f"{hospital}{room}，24小时有医生。\n"
        f"请叫一位家人或朋友来陪您。也可以打医院电话 {phone}。"
    )


def danger(flag: str, hospital: str, room: str, phone: str) -> str:
    """120 first.  The patient's own words are not judged; nothing is diagnosed (R42)."""
    return (
        f"您说的情况可能很急，请马上打 120！\n"
        f"离得近就直接到{hospital}{room}，24小时有医生，不用挂号。医院电话 {phone}。\n"
        f"{_MEANWHILE.get(flag, _ANY)}"
    )


def told(outcome: DangerReported | None) -> str:
    """One honest line: who has been told, and that nobody should wait for them."""
    if outcome is None:
        return ""
    if not outcome.staffed:
        return "\n您的话已经转给医院，但现在可能没人马上看到。请不要等，先打120或者直接来医院。"
    return f"\n已经通知{outcome.department}值班人员。请不要等电话，先打120。"


def told_gently(outcome: DangerReported | None) -> str:
    if outcome is None:
        return ""
    if not outcome.staffed:
        return "\n我也把您的话转给了医院，但现在可能没人马上看到，请先打上面的电话。"
    return "\n我也告诉了值班的医护人员，他们会尽快联系您。"
