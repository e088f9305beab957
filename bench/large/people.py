"""Patients with the names people really share, each looked after by an account."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from bench.large.rows import Row, write
from bench.people import identity_number
from bot.domain.identity import Identity, read_identity
from bot.services.people import sealed
from bot.services.register import number_index
from bot.store.db import Database
from bot.store.models import Account, Guardianship, Patient

_SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀英华玉兰桂珍建国志红梅海燕"


@dataclass(frozen=True, slots=True)
class Person:
    """Who the other tables speak of."""

    patient_id: str
    account_id: int
    name: str
    phone: str
    phone_index: bytes


def found(db: Database, count: int, rng: Random, now: datetime) -> list[Person]:
    """Two patients an account."""
    accounts = count // 2 + 1
    write(db, Account, (
        {"id": n + 1, "channel": "wechat", "app_id": "wx-large", "openid": f"o-{n}", "following": True,
         "created_at": now, "last_message_at": now, "preferences": {}}
        for n in range(accounts)
    ))  # fmt: skip
    people: list[Person] = []
    write(db, Patient, _patients(db, count, rng, now, people))
    write(db, Guardianship, (
        {"account_id": each.account_id, "patient_id": each.patient_id, "relation": "self", "created_at": now}
        for each in people
    ))  # fmt: skip
    return people


def _patients(db: Database, count: int, rng: Random, now: datetime, people: list[Person]) -> Iterator[Row]:
    keys = db.keys
    with db.read() as uow:
        for n in range(count):
            key, phone = f"{rng.getrandbits(128):032x}", f"13{n:09d}"
            name = rng.choice(_SURNAMES) + "".join(rng.choices(_GIVEN, k=rng.choice((1, 2, 2))))
            identity = read_identity("resident_id", identity_number(n), now.date())
            assert isinstance(identity, Identity)
            phone_index = keys.index("patients.phone", phone)
            people.append(Person(key, n // 2 + 1, name, phone, phone_index))
            yield {
                "id": key, "id_kind": identity.kind, "sex": identity.sex, "birth_date": identity.birth_date,
                "created_at": now - timedelta(days=rng.randrange(340)), "name_index": keys.index("patients.name", name),
                "phone_index": phone_index,
                "id_number_index": number_index(uow, identity),
                **{
                    column: sealed(keys, column, key, value)
                    for column, value in (("name", name), ("id_number", identity.number), ("phone", phone))
                },
            }  # fmt: skip
