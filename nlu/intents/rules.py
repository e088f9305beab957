"""What the context and plain words decide, over the model's guess.

The model sees the sentence; it does not see which question is open, nor that 「好」 is nothing but yes.  Every rule here
either is certain by itself or breaks a tie that the mentions decide.
"""

import re
from dataclasses import dataclass
from functools import cache

from nlu.data import load_yaml
from nlu.entities.sounds import sounds
from nlu.intents.model import Scores
from nlu.reading import Reading

CERTAIN = 0.97
LIKELY = 0.75
BARE = 0.5
"""A bare 「心内科」: probably a booking, but an open question has the first right to it."""
FLOOR = 0.3
"""Below this the guess is no guess."""

_SAYS = re.compile(r"\w")
"""@#%&* says nothing, least of all yes."""
_TAIL = re.compile(r"[ ,。!?~、.]+|(?<=.)[啊呀吧呢哦噢喔哈嘛啦呗哟咯嘞]+$")
_FILLER = re.compile(
    r"^(?:嗯+|那个?|就是|然后|哎|诶|喂|你好|您好|请问一?下?|不好意思|麻烦|那就|就|那|我要|我想|我想要|想要|要|给我|帮我|选|是|改成|换成|到|去|看|挂|约|我|的|号|吧|个|一个|在|也|都|可以|行|好的?|啊|呢|了|医生|主任|大夫|谢谢|这个|那个|左右|门诊|或者?|和|跟|还有|到|至|之间|之前|以前|之后|以后|前|后|除了|其他|其它|不行|随便|之内|以内|内|的话)*$"
)
_ACCEPTS = re.compile(
    r"^(?:嗯+|好的?|行|对|可以|那|ok|,| )*就(?:约|挂|选|要|订|定)?(?:这|那|它|他|她)(?:一?个|样|位|家|天|吧|了|,| |好|行)*$"
)
_LEAD = re.compile(r"^(?:嗯+|哦|那就?|呃|额|我|哎|唉|还是|要不|好吧|,| )+")
_NAME_LIKE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·]{2,4}\Z")
"""While a name is asked, 张伟明 is a name, whoever works here."""
_LOOKS = re.compile(r"看看|看一下|查|吗|有没|在不|还有|改|换|哪")
_SHIFTS = re.compile(
    r"^(?:那就?|还是|就|请|我要|我想|帮我|给我|麻烦|能不能|可不可以|可以|能|还能|再| )*(?:改|换|挪|调)(?:成|到|为|至|在)[DMTPK的 号吧]+"
    r"(?:行不行|行吗|可以吗|好吗|可不可以|行么|好不好|吗|吧|好了|谢谢|行|成不|中不| )*$"
)
"""改成后天上午: with a question open a correction of what was just said, else an appointment to be changed."""
_OTHERWISE = re.compile(
    r"^(?:那就?|还是|就|请|我要|我想|想|要|帮我|给我|麻烦|能不能|可不可以|可以|能|还能|再|不要这个,?| )*(?:换|改)(?:一个|一下|一换|个|下|一)*"
    r"(?:别的|其他的?|其它的?|另外的?|另)*(?:一)?(?:个|位)?(?:医生|大夫|专家|主任|科室?|时间段?|时段|日子|日期|天|点|人|就诊人)?"
    r"(?:看看?|试试|行不行|行吗|可以吗|好吗|行么|好不好|吗|吧|好了|谢谢|呗|成不|中不| )*$"
)
"""换个医生, 换一个: of what is being chosen; with nothing open, an appointment to be changed."""
_INSTEAD = re.compile(
    r"^(?:算了|不要了|不挂了|不了|不是|不行)[,。 ]*(?:那?还是|我要|我想要?|我还是|换成?|改成?|就|挂|要|看|约)+(?:挂|看|约|要|去)?[DMTPK]"
)
"""算了，还是骨科: gives up nothing, it is another wish."""
_HAS_ONE = re.compile(
    r"(?:约|挂|订)(?:好|上)?(?:了|过)|已经?(?:约|挂)|[给帮替][我俺R](?:约|挂)的|那个号|不去|唔去"
)
"""我约了D，想换成D: nothing but names, and no booking."""
_QUESTION = re.compile(r"什么时候|哪天|几点|啥时候|有没有|还有|多少|几号|周几|星期几|礼拜几|几天")
_MOVES = re.compile(
    r"改|换|挪|调|移|推|延|拖|顺|错开|另|别的|其他|提前|提早|往[前后早晚]|[早晚迟](?:一?点|些|几|两)|号|预约|门诊|[约挂]|[去来赶到]不|不[去来]|没法[去来]|走不|脱不|停诊"
)
"""Without any of these 周四我要上班，周六行不 answers a question; it moves no appointment."""
_REQUESTS = re.compile(
    r"(?:(?:我|老子|俺|本人|爷|老娘|咱)(?:就|只|是|现在|今天|他妈|tm|特么|T)*(?:要|想|得)|给(?:我|老子|俺|爷)|帮我|赶紧|赶快|快点?|麻利)"
    r"(?:的|地|点|赶紧|快点?|给我|帮我|给老子|来|再)*(?:挂(?:个|一个|上|T|P|D|M|的)*(?:号|D|M)|约(?:个|一个|上|T|P)*(?:号|D|M)|退(?:了|掉|个)?(?:号|T|D)|改(?:个|一下)?(?:约|时间|期)|查(?:一下|下)?(?:我的)?(?:号|预约))"
)
"""A wish of the speaker's own, however it is said.  挂号排了半天队 tells a story."""
_IS_CALLED = re.compile(
    r"(?:R|他|她|我|患者|病人)的?(?:名字)?叫(?!不|唔|都|也|了|醒|救|人|我|你)[\u4e00-\u9fff·]{2,6}$"
)
"""我妈叫李桂兰 tells a name, 我妈叫不醒 a danger."""
_STORY = re.compile(
    r"(?:挂|约)(?:个|一个)?号.{0,4}(?:排|等|花|用|折腾|搞|要)了?.{0,3}(?:小时|半天|钟头|天)|(?:挂|约|看)(?:个|一个)?(?:号|病)(?:怎么)?(?:就|也|都)?(?:这么|那么|太|真|好)(?:费劲|难|麻烦|慢|累)|被(?:你们|医院|他们)?.{0,3}(?:取消|退|停)了"
)
"""What happened to them, not what they want done."""
_BOOKS = re.compile(r"挂|约|订|预定|看(?:D|M|病|牙)|要(?:T|P|D|M)")
_CANCELS = re.compile(r"退(?!休|烧|热|出|化|步)|取消(?!订阅|通知|提醒|推送)|撤销|作废|不要了")
_AVAILABLE = re.compile(
    r"(?:有|剩|够).{0,4}号.{0,2}(?:吗|没|不|么|源|$)|还有(?:吗|没|号)|有没有|出诊|坐诊|排班|余号|号源|有空吗|在不在|约得上|挂得上|(?:能|可以|还能)(?:挂|约)(?:上|到)?吗"
)
_HUMAN = re.compile(
    r"转?人工(?!流产|授精|受孕|智能|关节|耳蜗|晶体|呼吸|髋)|真人|活人|客服(?!态度)|找个?人(?:跟|和|帮|来|说)"
)
_WHO = re.compile(
    r"你(?:们)?(?:到底|究竟)?(?:是不是|是|不会是|该不会是|不是)?(?:一个|个)?(?:真人|机器人?|人工智能|ai|电脑|智能客服|人工|自动回复|程序|活人|人)(?:还是.{1,5})?(?:吗|么|吧|嘛|\?|$)"
    r"|你们?(?:到底|究竟)?是(?:谁|啥|什么(?:人|东西)?|哪位|人是鬼|人还是)|(?:^|是|这是)(?:真人|机器人?|人工)(?:吗|么|还是)|你(?:叫|姓)(?:什么|啥)|跟我(?:说话|聊天)的是"
)
"""你是真人吗 asks who is speaking; 有真人吗 asks for one."""
_TAKES = re.compile(
    r"(?:有|能|可以|剩|最).{0,10}(?:就|的话).{0,6}(?:约|挂|订|定|要|来|给|成|行|中|排)|(?:哪天|几号|什么时候|啥时候).{0,8}(?:就|给我).{0,8}(?:哪天|几号|什么时候|啥时候)"
)
"""有就约, 哪天有就哪天: asks and takes at once."""
_WAITS = re.compile(r"退|空出|腾|没号|没有号|满|通知|告诉|提醒|喊|叫|说一声|候补|候着|排队|不(?:去|来|要)了")
_CALLS_ME = re.compile(
    r"(?:有(?:人|了|号|空|位)|退|空|放|腾|出来).{0,12}(?:通知|告诉我|提醒|喊|叫我|吱|说一声|留给我|给我留|自动.{0,4}抢)"
)
"""有人退号通知我."""
_NO_BOOKING = re.compile(
    r"(?:不(?:用|需要|是(?:要|来|想)?|想|要)|先不|别|甭)(?:再|给我|帮我)?(?:挂号?|约|预约)(?!了)"
)
_OWED = re.compile(
    r"(?:钱|款|费|块)[^,。]{0,6}(?:没|不)(?:退|到|返|回)|(?:没|不)退(?:我|给我|回)?[^,。]{0,4}(?:钱|款|费|块)"
)
"""退号一个礼拜了，钱还没退: the seat is gone, the money is not back."""
_NOT_GOING = re.compile(r"不(?:看|去|来|要)了|来不|去不|帮我退|给我退(?!钱|款|费)")
_ELSEWHEN = re.compile(
    r"(?:别|其他|其它|另|另外)的?(?:日子|天|时间|时候|时段|空|日)|另约|换|改(?!主意)|挪|延|推(?!送)|往后|晚(?:几|一|两|点|些)|早(?:几|一|两|点|些)"
)
"""去不成了，有别的日子吗: not given up, moved."""
_COMPLAINS = re.compile(
    r"投诉|举报|态度.{0,3}(?:差|恶劣|不好|蛮横)|提(?:个|点|些)?(?:意见|建议)|爱[搭答]不理|差评"
)
_EMERGENCY = re.compile(r"^(?:救命|120|急救|抢救|紧急|紧急情况|危急)")
_TRADE = re.compile(
    r"机票|航班|火车票|高铁票|动车票|车票|酒店|宾馆|餐厅|饭店|外卖|快递|电影|演唱会|门票|挂号信(?!息)|挂电话|挂断|信用卡|驾照|科目[一二三四]|护照|签证|宠物|洗车|修车|理发|美发|健身|家政|租车|打车|退货|股票|天气|兽医|猫|狗(?!咬|抓|屁|日|东西)|京东|淘宝|拼多多|美团|银行|联通|中国移动|移动客服|电信客服|运营商|ktv|(?<!爽)约会|约饭|出入境"
)
_ANIMAL = re.compile(
    r"(?:给|我家|我们家|家里|我的|带|养)的?.{0,3}(?:猫|狗|兔|鸟|龟|仓鼠|宠物|鹦鹉)(?!.{0,5}(?:咬|抓|挠|舔|蹭|划|过敏|进))"
)
"""给我家狗打疫苗: the patient is an animal, whatever ails it."""
_HOUSE = re.compile(
    r"医院|住院|病房|病区|门诊|急诊|大夫|医生|护士|挂号(?!信)|就诊|看病|药|爽约|登记(?!结婚)|建档|建卡|注册|医保|探视|探病|体检|缴|交费|付|你们(?:这|那|楼|院)"
)
"""外卖能送进住院楼吗 is ours."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The intent, how sure, and what else it may be."""

    intent: str
    confidence: float
    alternatives: tuple[tuple[str, float], ...] = ()
    gives_up: bool = False


