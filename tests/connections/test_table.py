"""The text of a table is what a person would write, and TOML reads the same from it."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from agilekit.connections.table import MEANINGS, ConnectionTable
from agilekit.services import SERVICES

# What TOML's texts hold; its reader does not tell CR LF from LF.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


def test_a_table_says_what_each_setting_is() -> None:
    settings: dict[str, str | int | bool] = {
        "account": "mycompany",
        "allow_http": True,
        "concurrency": 4,
    }
    table = ConnectionTable("work", "kanbantool", settings, "token", "env", "THE_TOKEN")
    assert (
        table.text()
        == """\
[connections.work]
service = "kanbantool"
account = "mycompany"  # the name before .kanbantool.com
allow_http = true
concurrency = 4
token = { env = "THE_TOKEN" }  # the API token of a user's profile
"""
    )


def test_every_setting_of_a_service_has_a_meaning() -> None:
    for service, meanings in MEANINGS.items():
        takes = SERVICES[service].settings
        assert meanings.keys() == {*takes.required, *takes.optional, *takes.secrets} - {"token_in"}
    assert MEANINGS.keys() == SERVICES.keys()


@given(TEXTS, TEXTS, TEXTS)
def test_every_text_is_read_as_it_was_given(name: str, account: str, secret: str) -> None:
    table = ConnectionTable(name, "kanbantool", {"account": account}, "token", "plain", secret)
    read = tomllib.loads(table.text())["connections"]
    assert read == {name: {"service": "kanbantool", "account": account, "token": secret}}
    assert secret not in repr(table) or secret in repr((name, account))
