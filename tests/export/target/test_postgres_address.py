"""Which schema a URL of PostgreSQL means, and that no part of it that may be secret is said."""

from __future__ import annotations

import pytest

from agilekit import InvalidInput
from agilekit.export.target.postgres_address import PostgresAddress
from tests.each import each

SECRET = "hunter2"


@each(
    ("url", "path", "schema"),
    [
        ("postgresql://u@h/db", "postgresql://u@h/db?schema=agilekit", "agilekit"),
        ("postgres://h/db?schema=a", "postgresql://h/db?schema=a", "a"),
        ("postgresql:///db", "postgresql:///db?schema=agilekit", "agilekit"),
        (f"postgresql://u:{SECRET}@h:1/db", "postgresql://u@h:1/db?schema=agilekit", "agilekit"),
        (f"postgresql://u:{SECRET}?#:@h/db?schema=x", "postgresql://u@h/db?schema=x", "x"),
        (f"postgresql://h/db?password={SECRET}", "postgresql://h/db?schema=agilekit", "agilekit"),
        (
            "postgresql://u@%2Ftmp%2Fx/db",
            "postgresql://u@%2Ftmp%2Fx/db?schema=agilekit",
            "agilekit",
        ),
        ("postgresql://[::1]:5/db?schema=a%22b", "postgresql://[::1]:5/db?schema=a%22b", 'a"b'),
        ("postgresql://h1:1,h2:2/db", "postgresql://h1:1,h2:2/db?schema=agilekit", "agilekit"),
    ],
)
def test_a_url_means_a_schema_and_is_shown_without_what_may_be_secret(
    url: str, path: str, schema: str
) -> None:
    address = PostgresAddress.parse(url)
    assert (address.path, address.schema) == (path, schema)
    assert (SECRET in address.conninfo) == (SECRET in url)
    assert SECRET not in repr(address)
    assert PostgresAddress.parse(path).path == path


@each(
    ("url", "said"),
    [
        (f"postgresql://u:{SECRET}/@h/db", "%40"),
        (f"postgresql://u:12/{SECRET}@h/db", "%40"),
        (f"postgresql://u:@{SECRET}@h/db", "%40"),
        (f"postgresql://u:%zz{SECRET}@h/db", "%25"),
        (f"postgresql://u:{SECRET}/db", "the port is not a number"),
        (f"postgresql://u:{SECRET}@h/db?schem=a", "did you mean 'schema'"),
        (f"postgresql://h/db?{SECRET}=a", "unknown parameter"),
        (f"postgresql://u:{SECRET}@h/db?schema=pg_x", "the server's own"),
        (f"postgresql://u:{SECRET}@h/db?schema=%24user", "the server's own"),
        (f"postgresql://u:{SECRET}@h/db?schema=", "one name"),
        (f"postgresql://u:{SECRET}@h/db?schema=a&schema=b", "one name"),
        (f"postgresql://u:{SECRET}@h/db?schema={'x' * 64}", "at most 63 bytes"),
    ],
)
def test_a_url_that_cannot_be_right_is_not_repeated(url: str, said: str) -> None:
    with pytest.raises(InvalidInput, match="postgresql://user@host") as raised:
        PostgresAddress.parse(url)
    assert said in str(raised.value)
    error: BaseException | None = raised.value
    while error is not None:
        assert SECRET not in str(error)
        error = error.__cause__ or error.__context__


def test_a_server_that_does_not_answer_is_given_up_unless_something_else_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PGCONNECT_TIMEOUT", raising=False)
    assert "connect_timeout=10" in PostgresAddress.parse("postgresql://h/db").conninfo
    own = PostgresAddress.parse("postgresql://h/db?connect_timeout=3").conninfo
    assert "connect_timeout=3" in own
    monkeypatch.setenv("PGCONNECT_TIMEOUT", "5")
    assert "connect_timeout" not in PostgresAddress.parse("postgresql://h/db").conninfo
