"""登记还缺什么：证件种类、性别生日、监护人、名额，都从已经知道的推出来。"""

from datetime import date

from bot.dialog.frame import Values
from bot.dialog.speech import Json
from bot.domain.identity import age_on
from bot.domain.views import Sex
from bot.domain.world import World
from handlers import documents

DIGITS = 18
"""Of an identity number (GB 11643)."""
CONSENTS = ("privacy", "health_data")


def kind(values: Values) -> str:
    kind = values.get("id_kind")
    return kind if isinstance(kind, str) else "resident_id"


def agreed(world: World, values: Values) -> bool:
    return values.get("consent") == "yes"


def proceeds(world: World, values: Values) -> bool:
    return not values.get("manage") and not full(world)


def goes_on(world: World, values: Values) -> bool:
    return proceeds(world, values) and agreed(world, values)


def full(world: World) -> bool:
    limit = world.policy().patients_per_account
    return bool(limit) and len(world.patients()) >= limit


def already_agreed(world: World, values: Values) -> Json:
    return "yes" if all(world.consented(kind) for kind in CONSENTS) else None


def facts(world: World, values: Values) -> tuple[Sex | None, date | None]:
    """Sex and birth date, by the number or as said."""
    found = documents.read(kind(values), values.get("id_number"), world.now.date())
    sex, born = values.get("sex"), values.get("birth_date")
    return (
        (found.sex if found else None) or (Sex(sex) if isinstance(sex, str) else None),
        (found.birth_date if found else None)
        or (date.fromisoformat(born) if isinstance(born, str) else None),
    )


def asks_kind(world: World, values: Values) -> bool:
    return goes_on(world, values) and bool(values.get("other_document"))


def asks_sex(world: World, values: Values) -> bool:
    found = documents.read(kind(values), values.get("id_number"), world.now.date())
    return goes_on(world, values) and found is not None and found.sex is None


def guardian_open(world: World, values: Values) -> bool:
    return asks_guardian(world, values) and not values.get("guardian_phone")


def asks_guardian(world: World, values: Values) -> bool:
    """A child under 14 needs an adult who answers for them."""
    _, born = facts(world, values)
    limit = world.policy().guardian_under_years
    return goes_on(world, values) and born is not None and age_on(world.now.date(), born) < limit
