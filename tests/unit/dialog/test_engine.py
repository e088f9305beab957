"""The ladder, rung by rung, on toy frames."""

from datetime import date

from bot.domain.outcomes import Taken
from tests.unit.dialog.toys import Conversation, says

TUESDAY = date(2026, 11, 24)


def at_confirm() -> Conversation:
    talk = Conversation()
    talk.say("明天下午骨科张伟", "book", department="骨科", doctor="张伟", dates=(TUESDAY,), period="pm")
    talk.tap(1)
    assert talk.values["patient"] == "王*国"
    return talk


def test_one_sentence_asks_only_what_is_missing() -> None:
    talk = Conversation()
    reply = talk.say(
        "明天下午骨科张伟", "book", department="骨科", doctor="张伟", dates=(TUESDAY,), period="pm"
    )
    assert reply == "给谁挂？ [1.王*国] [2.添加就诊人]"
    assert talk.say("1", choice=1) == "骨科 张伟 2026-11-24 pm 王*国，确认吗？ [1.确认] [2.修改]"
    assert talk.say("好", "confirm") == "挂好了。"
    assert len(talk.commands) == 1 and talk.stack == []


def test_step_by_step_with_words_said_early_kept() -> None:
    talk = Conversation()
    assert talk.say("挂明天的号", "book", dates=(TUESDAY,)) == "哪个科？"
    assert talk.say("骨科", department="骨科") == "哪位医生？ [1.张伟医生] [2.张敏医生]"
    assert talk.say("张敏") == "上午还是下午？ [1.上午] [2.下午]"
    assert talk.values["day"] == "2026-11-24"


def test_a_change_forgets_what_depends_on_it() -> None:
    talk = at_confirm()
    reply = talk.say("改成儿科", department="儿科", corrects=True)
    assert reply.startswith("<changed>\n儿科 李晓梅 2026-11-24 pm 王*国，确认吗？")
    assert talk.say("换成后天", dates=(date(2026, 11, 25),), corrects=True).startswith(
        "<changed>\n上午还是下午？"
    )


def test_correction_at_the_read_back_is_read_back_again() -> None:
    talk = at_confirm()
    reply = talk.say("不对，是上午", "deny", period="am", corrects=True)
    assert reply.startswith("<changed>\n骨科 张伟 2026-11-24 am") and not talk.commands


def test_yes_with_a_change_is_no_yes() -> None:
    talk = at_confirm()
    assert "am 王*国，确认吗" in talk.say("好的，上午吧", "confirm", period="am")
    assert not talk.commands


def test_no_asks_what_and_a_field_is_asked_again() -> None:
    talk = at_confirm()
    reply = talk.say("不对", "deny")
    assert "[1.科室] [2.医生] [3.日期] [4.时段] [5.就诊人]" in reply
    assert talk.say("时段") == "上午还是下午？ [1.上午] [2.下午]"
    assert "am" in talk.say("1", choice=1)


def test_a_field_named_with_the_no_is_asked_at_once() -> None:
    for said, intent in (("时段不对", "deny"), ("改一下时段", "change"), ("时段", "unknown")):
        talk = at_confirm()
        assert talk.say(said, intent) == "上午还是下午？ [1.上午] [2.下午]"
        assert talk.stack == ["booking"]


def test_a_wish_to_change_at_a_read_back_is_about_what_was_read_back() -> None:
    talk = at_confirm()
    assert talk.say("改一下", "change").startswith("<what_to_change")


def test_a_patients_name_may_begin_with_a_doctors() -> None:
    for name in ("张伟", "张伟明"):
        talk = Conversation(people=[])
        talk.say("添加就诊人", "register_patient")
        talk.hear(says(name, "cancel", doctors=("张伟",)))
        assert talk.stack == ["register"]
    talk.hear(says("张伟的号要退掉", "cancel", doctors=("张伟",)))
    assert talk.stack == ["register", "cancel"]


