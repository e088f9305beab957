"""Danger signs are found, and not seen in histories, hearsay, negations and ordinary complaints."""

import pytest

from nlu.normalize import normalize
from nlu.redflags import red_flag

DANGER = {
    "胸痛": "胸痛 我爸突然胸口疼得厉害出冷汗 胸口像压了块石头 心脏疼得受不了 老人心口疼得直冒汗 含了硝酸甘油没用",
    "卒中": "嘴歪了说话不清楚 奶奶突然半边身子动不了 我妈刚才说话突然含糊，右手抬不起来 早上起来嘴有点歪",
    "呼吸困难": "喘不上气了怎么办 胡吸困难快憋死了 嘴唇发紫 宝宝喝奶呛住了脸发紫",
    "大出血": "吐了好多血 血止不住 鼻子流血不止 手被刀割了血止不住",
    "中毒": "孩子喝了洁厕灵 我吃了一整瓶安眠药 煤气中毒 被蛇咬了 小孩误吞了一颗纽扣电池怎么办",
    "昏迷": "叫不醒了 我爸晕倒了 救命 快叫救护车 帮我打120",
    "抽搐": "孩子发烧抽搐了 口吐白沫",
    "自伤": "不想活了 活着没意思 我想自杀",
    "过敏休克": "吃了虾脸肿喘不上气 过敏了喉咙发紧喘不过气",
    "产科急症": "破水了 怀孕30周出血了 胎动没了",
    "严重外伤": "出车祸了 从三楼摔下来",
}

HARMLESS = """
前年得过脑梗
没有胸痛
我爸前年得过脑梗，想复查
去年心梗放了支架，来复诊
脑梗后遗症看什么科
胸口偶尔有点闷
没有呼吸困难
以前晕倒过一次
我邻居去年中风了
电视上说嘴歪是中风
怎么预防脑梗
胸痛中心在哪里
吃头孢能喝酒吗
青霉素过敏
挂个骨科
膝盖疼
头疼挂什么科
咳嗽半个月了
痔疮便血
刷牙有时候出血
感冒发烧38度
爬楼有点喘
流鼻血
月经量大
手麻
孕12周产检
怀孕12周，没出血没肚子疼，正常产检建档
右边半张脸歪斜麻木一年前的事了，现在手老抖
我邻居喝农药抢救回来了，你们医院真厉害
孩子吃坏肚子拉肚子
想死你了
疼死了
急死我了
没人接电话，气死我了
我要挂号
返回
"""


@pytest.mark.parametrize(
    ("said", "flag"), [(said, flag) for flag, line in DANGER.items() for said in line.split()]
)
def test_danger(said: str, flag: str) -> None:
    assert red_flag(normalize(said).text) is not None, flag


@pytest.mark.parametrize("said", HARMLESS.split())
def test_harmless(said: str) -> None:
    assert red_flag(normalize(said).text) is None


@pytest.mark.parametrize(
    "said",
    ["脚肿 喘", "喘，腿肿", "我妈脚肿 喘", "憋气 厉害", "心慌 喘 出汗", "脚肿 气喘 躺不下", "意识 模糊"],
)
def test_fragments(said: str) -> None:
    assert red_flag(normalize(said).text) is not None


@pytest.mark.parametrize(
    "said",
    ["脚肿 出汗", "脚有点肿 有点喘", "爬楼喘 脚肿", "脚肿 不喘", "胸闷 气短", "脚肿 喘 三年了", "咳嗽 喘"],
)
def test_fragments_of_no_danger(said: str) -> None:
    assert red_flag(normalize(said).text) is None


def test_now_counts_after_a_history() -> None:
    assert red_flag("前年得过脑梗,现在又嘴歪了") is not None


def test_it_beats_every_intent(nlu, now) -> None:  # type: ignore[no-untyped-def]
    heard = nlu.parse("帮我挂明天的号，我爸晕倒了", now, ("confirm",))
    assert (heard.intent, heard.confidence, heard.red_flag) == ("emergency", 1.0, "昏迷")