@cache
def _phrases() -> dict[str, str]:
    """Phrase → intent, from phrases.yaml."""
    return {
        str(phrase): intent for intent, phrases in load_yaml("phrases.yaml").items() for phrase in phrases
    }


def exact(text: str) -> str | None:
    """Intent of a message that is nothing but a known phrase."""
    if len(text) > 16:
        return None
    plain = _TAIL.sub("", text)
    phrases = _phrases()
    found = phrases.get(text) or phrases.get(plain)
    if found is None and (led := phrases.get(_LEAD.sub("", plain))) in (
        "give_up",
        "back",
        "restart",
        "human",
    ):
        return led
    if found is None and _ACCEPTS.match(plain):
        return "confirm"
    return found or _misspelt(plain)


@cache
def _phrases_by_sound() -> dict[tuple[str, ...], dict[str, str]]:
    """Sounds → the phrases that sound so, with their intents."""
    table: dict[tuple[str, ...], dict[str, str]] = {}
    for phrase, intent in _phrases().items():
        if len(phrase) > 1 and not phrase.isascii():
            table.setdefault(sounds(phrase), {})[phrase] = intent
    return table


def _misspelt(plain: str) -> str | None:
    """缺认, 帮住: sounds like a phrase and shares a character with it; none where two intents sound alike."""
    if not 2 <= len(plain) <= 8 or plain.isascii():
        return None
    alike = _phrases_by_sound().get(sounds(plain), {})
    intents = {
        intent for phrase, intent in alike.items() if any(a == b for a, b in zip(plain, phrase, strict=True))
    }
    return intents.pop() if len(intents) == 1 else None


