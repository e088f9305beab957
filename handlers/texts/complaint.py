"""Copy for 意见、投诉、表扬 and for their answers: sorry first, never an argument, always until when."""

from bot.domain.clock import local
from bot.domain.tickets import ANSWERED, TicketKind, TicketState, TicketView
from handlers.texts import words

KINDS = {TicketKind.COMPLAINT: "投诉", TicketKind.SUGGESTION: "意见", TicketKind.PRAISE: "表扬"}
DESK = "找人工说"
ENOUGH = "没有了"
BESIDES = "还有要补充的，接着说就行。"
WHICH = "您想看哪一件？"
OVER = "没事了"
UNREADABLE = (
    "照片和文件我这里收不了，请留着，负责的人联系您时给他；也可以转人工发给人工服务台。先用文字说说也行。"
)
MISSING = "对不起，没能一次办好。还差什么没解决？用一句话告诉我，我转回去接着办。"
MISSING_AGAIN = "还差什么没解决？"


def what(kind: TicketKind | None) -> str:
    """Asked where there are no words yet."""
    if kind is TicketKind.PRAISE:
        return "谢谢您。您想表扬谁？在哪个科、做了什么让您满意？"
    if kind is TicketKind.SUGGESTION:
        return "谢谢您愿意提意见。请说说是什么事，在哪个科室或者哪个地方？"
    return (
        "让您不愉快了，很抱歉。请说说是什么事：什么时候、在哪个科室或窗口、怎么回事？\n"
        "想到哪说到哪，我原话转给负责的部门。不想留名就说「匿名」。"
    )


def opened(ticket: TicketView) -> str:
    """Its number, and until when there is an answer."""
    number = f"编号{ticket.number}"
    if ticket.kind is TicketKind.PRAISE:
        return f"谢谢您的肯定！已经原话记下（{number}），会转告给科室和本人，他们会很高兴的。"
    until = f"最晚{words.moment(ticket.due_at)}前给您答复，有了答复会在这里告诉您。"
    secret = "\n按您说的匿名，科室看不到您是谁；答复还是会发到这里。" if ticket.anonymous else ""
    if ticket.kind is TicketKind.SUGGESTION:
        return f"谢谢您的意见，已经原话记下，{number}，会转给负责的部门。{until}{secret}"
    return f"很抱歉，让您受委屈了。您说的话已经原样记下，{number}，会有专人负责到底。{until}{secret}"


def added(ticket: TicketView) -> str:
    secret = "科室看不到您是谁。" if ticket.anonymous else ""
    if ticket.state in ANSWERED:
        return f"{ticket.number}已经有答复了，您看看。"
    return f"记下了，已经加到{ticket.number}里。{secret}"


def enough(kind: TicketKind | None) -> str:
    if kind is TicketKind.PRAISE:
        return "好的，再次谢谢您。"
    return "好的，我们会认真处理。想知道进展，问我「我的投诉怎么样了」就行。"


def trouble(phone: str) -> str:
    return f"很抱歉，这次没有记上。请再发一次，或者打 {phone}，会有人听您说。"


def state(ticket: TicketView) -> str:
    """How far it is."""
    what = f"您{words.day(local(ticket.opened_at).date())}的{KINDS[ticket.kind]}（{ticket.number}）"
    match ticket.state:
        case TicketState.ACTED:
            return f"{what}有答复了：\n{ticket.answer}\n您看这样行吗？"
        case TicketState.CONFIRMED | TicketState.CLOSED:
            told = f"：\n{ticket.answer}" if ticket.answer else "。"
            return f"{what}已经办结{told}\n要是还没解决，直接告诉我。"
        case TicketState.OPEN:
            doing = "已经收到，正在转给负责的部门"
        case TicketState.REOPENED:
            doing = "已经转回负责的人，正在重新处理"
        case _:
            doing = "正在处理"
    return f"{what}{doing}，最晚{words.moment(ticket.due_at)}前给您答复。"


def judged(ticket: TicketView) -> str:
    """What follows from the verdict."""
    if ticket.state is TicketState.CLOSED:
        return f"谢谢您。{ticket.number}就办结了；以后又有问题，随时告诉我。"
    if ticket.state is TicketState.REOPENED:
        return (
            f"您的话已经转给一直负责这件事的人，重新处理，最晚{words.moment(ticket.due_at)}前再答复您。"
            "着急的话，回复「人工」。"
        )
    return state(ticket)


def none(phone: str) -> str:
    return f"我这里没有查到您最近提过的意见或投诉。要提的话，直接说是什么事；也可以打 {phone}。"


def line(ticket: TicketView) -> str:
    """One of several, as a choice."""
    return f"{words.day(local(ticket.opened_at).date())}的{KINDS[ticket.kind]}：{ticket.category}"
