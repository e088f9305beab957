"""Nearer scopes win, later rules win, tomorrow's rules wait."""

from datetime import date

from bot.domain.policies import Rule, resolve
from bot.domain.policy import Policy

TODAY = date(2026, 11, 23)
OLD, TOMORROW = date(2026, 1, 1), date(2026, 11, 24)


def test_without_rules_the_defaults_hold() -> None:
    assert resolve((), TODAY) == Policy()


def test_the_doctor_s_rule_beats_the_department_s_beats_the_hospital_s() -> None:
    rules = (
        Rule("doctor", 7, "booking_window_days", 28, OLD),
        Rule("hospital", 0, "booking_window_days", 7, TODAY),
        Rule("department", 3, "booking_window_days", 21, OLD),
    )
    assert resolve(rules, TODAY).booking_window_days == 7
    assert resolve(rules, TODAY, department_id=3).booking_window_days == 21
    assert resolve(rules, TODAY, department_id=3, doctor_id=7).booking_window_days == 28
    assert resolve(rules, TODAY, department_id=4, doctor_id=8).booking_window_days == 7


def test_the_later_rule_holds_from_its_day_on() -> None:
    rules = (
        Rule("hospital", 0, "booking_cutoff_minutes", 90, TOMORROW),
        Rule("hospital", 0, "booking_cutoff_minutes", 60, OLD),
    )
    assert resolve(rules, TODAY).booking_cutoff_minutes == 60
    assert resolve(rules, TOMORROW).booking_cutoff_minutes == 90


def test_a_name_nobody_knows_is_ignored() -> None:
    assert resolve((Rule("hospital", 0, "free_coffee", 1, OLD),), TODAY) == Policy()