def test_a_plain_yes_confirms_nothing_but_a_read_back() -> None:
    talk = Conversation()
    talk.say("挂号", "book")
    talk.say("好", "confirm")
    assert talk.values == {} and not talk.commands
    talk.say("骨科", department="骨科")
    talk.say("好", "confirm")
    assert "doctor" not in talk.values


def test_old_taps_are_stale_and_say_so() -> None:
    talk = Conversation()
    talk.say("骨科", "book", department="骨科")
    assert talk.session.offer is not None
    old = talk.session.offer.id
    talk.tap(1)
    assert talk.say("明天", dates=(TUESDAY,)).startswith("上午")
    reply = talk.tap(2, offer=old)
    assert reply == "<stale>\n上午还是下午？ [1.上午] [2.下午]" and talk.values["doctor"] == "张伟"


def test_a_tap_on_an_earlier_read_back_does_not_confirm_another() -> None:
    """The buttons read alike, what they confirm does not."""
    talk = at_confirm()
    assert talk.session.offer is not None
    earlier = talk.session.offer.id
    talk.say("不对，是上午", "deny", period="am", corrects=True)
    assert talk.tap(1, offer=earlier).startswith("<stale>\n骨科 张伟 2026-11-24 am") and not talk.commands
    assert talk.tap(1) == "挂好了。"


def test_a_tap_on_an_earlier_copy_of_the_same_question_counts() -> None:
    talk = at_confirm()
    assert talk.session.offer is not None
    earlier = talk.session.offer.id
    talk.say("停车场在哪", "faq")
    assert talk.tap(1, offer=earlier) == "挂好了。"


def test_numbers_beyond_the_offer() -> None:
    talk = Conversation()
    talk.say("骨科", "book", department="骨科")
    assert talk.say("8", choice=8).startswith("<no_such_choice 2>\n哪位医生？")
    assert talk.say("最后一个", choice=-1) == "哪一天？"
    assert talk.values["doctor"] == "张敏"


def test_none_of_them() -> None:
    talk = Conversation()
    talk.say("骨科", "book", department="骨科")
    assert talk.say("都不要", "deny", choice=0) == "<none_suits ('科室',)> [1.科室]"


def test_digression_and_back() -> None:
    talk = Conversation()
    talk.say("挂骨科", "book", department="骨科")
    assert talk.say("停车场在哪", "faq").startswith("停车场在北门。\n哪位医生？ [1.张伟医生]")
    assert talk.say("退号", "cancel", dates=(TUESDAY,)).startswith("退哪一个？")
    assert talk.stack == ["booking", "cancel"] and "day" not in talk.session.stack[0].values
    talk.say("第二个", choice=2)
    assert talk.say("确认", "confirm") == "退好了。\n<continuing 挂号>\n哪位医生？ [1.张伟医生] [2.张敏医生]"
    assert talk.commands[0].slot_id == 12


def test_emergency_first_with_the_question_kept() -> None:
    talk = at_confirm()
    reply = talk.say("我胸痛得厉害", "triage", red_flag="胸痛")
    assert reply.startswith("请拨打120！\n<continuing 挂号>\n骨科 张伟") and talk.stack == ["booking"]


def test_repair_ladder() -> None:
    talk = Conversation()
    talk.say("挂号", "book")
    assert talk.say("呜哩") == "<not_understood 1 True>\n哪个科？"
    assert talk.say("哇啦") == "<not_understood 2 True>\n<hint 骨科>\n哪个科？"
    assert talk.say("咕噜") == "<not_understood 3 True>\n哪个科？ [1.<call_human>]"
    talk.tap(1)
    assert talk.session.human and talk.stack == ["booking"]


def test_success_resets_the_ladder() -> None:
    talk = Conversation()
    talk.say("挂号", "book")
    talk.say("呜哩")
    talk.say("骨科", department="骨科")
    assert "<not_understood 1 True>" in talk.say("呜哩")


def test_the_desk_has_the_conversation() -> None:
    talk = Conversation()
    talk.say("挂骨科", "book", department="骨科")
    assert talk.say("人工", "human") == "已转人工。"
    assert talk.say("你好", "greet") == "<with_desk>" and talk.turn.for_desk
    assert talk.say("在吗") == ""
    assert talk.say("胸痛", red_flag="胸痛") == "请拨打120！"
    talk.wait(minutes=11)
    assert talk.say("在吗") == "<with_desk>"
    assert talk.say("返回", "back").startswith("<left_desk True>\n<continuing 挂号>\n哪位医生？")
    assert not talk.session.human


