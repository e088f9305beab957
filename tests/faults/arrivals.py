"""What arrived at the platform, against what should have and what our rows say of it."""

from collections import Counter

from bot.domain.states import OutboxState
from tests.faults.gateway import Seen
from tests.faults.report import Proof
from tests.faults.stage import Stage


def arrived(proof: Proof, stage: Stage, number: int, *, faults: int, to: str = "o", keys: str = "",
            kind: str = "late_reply", under_way: int | None = None) -> Proof:  # fmt: skip
    """One message to each of ``number`` patients: all there, all known to be there; doubled is only what was under
    way at one of the ``faults`` (in all ``under_way`` where the proof counted it: what is sent and not acknowledged
    yet is under way too), and then under the same client_msg_id.  ``to``: how their openids begin, ``keys``: their rows'."""
    seen, rows = (
        [each for each in stage.gateway.seen() if each.to.startswith(to)],
        [row for row in stage.rows() if row.kind == kind and row.key.startswith(keys)],
    )
    taken = Counter(each.to for each in seen if each.taken)
    shown = Counter(each.to for each in seen if each.answer == 0)
    ids: dict[str, set[str]] = {}
    for each in seen:
        ids.setdefault(each.to, set()).add(each.key)
    doubled = sum(each.taken for each in seen) - len({each.key for each in seen if each.taken})
    again = sum(row.attempts - 1 for row in rows)
    most = stage.gateway.ask("figures")["most_at_once"]
    under_way = faults * most if under_way is None else under_way
    proof.figures |= {
        "lost": number - len(taken), "sent twice": doubled, "claimed again": again, "most in flight": most,
        "under way at the faults": under_way,
        "twice under another id": sum(len(each) > 1 for each in ids.values()),
        "shown twice": shown.total() - len(shown),
    }  # fmt: skip
    proof.claim("nothing is lost", len(taken) == number)
    proof.claim("every row is sent", all(row.state is OutboxState.SENT for row in rows))
    proof.claim("doubles ≤ sends under way, for each fault", doubled <= under_way)
    proof.claim("doubles ≤ rows claimed again", doubled <= again)
    proof.claim("nobody sees anything twice", shown.total() == len(shown))
    proof.claim("each double has the same client_msg_id", all(len(each) == 1 for each in ids.values()))
    return proof


def falsely_sent(proof: Proof, stage: Stage, seen: list[Seen]) -> None:
    """Rows that say sent, of messages that no patient has."""
    taken = {each.key.partition(".")[0] for each in seen if each.taken}
    rows = stage.rows()
    false = [row.id for row in rows if row.state is OutboxState.SENT and str(row.id) not in taken]
    proof.figures["falsely counted as sent"] = len(false)
    proof.claim("nothing is counted as sent falsely", not false)