def decide(reading: Reading, scores: Scores, expecting: tuple[str, ...]) -> Verdict:
    """The last word on the intent."""
    text = reading.normal.text
    intent = exact(text)
    if intent == "give_up":
        bare_cancel = text.startswith("取消") and not expecting
        if bare_cancel:
            return Verdict("cancel", LIKELY, (("deny", 0.2),))
        return Verdict("deny", CERTAIN, gives_up=True)
    if intent == "thanks" and "confirm" in expecting and exact(re.split(r"[,。! ]|谢", text)[0]) == "confirm":
        return Verdict("confirm", CERTAIN)  # 好的,谢谢: the yes that was asked for, said politely
    if intent is not None:
        return Verdict(intent, CERTAIN)
    if not _SAYS.search(text):
        return Verdict("unknown", 0.0)
    if reading.named.said and any("name" in slot for slot in expecting) and _NAME_LIKE.match(text):
        return Verdict("unknown", 0.2)
    if _EMERGENCY.match(text):
        return Verdict("emergency", CERTAIN)
    if _ANIMAL.search(text):
        return Verdict("unknown", 0.9)
    if _TRADE.search(text) and not _medical(reading) and not _HOUSE.search(text):
        return Verdict("unknown", 0.9)
    if len(text) <= 20 and _WHO.search(text):
        return Verdict("faq", 0.9)
    if _COMPLAINS.search(text):
        return Verdict("complaint", 0.9)
    if _HUMAN.search(text):
        return Verdict("human", 0.9)
    if expecting and _OTHERWISE.match(text):
        return Verdict("unknown", 0.2, (("change", 0.2),))
    if (bare := _bare(reading, expecting)) is not None:
        return bare
    if _IS_CALLED.search(reading.shape) and not set("DMSTPK") & set(reading.shape):
        return Verdict("unknown", 0.2, (("register_patient", 0.2),))
    if _INSTEAD.match(reading.shape):
        return Verdict("unknown", 0.2, (("book", 0.2),)) if expecting else Verdict("book", 0.7)
    return _weigh(reading, scores, expecting)


