"""Copy for danger signs: 120 first, then the nearest emergency room, then what to do meanwhile."""

_MEANWHILE = {
    "chest": "坐下或躺下别动，别自己走路、开车过来。身边有人的话，让人陪着。",
    "stroke": "记住是几点开始的。平躺，头偏向一边，不要吃东西、喝水、吃药。",
    "breath": "坐起来，松开领口，保持通风。别一个人待着。",
    "bleeding": "用干净的布使劲压住出血的地方，不要松开看。",
    "unconscious": "让病人平躺、头偏一边，清掉嘴里的东西。没有呼吸就按120的指导做胸外按压。",
    "seizure": "让病人侧躺，拿开身边硬的东西，不要按住他，不要往嘴里塞东西。",
    "poison": "不要催吐。把吃的药、农药瓶子留好，带给医生看。",
    "pregnancy": "左侧躺好，不要走动，带上产检本。",
    "child": "抱好孩子，侧着放，不要塞东西、不要摇晃。",
    "allergy": "马上停掉可疑的药或食物。喘不过气就坐起来等急救。",
    "trauma": "先别随便搬动，压住出血的地方。",
    "fever": "路上多喝点水，少穿一点，戴好口罩。",
    "other": "别一个人待着，让家人陪着您。",
}
_WORDS = (
    ("chest", ("胸痛", "胸闷", "心梗", "心绞痛", "心脏", "心悸", "chest", "heart")),
    ("stroke", ("卒中", "中风", "脑梗", "脑出血", "偏瘫", "stroke")),
    ("child", ("小儿", "儿童", "婴", "孩子", "child", "infant")),
    ("seizure", ("抽搐", "癫痫", "惊厥", "seizure")),
    ("unconscious", ("昏迷", "意识", "晕厥", "休克", "猝死", "心跳", "unconscious", "syncope", "faint")),
    ("breath", ("呼吸", "窒息", "噎", "异物", "气促", "breath", "chok", "dyspn")),
    ("pregnancy", ("孕", "产", "羊水", "胎", "obstetric", "pregnan")),
    ("bleeding", ("出血", "呕血", "咯血", "便血", "bleed", "hemorr")),
    ("poison", ("中毒", "农药", "服毒", "过量", "煤气", "poison", "overdose")),
    ("allergy", ("过敏", "allerg", "anaphyl")),
    ("trauma", ("外伤", "车祸", "坠", "骨折", "烧伤", "烫伤", "触电", "溺水", "trauma", "burn")),
    ("fever", ("高热", "高烧", "fever")),
)
_SELF_HARM = ("自杀", "自残", "自伤", "轻生", "不想活", "想死", "suicid", "self")


def is_self_harm(flag: str) -> bool:
    return any(word in flag.lower() for word in _SELF_HARM)


def category(flag: str) -> str:
    """Which of the advice lines the sign belongs to."""
    low = flag.lower()
    return next((name for name, signs in _WORDS if any(sign in low for sign in signs)), "other")


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
        f"{_MEANWHILE[category(flag)]}"
    )


GO_ON = "如果没有危险、是我听错了，我们接着说刚才的事。"
GO_ON_FRESH = "如果没有危险、是我听错了，请告诉我想办什么。"
