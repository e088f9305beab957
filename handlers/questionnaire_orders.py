"""What patients say about answering instead of answering: back, 第2题改成3分, how many more, not now, no more."""

import re
from dataclasses import dataclass

from bot.questionnaires.heard import tidy
from nlu.understood import Understood

_N = r"第?(?P<n>\d{1,2}|[一二两三四五六七八九十]{1,3})(?:道|个)?(?:题|问题|问)"
_DIGITS = {each: n for n, each in enumerate("一二三四五六七八九", start=1)} | {"两": 2}
_NTH = (
    re.compile(
        rf"(?:我)?(?:想|要|把|将)?{_N}(?:的?答案)?(?:我)?(?:改成|改为|改|应该是|应该选|选|是|,|:)+(?P<rest>(?!错|一?下).+)"
    ),
    re.compile(
        rf"(?:我)?(?:想|要)?(?:把|将)?{_N}(?:的?答案)?(?:我)?(?:想|要)?(?:答|选|填|说|打|写)?(?:错|不对|改|重|再|修改|看).{{0,6}}"
    ),
    re.compile(
        rf"(?:我)?(?:想|要)?(?:再)?(?:改|修改|重答|重新答|重填|重选|回|回到|返回|退回|回去|看)(?:一下|下)?{_N}.{{0,4}}"
    ),
)
_BACK = re.compile(
    r"(?:请|我|想|要|再)*(?:返回|回|回到|退回|退到|看)?上一?(?:道|个)?(?:题|问题|问)(?:目)?"
    r"|(?:上一?|刚才那)(?:道|个)?(?:题|问题|个)?(?:我)?(?:答|选|说|填|点|按)错了?|前一?(?:道|个)?(?:题|问题)"
)
_WRONG = re.compile(
    r"(?:哎呀?|啊|哦|噢)?,?(?:不对(?=$|[,。! 是应])|不是(?=[,。! ])|错了|(?:我)?(?:刚才|刚刚|上面)?(?:那个|那题)?"
    r"(?:说|答|选|打|点|按|写|填|搞|弄)错了?|更正)"
    r"[了,。! ]*(?:应该|要|改)?(?:是|为|成)?"
)
_LEFT = re.compile(
    r"(?:还有|还剩|还要|一共|总共|有|剩)(?:下)?(?:几|多少)(?:道|个)?(?:题|问题)?(?:要答|没答|啊|呀|呢|\?)*"
    r"|.{0,4}(?:还要|还得|要)(?:问|答|填)?(?:多久|多长时间|几个).{0,4}|(?:快|什么时候|啥时候).{0,3}(?:完|结束)了?(?:吗|没|啊|呀|\?)*"
)
_ANSWERS = re.compile(
    r".{0,4}(?:看|查|念|读|列).{0,4}(?:我)?(?:前面|刚才|之前)?(?:都)?(?:答|填|选|说|回答)(?:了|的|过|案).{0,6}"
    r"|我(?:前面|刚才|之前)?(?:都)?(?:答|填|选|说)了?(?:什么|啥|些什么|哪些).{0,3}"
    r"|(?:我)?(?:想|要)?(?:改|修改|更改)(?:一下|一个|几个|我的|前面的?|刚才的?)?(?:答案|回答)(?:了)?"
)
_LATER = re.compile(
    r"(?:先)?(?:停一下|停停|等一下|等等|稍等|等会儿?|等我一下|你等等)(?:啊|哈|,.{1,12})?"
    r"|(?:我|现在|这会儿?|今天|先|手头|,)*(?:不方便|没空|没时间|没得空|忙着?呢?|在忙|有事|先不(?:答|填|说|弄|做|问|聊)了?|先(?:停|放|等)(?:一下|下|着|会儿?)?|停一下|停停|等一下|等等|稍等|等会儿?|先这样|先到这(?:儿|里)?)"
    r"(?:,?.{0,6}(?:再|回来).{0,6})?|(?:我|那|就|先|还是|,)*(?:晚点|晚些|待会儿?|等会儿?|等下|一会儿?|回头|过会儿?|过一会儿?|下次|明天|改天|有空|空了|晚上|吃完饭|下午)(?:了|的时候)?(?:再|来)?"
    r"(?:答|说|填|弄|来|做|聊|讲|回答|回复).{0,3}"
)
_STOP = re.compile(
    r".{0,6}(?:不想|不愿意?|不要|懒得|不)(?:再)?(?:答|回答|填|做|弄|参加|参与|接受)(?:你们的?|这个|这种|了)*(?:问卷|随访|调查|回访)?了.{0,4}"
    r"|.{0,6}(?:不想|不愿意?|不要|不)(?:参加|参与|接受)(?:问卷|随访|调查|回访)?.{0,3}|.{0,8}(?:别|不要|不许|甭)(?:再)?(?:问|烦|来烦|发|打扰).{0,8}"
    r"|.{0,6}(?:烦死|烦不烦|有完没完|没完没了|哪来这么多问题).{0,12}|(?:我)?(?:拒绝|退出)(?:问卷|随访|调查|回答)?"
)
_WHO = re.compile(
    r".{0,3}(?:你|你们|您|对方|这)(?:到底)?(?:是)?(?:谁|哪里|哪儿|哪位|哪家|哪个|啥人|什么人|什么单位|干什么的|干嘛的|干啥的).{0,4}|.{0,6}(?:骗子|诈骗|骗人|真的假的).{0,4}"
    r"|.{0,4}(?:为什么|为啥|干嘛|干啥|问).{0,4}(?:问|这个|这些).{0,4}(?:干什么|干嘛|干啥|有什么用|啥用)?|.{0,4}(?:谁|什么人)(?:能|会|可以)?看(?:到|得到)?.{0,6}"
)
_KEEP = re.compile(
    r"(?:就)?(?:不改|不变|没错|没有错|不用改|就这样|还是(?:刚才|原来|之前|以前)?(?:的|那个|那样)|照旧|保持)(?:了|吧)*"
)
_NO_MORE = re.compile(
    r"(?:就|只有|,)*(?:没有?别的|没有?其他|没有?其它|没有|没|没得|就这些|就这个|就这样|就它|完|好|都说完)(?:的|了|啦|咯|吧|情况)*"
)
_ENDS = re.compile(r"[。!?~… ,]+$|(?:吧|啊|呀|哈|哦|谢谢)+[。!?~… ]*$")


