"""The numbers the regulations leave open ([X] 天, [X] 小时) and hospitals disagree on: data, never code."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """One resolved set of rules: hospital defaults, overridden by department, then by doctor.

    Durations are in the unit their name ends with.  A limit of 0 means "no limit".
    """

    booking_window_days: int = 14
    """R9: how many days ahead one may book, today not counted."""
    booking_cutoff_minutes: int = 30
    """R10: same-day booking of a slot stops this long before it starts."""
    change_deadline_minutes: int = 120
    """R16: a change must come this long before the slot that is given up starts."""
    cancel_deadline_minutes: int = 120
    """R17: a cancellation must come this long before the slot starts."""
    hold_minutes: int = 15
    """How long an unpaid seat is kept, by database time."""
    release_window_minutes: int = 30
    """A returned seat comes back to the pool at a random moment within this window (anti-scalping)."""
    per_patient_per_day: int = 2
    """Live appointments one patient may have on one day (at most one per half-day and department)."""
    per_patient_open: int = 5
    """Live future appointments one patient may have in all."""
    per_account_open: int = 10
    """Live future appointments one WeChat or Alipay account may have made for all its patients."""
    per_phone_open: int = 10
    """Live future appointments under one phone number."""
    cancels_per_month: int = 5
    """Cancellations one patient may make in a calendar month before booking by chat pauses."""
    patients_per_account: int = 5
    """Registered patients (就诊人) one account may look after."""
    guardian_under_years: int = 14
    """Below this age a guardian has to be named."""
    suspension_offer_minutes: int = 24 * 60
    """How long the seat offered in place of a suspended visit is kept (R18), never past its booking cutoff."""
    suspension_remind_minutes: int = 4 * 60
    """An unanswered suspension notice is followed by a reminder after so long …"""
    suspension_phone_minutes: int = 8 * 60
    """… and by a call of the staff after so long; both sooner where the visit is near."""
