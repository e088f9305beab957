"""退订 and 恢复: what an account wants is kept, and nothing that must be told can be switched off."""

from bot.domain.commands import SetPreference
from bot.domain.outcomes import NotOptional, NotYours, PreferenceSet, Refused
from bot.store.models import Account, AuditEntry
from tests.integration.services.town import Town


def wishes(town: Town) -> dict[str, str]:
    with town.db.read() as uow:
        return uow.session.get_one(Account, town.account().id).preferences


def test_off_and_on_again(town: Town) -> None:
    account = town.account()
    off = town.hospital.execute(SetPreference("k-1", "care", on=False), account)
    assert off == PreferenceSet(("关怀消息",), on=False)
    assert wishes(town) == {"care": "off"}
    assert town.hospital.execute(SetPreference("k-2", "care", on=True), account) == PreferenceSet(
        ("关怀消息",), on=True
    )
    assert wishes(town) == {"care": "on"}
    assert town.count(AuditEntry, AuditEntry.action.like("preference.%")) == 2


def test_the_same_key_says_the_same(town: Town) -> None:
    account = town.account()
    command = SetPreference("k-1", "reminder", on=False)
    assert town.hospital.execute(command, account) == town.hospital.execute(command, account)
    assert wishes(town) == {"reminder": "off"}


def test_all_of_them(town: Town) -> None:
    account = town.account()
    town.hospital.execute(SetPreference("k-1", "all", on=False), account)
    assert set(wishes(town).values()) == {"off"}
    assert {"reminder", "followup", "care", "publication", "broadcast"} == set(wishes(town))
    town.hospital.execute(SetPreference("k-2", "all", on=True), account)
    assert wishes(town)["publication"] == "off"  # has to be asked for by name
    assert wishes(town)["reminder"] == "on"


def test_results_and_suspensions_stay(town: Town) -> None:
    account = town.account()
    outcome = town.hospital.execute(SetPreference("k-1", "suspension", on=False), account)
    assert outcome == NotOptional("停诊通知")
    assert wishes(town) == {}


def test_staff_have_no_wishes(town: Town) -> None:
    outcome = town.hospital.execute(SetPreference("k-1", "care", on=False), None, actor="staff:0012")
    assert outcome == Refused(NotYours())