def test_menu_tap_leaves_the_desk() -> None:
    talk = Conversation()
    talk.say("人工", "human")
    assert talk.hear(says("", "book"), kind="menu").startswith("<left_desk True>\n哪个科？")
    assert not talk.session.human and talk.stack == ["booking"]


def test_giving_up_back_and_restart() -> None:
    talk = at_confirm()
    assert talk.say("返回", "back").startswith("给谁挂？")
    assert talk.say("返回", "back").startswith("上午还是下午？")
    assert talk.say("返回", "back") == "哪一天？"
    assert talk.say("返回", "back").startswith("哪位医生？")
    assert talk.say("返回", "back") == "哪个科？"
    assert talk.say("返回", "back") == "<gave_up 挂号>" and talk.stack == []
    assert talk.say("返回", "back") == "<nothing_open>"
    talk.say("挂号", "book")
    assert talk.say("算了", gives_up=True) == "<gave_up 挂号>"
    talk.say("挂号", "book")
    talk.say("退号", "cancel")
    assert talk.say("重来", "restart") == "<restarted>" and talk.stack == []


def test_sub_frame_opens_and_fills() -> None:
    talk = Conversation(people=[])
    reply = talk.say(
        "明天下午骨科张伟", "book", department="骨科", doctor="张伟", dates=(TUESDAY,), period="pm"
    )
    assert reply == "姓名？" and talk.stack == ["booking", "register"]
    assert talk.say("李明") == "手机号？"
    reply = talk.say("13800138000", phone="13800138000")
    assert reply.startswith("登记好了。\n骨科 张伟 2026-11-24 pm 李明，确认吗？")


def test_leaving_a_sub_frame_that_is_needed_leaves_the_task() -> None:
    talk = Conversation(people=[])
    talk.say("明天下午骨科张伟", "book", department="骨科", doctor="张伟", dates=(TUESDAY,), period="pm")
    assert talk.say("算了", gives_up=True) == "<gave_up 挂号>" and talk.stack == []


def test_back_out_of_a_sub_frame() -> None:
    talk = Conversation(people=[])
    talk.say("明天下午骨科张伟", "book", department="骨科", doctor="张伟", dates=(TUESDAY,), period="pm")
    assert talk.say("返回", "back").startswith("上午还是下午？") and talk.stack == ["booking"]
    talk = Conversation()
    talk.say("明天下午骨科张伟", "book", department="骨科", doctor="张伟", dates=(TUESDAY,), period="pm")
    assert talk.say("添加就诊人", "register_patient") == "姓名？"
    assert talk.session.stack[1].fills == "patient"
    assert talk.say("算了", gives_up=True).endswith("给谁挂？ [1.王*国] [2.添加就诊人]")


def test_sub_frame_may_end_its_opener() -> None:
    talk = Conversation(people=[])
    talk.say("明天下午骨科张伟", "book", department="骨科", doctor="张伟", dates=(TUESDAY,), period="pm")
    talk.outcomes = ["no"]
    talk.say("李明")
    assert talk.say("13800138000", phone="13800138000") == "没有登记。" and talk.stack == []


def test_a_vanished_seat_is_asked_again_under_a_new_key() -> None:
    talk = at_confirm()
    talk.outcomes = [Taken((), ())]
    assert talk.say("确认", "confirm") == "被约走了。\n上午还是下午？ [1.上午] [2.下午]"
    assert "am" in talk.say("上午", period="am")
    assert talk.say("确认", "confirm") == "挂好了。"
    first, second = (c.key for c in talk.commands)
    assert first != second and first.rpartition(":")[0] == second.rpartition(":")[0]


