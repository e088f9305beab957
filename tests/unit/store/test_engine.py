"""Which database addresses are taken, and what is said about others."""

import pytest

from bot.store.engine import BadDatabaseUrl, parse_url


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("postgres://u:p@db:5432/suizhen", "postgresql+psycopg"),
        ("postgresql://u:p@db/suizhen", "postgresql+psycopg"),
        ("postgresql+psycopg://u:p@db/suizhen", "postgresql+psycopg"),
        ("postgresql+psycopg2://u:p@db/suizhen", "postgresql+psycopg"),
        ("sqlite:////data/suizhen.db", "sqlite"),
    ],
)
def test_the_drivers_we_use(url: str, driver: str) -> None:
    assert parse_url(url).drivername == driver


def test_a_password_survives() -> None:
    assert parse_url("postgres://u:p%40ss@db/suizhen").password == "p@ss"


@pytest.mark.parametrize(
    "url", ["mysql://db/x", "secret-password", "", "oracle://db", "sqlite://", "sqlite:///:memory:"]
)
def test_others_are_refused_in_words_and_without_the_address(url: str) -> None:
    with pytest.raises(BadDatabaseUrl, match="DATABASE_URL") as refused:
        parse_url(url)
    assert "secret" not in str(refused.value)
