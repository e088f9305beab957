"""The dialog engine's own sentences (`bot.dialog.repair.Phrases`)."""

from bot.dialog.repair import Phrases

_NONVERBAL = {
    "sticker": "表情收到啦。",
    "image": "图片我看不了，请把要办的事用文字告诉我。",
    "voice": "这段语音我没听清，请打字，或者对着话筒再说一遍。",
    "video": "视频我看不了，请把要办的事用文字告诉我。",
    "location": "位置收到了。来院路线可以问我「怎么去医院」。",
    "link": "链接我打不开，请把要办的事用文字告诉我。",
    "file": "文件我看不了，请把要办的事用文字告诉我。",
}
_CAN_DO = "您可以说「挂号」「我的预约」「改约」「退号」，或者直接说科室和时间，比如「明天上午骨科」。"


class ChinesePhrases:
    """Plain words; always what to do next; never that the patient was wrong."""

    def not_understood(self, failures: int, open_question: bool) -> str:
        if not open_question:
            if failures >= 3:
                return f"对不起，我还是没明白。{_CAN_DO}要找人工，请说「人工」。"
            return f"对不起，我没听明白。{_CAN_DO}"
        if failures <= 1:
            return "对不起，我没听明白。"
        if failures == 2:
            return "不好意思，我还是没明白，我们慢慢来。"
        return "对不起，我总没听懂。您可以转人工，也可以接着回答："

    def hint(self, example: str) -> str:
        return f"您可以这样回答：{example}。"

    def call_human(self) -> str:
        return "转人工"

    def say_human(self) -> str:
        return "要找人帮忙，回复「人工」。"

    def nonverbal(self, kind: str) -> str:
        return _NONVERBAL.get(kind, "这个我看不了，请把要办的事用文字告诉我。")

    def pick(self, count: int) -> str:
        return "好的，请选一个，回复数字就行：" if count > 1 else "好的。"

    def already(self) -> str:
        return "好的。"

    def go_on(self, title: str) -> str:
        if not title:
            return "不急的话，告诉我想办什么就行。"
        return f"不急的话，回复「继续」接着{_act(title)}。"

    def empty(self) -> str:
        return "我没收到文字，请再发一次。"

    def which_intent(self, labels: tuple[str, ...]) -> str:
        if len(labels) == 2:
            return f"您是想{_act(labels[0])}，还是{_act(labels[1])}？"
        return "您是想办哪一件？"

    def stale(self) -> str:
        return "这个选项已经过时了。"

    def nothing_to_choose(self) -> str:
        return f"现在没有要选的。{_CAN_DO}"

    def no_such_choice(self, count: int) -> str:
        return f"只有{count}个选项，请回复1到{count}的数字。" if count > 1 else "只有1个选项，请回复1。"

    def none_suits(self, fields: tuple[str, ...]) -> str:
        if fields:
            return "好的，这些都不合适。您想怎么换？也可以直接说您想要的，比如「下周二上午」。"
        return "好的，都不合适。请直接告诉我您想要的，比如换个科室、换个日子；不办了就说「算了」。"

    def changed(self) -> str:
        return "好的，已改。"

    def what_to_change(self, fields: tuple[str, ...]) -> str:
        if fields:
            return "好的，先不提交。哪一项不对？点一下，或者直接说对的。不办了就说「算了」。"
        return "好的，先不提交。请直接说对的；不办了就说「算了」。"

    def gave_up(self, title: str) -> str:
        return _GAVE_UP.get(title) or f"好的，先不{_act(title)}了。"

    def nothing_open(self) -> str:
        return f"好的，现在没有正在办的事。{_CAN_DO}"

    def anything_else(self) -> str:
        return "好的。还有什么可以帮您？"

    def restarted(self) -> str:
        return f"好的，我们重新开始。{_CAN_DO}"

    def continuing(self, title: str) -> str:
        return f"我们接着刚才的{title}。" if title else "我们接着刚才的事。"

    def one_by_one(self, title: str, kept: bool) -> str:
        if kept:
            return f"好的，记下了。先把这个办完，再接着{_act(title)}。"
        return f"好的，一个一个来。先把这个办完，下一个到时候再跟我说「{title}」。"

    def offer_resume(self, title: str) -> str:
        return f"刚才的{title}还没办完，要接着办吗？"

    def resume_yes(self, title: str) -> str:
        return f"接着{_act(title)}"

    def resume_no(self, title: str) -> str:
        return "不用了"

    def with_desk(self) -> str:
        return "您的话已经转给人工，有人接待就会回复您。想用自助，回复「返回」。"

    def left_desk(self, open_task: bool) -> str:
        return "好的，我接着帮您。" if open_task else f"好的，我接着帮您。{_CAN_DO}"


_ACTS = {
    "我的预约": "看预约",
    "就诊人管理": "管理就诊人",
    "意见投诉": "提意见",
    "常见问题": "问问题",
    "停诊改约": "换停诊的号",
    "问卷": "答问卷",
    "消息设置": "设置消息",
    "意见反馈": "提意见",
    "预约凭证": "看凭证",
    "我的信息": "看您的信息",
    "要一份我的信息": "要您的信息",
    "床边登记": "登记",
}
_GAVE_UP = {
    "问卷": "好的，先不答了，不着急。想答了，回复「继续问卷」，从停下的地方接着来。",
    "停诊改约": "好的，您先想想。停诊的这个号还没办完，想好了回复「我的预约」，接着选。",
}


def _act(title: str) -> str:
    """A title as something one does: 先不看预约了."""
    return _ACTS.get(title, title) or "办"


PHRASES: Phrases = ChinesePhrases()
