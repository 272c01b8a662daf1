"""Targets of exports by name: where they are, and where their password is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agilekit import InvalidInput
from agilekit.connections import NoConnections, load, load_targets
from tests.connections.files import SECRET, WHOLE
from tests.each import each

DATABASE = """
[targets.warehouse]
to = "postgresql://agile@db.example.com/agile?schema=a"
password = { env = "WAREHOUSE_PASSWORD" }

[targets.folder]
to = "backups/daily"
"""


def test_a_target_has_its_password_only_when_it_is_asked_for(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(DATABASE + WHOLE.replace("secrets_in_this_file = true", ""), encoding="utf-8")
    monkeypatch.delenv("WAREHOUSE_PASSWORD", raising=False)
    targets = load_targets(file)
    warehouse, folder = targets.values()
    assert (warehouse.to, folder.with_password()) == (
        "postgresql://agile@db.example.com/agile?schema=a",
        str(file.parent / "backups/daily"),
    )
    missing = f"{file}: targets.warehouse: password: the variable WAREHOUSE_PASSWORD is not set"
    with pytest.raises(InvalidInput, match=re.escape(missing)):
        warehouse.with_password()
    monkeypatch.setenv("WAREHOUSE_PASSWORD", "a/b@c&d")
    assert warehouse.with_password() == f"{warehouse.to}&password=a%2Fb%40c%26d"
    assert "a/b" not in repr(warehouse)


def test_connections_and_targets_stand_in_one_file_and_either_may_be_missing(file: Path) -> None:
    file.write_text(WHOLE, encoding="utf-8")
    assert load_targets(file) == {}
    file.write_text(f"{WHOLE}\n{DATABASE}", encoding="utf-8")
    assert [*load(file)] == ["donut", "board", "stories", "work"]
    assert [*load_targets(file)] == ["warehouse", "folder"]
    file.write_text(DATABASE, encoding="utf-8")
    assert [*load_targets(file)] == ["warehouse", "folder"]
    with pytest.raises(NoConnections):
        load(file)
    with pytest.raises(NoConnections):
        load_targets(file.with_name("missing.toml"))


@each(
    ("content", "message"),
    [
        ("targets = 1", "targets must be a table"),
        ("[targets]\na = 1", "targets.a must be a table"),
        ("[targets.a]", "targets.a: to must be the path"),
        ("[targets.a]\nto = 1", "targets.a: to must be the path"),
        ("[targets.a]\nto = 'x'\npasword = 1", "unknown key pasword; did you mean 'password'"),
        ("[targets.a]\nto = 'x'\npassword = { env = 'P' }", "password is for postgresql://"),
        (f"[targets.a]\nto = 'postgresql://u:{SECRET}@h/db'", "to holds a password"),
        (f"[targets.a]\nto = 'postgresql://u:{SECRET}@h/db'", "password = { env"),
        (f"[targets.a]\nto = 'sftp://u:{SECRET}@h/x'", "the configuration of fsspec"),
        (f"[targets.a]\nto = 'postgresql://h/db?password={SECRET}'", "to holds a password"),
        (f"[targets.a]\nto = 'postgresql://h/db?sslpassword={SECRET}'", "to holds a password"),
        (f"[targets.a]\nto = 'postgresql://h'\npassword = '{SECRET}'", "stands in the file itself"),
        ("[tragets.a]", "unknown key at the top: tragets; did you mean 'targets'"),
    ],
)
def test_what_cannot_be_right_is_named_and_no_secret_repeated(
    content: str, message: str, tmp_path: Path
) -> None:
    file = tmp_path / "agilekit.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput, match=re.escape(message)) as raised:
        load_targets(file)
    assert str(raised.value).startswith(str(file))
    assert SECRET not in str(raised.value)
