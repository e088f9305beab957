"""Family names: whether 薛主任 is somebody (and 主任医生 nobody)."""

DOUBLE = frozenset(
    (
        "欧阳",
        "上官",
        "司马",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "司徒",
        "夏侯",
        "端木",
        "南宫",
        "长孙",
        "宇文",
        "独孤",
        "闻人",
        "轩辕",
        "钟离",
    )
)
_SINGLE = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾"
    "丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤"
    "尹黎易武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫"
    "庄祝涂谷祁舒耿牟卜詹苗凌费纪靳盛童欧甄项曲游阳裴席卫查屈鲍覃霍翁隋植甘景薄包司柏宁柯阮桂闵"
    "解柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫嵺苟褚廉娄盖符奚穆党燕郎邸冀谈姬屠连郜晏栾"
    "郁蒙喻揭窦迟宇敖糜鄢冷卓花仇艾蓝巩稽井练仲乐虞卞封竺冼衣楚佟栗匡宗巫鞠僧桑荆谌银扬沙伏岑习"
    "胥蔺"
)
SINGLE = frozenset(_SINGLE)
"""Those that are also everyday words (时, 成, 位, 来) are left out."""
NEVER = frozenset("是个的位女男好找看老大小新主副名任给挂约换这那哪有没要请和跟问见做当叫让")
"""Stand before a title and are no names (找医生, 女医生)."""


def surname(name: str) -> str:
    return name[:2] if name[:2] in DOUBLE and len(name) > 2 else name[:1]