def complains(text: str) -> bool:
    """A complaint in so many words, which is kept whatever else is asked for."""
    return bool(_COMPLAINS.search(text))


def _medical(reading: Reading) -> bool:
    return bool(reading.named.spans or reading.complaints.points)


def _bare(reading: Reading, expecting: tuple[str, ...]) -> Verdict | None:
    """Nothing but names, days and people: an answer, or the beginning of a booking."""
    rest = re.sub(r"[DMTPKSR@#\d ]", "", reading.shape)
    shape = reading.shape
    if shape and _SHIFTS.match(shape):
        return Verdict("unknown", 0.2, (("change", 0.2),)) if expecting else Verdict("change", 0.65)
    if (
        not shape
        or not _FILLER.match(rest)
        or _NO_BOOKING.search(shape)
        or _LOOKS.search(shape)
        or _HAS_ONE.search(shape)
    ):
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
    if _TAKES.search(shape) and not _WAITS.search(shape) and set("DMTP") & set(shape):
        table["book"] = table.get("book", 0.0) + 0.6 * table.get("query_slots", 0.0) + 0.2
        table["query_slots"] = table.get("query_slots", 0.0) * 0.4
    if _CALLS_ME.search(shape):
        table["waitlist"] = table.get("waitlist", 0.0) + 0.6
    if _NO_BOOKING.search(shape):
        table["book"] = table.get("book", 0.0) * 0.1
    if _OWED.search(text := reading.normal.text) and not _NOT_GOING.search(text):
        table["pay"] = table.get("pay", 0.0) + table.get("cancel", 0.0)
        table["cancel"] = table.get("cancel", 0.0) * 0.2
    if _ELSEWHEN.search(shape) and not _CANCELS.search(shape):
        table["change"] = table.get("change", 0.0) + 0.8 * table.get("cancel", 0.0)
        table["cancel"] = table.get("cancel", 0.0) * 0.2
    if "S" in shape:
        table["unknown"] = table.get("unknown", 0.0) * 0.3
        table["triage"] = table.get("triage", 0.0) + (0.05 if named else 0.15)
    if named and _wishes(reading):  # 闺女脸上过敏,礼拜六皮肤科: where and when is settled
        table["triage"] = table.get("triage", 0.0) * 0.2
    if not _EMERGENCY.match(
        shape
    ):  # the danger signs decide (redflags.py); a likeness to them is a complaint
        likely = "triage" if "S" in shape else "unknown"
        table[likely] = table.get(likely, 0.0) + 0.5 * table.get("emergency", 0.0)
        table["emergency"] = table.get("emergency", 0.0) * 0.2
    if expecting:
        for intent in ("confirm", "deny"):
            if "confirm" in expecting:
                table[intent] = table.get(intent, 0.0) * 1.5
        table["greet"] = table.get("greet", 0.0) * 0.7
    if _STORY.search(shape):
        table["complaint"] = table.get("complaint", 0.0) + 1.0
    elif _REQUESTS.search(shape):  # 什么破系统，老子要挂个号: rude, but a request
        table["complaint"] = table.get("complaint", 0.0) * 0.05
    total = sum(table.values()) or 1.0
    ranked = sorted(((n, p / total) for n, p in table.items()), key=lambda pair: -pair[1])
    best, confidence = ranked[0]
    runners = tuple((n, round(p, 3)) for n, p in ranked[1:4] if p >= 0.1 and n != "unknown")
    if best == "change" and not _MOVES.search(shape):
        return Verdict("unknown", 0.2, (("change", 0.2),))
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
    r"算了|不(?:挂|约|弄|办|登记|搞|填|看|问)了|先不(?:挂|约|弄|用|登记)|再(?:想想|考虑|看看|说(?!一|清|遍))|考虑一下|下次|拉倒|放弃|退出|不想(?:弄|挂|约|填|登记)"
)