@dataclass(frozen=True, slots=True)
class Order:
    """``kind``: back | jump | left | answers | pause | stop | who | keep | wrong."""

    kind: str
    number: int = 0
    rest: str = ""
    """What is said of that question (第2题改成3分), or after 不对."""


def read(understood: Understood) -> Order | None:
    """What the whole message asks for; None: an answer, or something else."""
    plain = bare(understood.text)
    for pattern in _NTH:
        if found := pattern.fullmatch(plain):
            return Order("jump", number(found["n"]), found.groupdict().get("rest") or "")
    if _BACK.fullmatch(plain):
        return Order("back")
    if (found := _WRONG.match(plain)) and not _KEEP.fullmatch(plain):
        return Order("wrong", rest=plain[found.end() :].strip(",。! "))
    kinds = (
        ("left", _LEFT),
        ("answers", _ANSWERS),
        ("pause", _LATER),
        ("stop", _STOP),
        ("who", _WHO),
        ("keep", _KEEP),
    )
    kind = next((kind for kind, pattern in kinds if pattern.fullmatch(plain)), "")
    return Order(kind) if kind else None


def no_more(text: str) -> bool:
    """没有别的了, 就这些."""
    return bool(_NO_MORE.fullmatch(bare(text)))


def bare(text: str) -> str:
    """Without what trails a sentence."""
    return _ENDS.sub("", tidy(text).replace("。", ",").strip(",").replace(" ", ""))


def number(text: str) -> int:
    """12, 十二, 二."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.partition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else _DIGITS.get(tens, 0)) + _DIGITS.get(ones, 0)
