"""Every table says whose data it holds, how long and why: a new one fails here until it does."""

from copy import deepcopy
from importlib.resources import files
from typing import Any

import pytest
import yaml
from sqlalchemy import Boolean, LargeBinary

from bot.services.rights.blanking import still_full
from bot.services.rights.catalogue import BadCatalogue, catalogue, read
from bot.services.rights.holdings import _account_counts, _patient_counts
from bot.store.models import Base

TABLES = Base.metadata.tables
WHOSE = {"patient", "account", "staff", "nobody"}


def raw() -> dict[str, Any]:
    text = files("bot.services.rights").joinpath("retention.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def personal(table: str) -> set[str]:
    """Encrypted columns, and those that lead to a patient or an account."""
    return {
        column.name
        for column in TABLES[table].columns
        if isinstance(column.type, LargeBinary) or column.name in ("patient_id", "account_id")
    }


def test_every_table_is_in_the_catalogue_and_nothing_else() -> None:
    assert set(catalogue().tables) == set(TABLES)
    assert {stored.about for stored in catalogue().tables.values()} <= WHOSE


@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_personal_column_is_named(table: str) -> None:
    stored = catalogue().tables[table]
    assert set(stored.columns) == personal(table)
    if stored.about in ("patient", "account"):
        assert stored.holding in catalogue().kinds, "nobody could be told of it"
        assert stored.keep, "how long?"
        assert stored.law in catalogue().laws, "by which law?"


def test_what_is_told_is_counted() -> None:
    """A kind of data that no question counts would never be told of."""
    told = {str(part.selected_columns[0].value) for part in (*_patient_counts(), *_account_counts())}
    assert told == set(catalogue().kinds)
    assert told == {stored.holding for stored in catalogue().tables.values() if stored.holding}


@pytest.mark.parametrize("name", sorted(catalogue().rules))
def test_a_rule_speaks_of_columns_that_are(name: str) -> None:
    rule = catalogue().rules[name]
    of = TABLES[rule.table]
    named = {rule.since, *rule.columns, *rule.only, *filter(None, (rule.unless_null,))}
    assert named <= set(of.columns.keys())
    assert rule.act in ("delete", "blank", "erase")
    if rule.act == "blank":
        assert not isinstance(still_full(of, rule.columns).type, type(None))
        assert isinstance(still_full(of, rule.columns).type, Boolean)
    if rule.after:
        assert {rule.after["by"]} <= set(of.columns.keys())
        assert rule.after["closed"] in TABLES[rule.after["table"]].columns


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("sign_ins", {"days": 30}),  # 网络安全法: six months
        ("sign_ins", {"years": 1}),  # two terms
        ("sign_ins", {"table": "audit", "from": "at"}),
        ("sign_ins", {"table": "consents", "from": "given_at"}),
        ("sign_ins", {"table": "privacy_requests", "from": "done_at"}),
        ("stays", {"law": "none"}),
    ],
)
def test_what_no_rule_may_do(name: str, change: dict[str, object]) -> None:
    told = deepcopy(raw())
    told["rules"][name] |= change
    with pytest.raises(BadCatalogue):
        read(told)