def test_a_retried_message_is_replayed() -> None:
    talk = at_confirm()
    once = talk.hear(says("确认", "confirm"), id="same")
    twice = talk.hear(says("确认", "confirm"), id="same")
    assert once == twice == "挂好了。" and len(talk.commands) == 1


def test_wrong_values_are_told_and_three_offer_a_human() -> None:
    talk = Conversation()
    talk.say("张伟的号", "book", department="骨科", doctor="张伟")
    for _ in range(2):
        assert talk.say("2月30号", invalid_date="2月30号") == "没有这一天。\n哪一天？"
    assert talk.say("2月30号", invalid_date="2月30号") == "没有这一天。\n哪一天？ [1.<call_human>]"


def test_low_confidence_asks_which() -> None:
    talk = Conversation()
    reply = talk.say("骨科的号", "book", confidence=0.4, alternatives=(("cancel", 0.35),), department="骨科")
    assert reply == "<which_intent ('挂号', '退号')> [1.挂号] [2.退号]"
    assert talk.say("1", choice=1).startswith("哪位医生？")


def test_options_that_open_frames_outlive_small_talk() -> None:
    talk = Conversation()
    assert talk.say("你好", "greet") == "您好！ [1.挂号] [2.退号]"
    assert talk.say("谢谢", "thanks") == "<anything_else>"
    assert talk.say("2", choice=2).startswith("退哪一个？")


def test_in_an_open_dialog_an_asides_options_have_no_numbers() -> None:
    talk = Conversation()
    talk.say("挂骨科", "book", department="骨科")
    assert talk.say("你好", "greet") == "您好！\n哪位医生？ [1.张伟医生] [2.张敏医生]"


def test_two_requests_in_one_message() -> None:
    talk = Conversation()
    also = says("约个骨科", "book", department="骨科")
    assert talk.say("退号，另外约个骨科", "cancel", also=(also,)).startswith("退哪一个？")
    talk.say("1", choice=1)
    assert talk.say("确认", "confirm") == "退好了。\n<continuing 挂号>\n哪位医生？ [1.张伟医生] [2.张敏医生]"


def test_stickers_and_silence_are_no_failure() -> None:
    talk = Conversation()
    talk.say("挂号", "book")
    talk.say("呜哩")
    assert talk.hear(says(), kind="sticker") == "<nonverbal sticker>\n哪个科？"
    assert talk.say("  ") == "<empty>\n哪个科？"
    assert talk.session.failures == 1


def test_after_hours_an_answer_goes_on() -> None:
    talk = Conversation()
    talk.say("挂号", "book")
    talk.wait(hours=3)
    assert talk.say("骨科", department="骨科").startswith("<continuing 挂号>\n哪位医生？")


def test_after_hours_anything_else_is_asked_first() -> None:
    talk = Conversation()
    talk.say("挂号", "book")
    talk.wait(hours=3)
    assert talk.say("你好", "greet").endswith(
        "<offer_resume 挂号> [1.<resume_yes 挂号>] [2.<resume_no 挂号>]"
    )
    assert talk.say("好", "confirm") == "<continuing 挂号>\n哪个科？"
    talk.wait(hours=3)
    assert talk.say("呜哩").startswith("<offer_resume 挂号>")
    assert talk.say("2", choice=2) == "<gave_up 挂号>" and talk.stack == []


def test_a_bare_yes_after_hours_is_read_back_again() -> None:
    talk = at_confirm()
    talk.wait(hours=3)
    assert talk.say("好", "confirm").startswith("<continuing 挂号>\n骨科 张伟") and not talk.commands
    assert talk.say("好", "confirm") == "挂好了。"


def test_after_a_day_nothing_is_remembered() -> None:
    talk = Conversation()
    talk.say("挂号", "book")
    talk.wait(hours=25)
    assert talk.say("你好", "greet").startswith("您好！") and talk.stack == []


def test_expecting_names_what_is_open() -> None:
    talk = Conversation()
    assert talk.engine.expecting(talk.session, talk.world) == ()  # type: ignore[arg-type]
    talk = at_confirm()
    assert talk.engine.expecting(talk.session, talk.world) == ("sure", "confirm", "choice")  # type: ignore[arg-type]
