"""Copy for finding the department: the questions themselves are in ``nlu/data/triage.yaml``."""

UNSURE = "说不清"
UNSURE_WORDS = (
    "不知道",
    "不清楚",
    "不好说",
    "都有",
    "不确定",
    "都不是",
    "不记得",
    "不记得了",
    "记不清",
    "忘了",
)


def detail(question: str) -> str:
    """One question before departments are offered; never a diagnosis (R42)."""
    return f"好的，再问您一句，好帮您选科室：{question}"
