"""What the context and plain words decide, over the model's guess.

The model sees the sentence; it does not see which question is open, nor that 「好」 is nothing but yes.  Every rule here
either is certain by itself or breaks a tie that the mentions decide.
"""

import re
from dataclasses import dataclass

from nlu.intents.model import Scores
from nlu.reading import Reading

CERTAIN = 0.97
LIKELY = 0.75
BARE = 0.5
"""A bare 「心内科」: probably a booking, but an open question has the first right to it."""
FLOOR = 0.3
"""Below this the guess is no guess."""

_TAIL = re.compile(r"[ ,。!?~、.]+|(?<=.)[啊呀吧呢哦噢喔哈嘛啦呗哟咯嘞]+$")
_FILLER = re.compile(
    r"^(?:嗯+|那个?|就是|然后|哎|诶|喂|你好|您好|请问一?下?|不好意思|麻烦|那就|就|那|我要|我想|我想要|想要|要|给我|帮我|选|是|改成|换成|到|去|看|挂|约|我|的|号|吧|个|一个|在|也|都|可以|行|好的?|啊|呢|了|医生|主任|大夫|谢谢|这个|那个|左右|门诊|吗)*$"
)
_ONLY = {
    "confirm": r"好|好的|是|是的|是滴|对|对的|对头|嗯|嗯嗯|嗯呐|恩|可以|可以的|行|行的|中|成|妥|要|要的|要得|好滴|好嘞|好咧|好哒|ok|okay|okk|okey|yes|y|确认|确定|确认预约|确认挂号|确认提交|没错|没问题|没毛病|同意|我同意|继续|当然|当然可以|正确|愿意|就这个|就这样|就它|就他|就她|是我|是本人|好吧|行吧|可以吧|提交|没有问题|都对|都可以|可|必须的|得|得嘞|嗯好|嗯对|对对|对对对|好好好|是是是|好好|嗯嗯嗯|👌|👍|hao|haode|hao de|shi|shi de|dui|係|系|冇问题|好啊|阔以|阔以的|信息没错|核对无误|无误|没问题的|同意并继续|同意继续|继续挂号|确认退号|确认取消|确认改约|是这个|就这个吧|可以继续|嗯可以|好确认|继续吧|来吧",
    "deny": r"不|不是|不要|不行|不对|不可以|不用|不用了|不需要|否|没有|没|不同意|别|不好|不愿意|错|错了|no|nope|n|不了|不确认|不提交|都不是|不是的|不是这个|不要这个|我不要|bu|bushi|bu shi|buyao|bu yao|唔要|唔系|不系|❌|不是他|不是她|不是我|非也|莫|不必|不必了|不想|不可|没错误吗|不正确|有误|不准确|信息不对|信息有误",
    "give_up": r"算了|算了吧|算啦|不挂了|不约了|先不挂了|先不约了|不弄了|不想弄了|不想挂了|不想约了|不办了|不登记了|不填了|不搞了|不改了|不退了|不取消了|不换了|先不改了|先不退了|还是算了|算了不挂了|算了不约了|算了不看了|算了不弄了|那算了|先算了|拉倒|拉倒吧|我再想想|再想想|再看看|我再看看|我再考虑一下|考虑一下|下次吧|改天再说|改天吧|以后再说|回头再说|等等再说|暂时不用|暂时不挂了|放弃|退出|结束|不继续|不继续了|没事了|不挂号了|不预约了|先不弄了|先不了|先不用了|还是不挂了|还是不约了|不要挂了|不想继续了|终止|停止|下次再说|先这样|不聊了|不看了算了|不挂了谢谢|不约了谢谢|不玩了|取消操作|取消吧|取消",
    "back": r"返回|返回上一步|上一步|回到上一步|返回上一页|上一页|回去|退回|退回去|后退|回退|上一个|返回上级|回上一步|往回|前一步|退回上一步|倒回去|选错了|点错了|按错了|我选错了|我点错了|重新选|重选|重新选一下|fanhui|back|返回上一层|退一步|返回一下",
    "restart": r"重来|重新开始|从头开始|从头来|重新来|再来一遍|重置|清空|全部重来|回到开头|回首页|首页|返回首页|重新来过|从头再来|重头来|重头开始|restart|主页|回主页|返回主页|推倒重来|全部重新来|重新来一遍|从新开始|从新来",
    "human": r"人工|转人工|人工客服|人工服务|客服|真人|找人工|我要人工|接人工|rengong|zhuan rengong|zhuanrengong|转客服|人工坐席|人工台|要人工|叫人工|转接人工|请转人工|转人工服务",
    "thanks": r"谢谢|谢谢你|谢谢您|谢了|多谢|感谢|非常感谢|谢谢啊|谢谢啦|辛苦了|thanks|thank you|thx|3q|xiexie|再见|拜拜|bye|好的谢谢|好谢谢|嗯谢谢|知道了谢谢|谢谢再见|唔该|多谢了|麻烦了|麻烦你了|太感谢了|收到谢谢|明白了谢谢|🙏",
    "greet": r"你好|您好|你好你好|在吗|在么|在不在|有人在吗|hi|hello|hey|哈喽|嗨|早|早上好|上午好|中午好|下午好|晚上好|早安|晚安|你好啊|喂|喂你好|nihao|ni hao|医生你好|医生好|大夫好|您好在吗|你好在吗|您好请问|你好请问|大家好|哈罗|哈啰|嗨喽",
    "help": r"帮助|help|菜单|功能|怎么用|使用说明|你能干什么|你能做什么|你会什么|你是谁|说明|主菜单|目录|不会用|怎么操作|怎么使用|你能干啥|你会干啥|有什么功能|能做什么|你可以做什么|操作指南",
    "my_appointments": r"我的预约|我的挂号|我的号|查预约|查询预约|查看预约|预约记录|挂号记录|我的订单|我的凭证|凭证|预约凭证|查我的预约|查我的号|就诊凭证",
    "book": r"挂号|预约|预约挂号|我要挂号|我想挂号|我要预约|我想预约|挂个号|约号|guahao|gua hao|yuyue|帮我挂号|看病|我要看病|看医生|挂|约|门诊挂号|网上挂号|约医生|预约医生",
    "cancel": r"退号|取消预约|取消挂号|我要退号|我想退号|tuihao|tui hao|退挂号|退预约|我要取消预约|撤销预约",
    "change": r"改约|改期|改时间|改签|换时间|改预约|我要改约|我要改期|gaiyue|gai yue|改日期|改号|我要改时间|修改预约",
    "pay": r"缴费|付款|交费|支付|付钱|交钱|我要缴费|去支付|付费|去付款|jiaofei|立即支付|在线缴费|门诊缴费",
    "waitlist": r"候补|我要候补|候补挂号|等号|houbu|候补登记|加入候补",
    "complaint": r"投诉|我要投诉|意见反馈|举报|意见建议|投诉建议|我要举报|tousu|反馈",
    "survey": r"问卷|填问卷|随访|随访问卷|满意度调查|继续填问卷|回访问卷",
    "unsubscribe": r"退订|td|取消订阅|tuiding|取消提醒|关闭提醒|关闭通知|别再发了",
    "register_patient": r"注册|登记|添加就诊人|就诊人|就诊人管理|我的就诊人|实名认证|绑定就诊人|绑卡|新增就诊人|就诊人登记|管理就诊人",
    "triage": r"导诊|智能导诊|挂什么科|看什么科|挂哪个科|不知道挂什么科|分诊|看哪个科|不舒服|我不舒服",
    "query_slots": r"有号吗|还有号吗|号源|查号|查号源|排班|排班表|有号没|出诊表|出诊时间|医生排班|余号|还有号没",
}  # fmt: skip
_EXACT = {word: intent for intent, words in _ONLY.items() for word in words.split("|")}
_LOOKS = re.compile(r"看看|看一下|查|吗|有没|在不|还有|改|换|哪")
_SHIFTS = re.compile(r"^(?:那就?|还是|就|请|我要|我想|帮我|给我)?(?:改|换|挪|调)(?:成|到|为|至|在)[DMTPK的 号吧]+$")
"""改成后天上午: with a question open a correction of what was just said, else an appointment to be changed."""
_QUESTION = re.compile(r"什么时候|哪天|几点|啥时候|有没有|还有|多少|几号|周几|星期几|礼拜几|几天")
_BOOKS = re.compile(r"挂|约|订|预定|看(?:D|M|病|牙)|要(?:T|P|D|M)")
_CANCELS = re.compile(r"退(?!休|烧|热|出|化|步)|取消(?!订阅|通知|提醒|推送)|撤销|作废|不要了")
_AVAILABLE = re.compile(r"(?:有|剩|够).{0,4}号.{0,2}(?:吗|没|不|么|源|$)|还有(?:吗|没|号)|有没有|出诊|坐诊|排班|余号|号源|有空吗|在不在|约得上|挂得上|(?:能|可以|还能)(?:挂|约)(?:上|到)?吗")
_HUMAN = re.compile(r"转?人工(?!流产|授精|受孕|智能|关节|耳蜗|晶体|呼吸|髋)|真人|活人|客服(?!态度)|找个?人(?:跟|和|帮|来|说)")
_COMPLAINS = re.compile(r"投诉|举报|态度.{0,3}(?:差|恶劣|不好|蛮横)|提(?:个|点|些)?(?:意见|建议)|爱[搭答]不理|差评")
_EMERGENCY = re.compile(r"^(?:救命|120|急救|抢救|紧急|紧急情况|危急)")
_TRADE = re.compile(r"机票|航班|火车票|高铁票|动车票|车票|酒店|宾馆|餐厅|饭店|外卖|快递|电影|演唱会|门票|挂号信(?!息)|挂电话|挂断|信用卡|驾照|科目[一二三四]|护照|签证|宠物|洗车|修车|理发|美发|健身|家政|租车|打车|退货|股票|天气|兽医|猫|狗(?!咬|抓)|京东|淘宝|拼多多|美团|银行|联通|中国移动|移动客服|电信客服|运营商|ktv|约会|约饭|出入境")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The intent, how sure, and what else it may be."""

    intent: str
    confidence: float
    alternatives: tuple[tuple[str, float], ...] = ()
    gives_up: bool = False


def exact(text: str) -> str | None:
    """Intent of a message that is nothing but a known phrase."""
    return _EXACT.get(text) or _EXACT.get(_TAIL.sub("", text)) if len(text) <= 16 else None


def decide(reading: Reading, scores: Scores, expecting: tuple[str, ...]) -> Verdict:
    """The last word on the intent."""
    text = reading.normal.text
    intent = exact(text)
    if intent == "give_up":
        bare_cancel = text.startswith("取消") and not expecting
        if bare_cancel:
            return Verdict("cancel", LIKELY, (("deny", 0.2),))
        return Verdict("deny", CERTAIN, gives_up=True)
    if intent is not None:
        return Verdict(intent, CERTAIN)
    if not text.strip():
        return Verdict("unknown", 0.0)
    if _EMERGENCY.match(text):
        return Verdict("emergency", CERTAIN)
    if _TRADE.search(text) and not _medical(reading):
        return Verdict("unknown", 0.9)
    if _COMPLAINS.search(text):
        return Verdict("complaint", 0.9)
    if _HUMAN.search(text):
        return Verdict("human", 0.9)
    if (bare := _bare(reading, expecting)) is not None:
        return bare
    return _weigh(reading, scores, expecting)


def _medical(reading: Reading) -> bool:
    return bool(reading.named.spans or reading.complaints.points)


def _bare(reading: Reading, expecting: tuple[str, ...]) -> Verdict | None:
    """Nothing but names, days and people: an answer, or the beginning of a booking."""
    rest = re.sub(r"[DMTPKSR@#\d ]", "", reading.shape)
    shape = reading.shape
    if shape and _SHIFTS.match(shape):
        return Verdict("unknown", 0.2, (("change", 0.2),)) if expecting else Verdict("change", 0.65)
    if not shape or not _FILLER.match(rest) or _LOOKS.search(shape):
        return None
    if "S" in shape and not (set("DM") & set(shape)) and not _BOOKS.search(shape):
        return Verdict("triage", LIKELY)
    if _BOOKS.search(shape) or ("号" in shape and set("DMTP") & set(shape)):
        return Verdict("book", 0.85)
    if set("DM") & set(shape):
        return Verdict("book", BARE, (("query_slots", 0.3),))
    if set("TPKR") & set(shape) or not rest.strip() or reading.found.asap:
        return Verdict("unknown", 0.2, (("book", 0.2),))
    return None


def _weigh(reading: Reading, scores: Scores, expecting: tuple[str, ...]) -> Verdict:
    """The model's guess, nudged by what was mentioned."""
    table = dict(scores)
    shape = reading.shape
    named = bool(set("DM") & set(shape))
    if named and _AVAILABLE.search(shape) and not _CANCELS.search(shape):
        table["query_slots"] = table.get("query_slots", 0.0) + 0.25
    if named and not _QUESTION.search(shape) and not _CANCELS.search(shape):
        table["unknown"] = table.get("unknown", 0.0) * 0.3
    if "S" in shape:
        table["unknown"] = table.get("unknown", 0.0) * 0.3
        table["triage"] = table.get("triage", 0.0) + (0.05 if named else 0.15)
    if expecting:
        for intent in ("confirm", "deny"):
            if "confirm" in expecting:
                table[intent] = table.get(intent, 0.0) * 1.5
        table["greet"] = table.get("greet", 0.0) * 0.7
    total = sum(table.values()) or 1.0
    ranked = sorted(((n, p / total) for n, p in table.items()), key=lambda pair: -pair[1])
    best, confidence = ranked[0]
    runners = tuple((n, round(p, 3)) for n, p in ranked[1:4] if p >= 0.1 and n != "unknown")
    doubtful = best == "unknown" or confidence < FLOOR
    if doubtful and named and _wishes(reading) and not _QUESTION.search(shape):
        return Verdict("book", BARE, tuple(r for r in runners if r[0] != "book"))
    if best != "unknown" and confidence < FLOOR:
        return Verdict("unknown", round(1 - confidence, 3), ((best, round(confidence, 3)), *runners)[:3])
    gives_up = best == "deny" and bool(_GIVES_UP.search(shape))
    return Verdict(best, round(confidence, 3), runners, gives_up)


def _wishes(reading: Reading) -> bool:
    """A day to come, a time or 尽快: with a department or doctor named that is a wish, whatever else is said."""
    found = reading.found
    return bool(found.days or found.time or found.asap)


_GIVES_UP = re.compile(
    r"算了|不(?:挂|约|弄|办|登记|搞|填|看|问)了|先不(?:挂|约|弄|用|登记)|再(?:想想|考虑|看看|说)|考虑一下|下次|拉倒|放弃|退出|不想(?:弄|挂|约|填|登记)"
)
