"""Where the secrets of connections are, and that no message shows them."""

from __future__ import annotations

import random
import traceback
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from agilekit import InvalidInput, KanbanTool
from agilekit.connections import load
from tests.connections.files import SECRET, WHOLE, connection


def test_a_secret_is_shown_nowhere(file: Path) -> None:
    file.write_text(WHOLE, encoding="utf-8")
    assert SECRET not in repr(load(file))


@pytest.mark.parametrize("source", ["env", "file"])
def test_a_secret_is_looked_up_when_the_client_is_made(
    source: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection(file, f'token = {{ {source} = "THE_TOKEN" }}')
    found = load(file)["work"]
    with pytest.raises(
        InvalidInput, match=r"connection work: token: the (variable|file) THE_TOKEN"
    ):
        found.client()
    if source == "env":
        monkeypatch.setenv("THE_TOKEN", SECRET)
    else:
        (file.parent / "THE_TOKEN").write_text(f"{SECRET}\n", encoding="utf-8")
    assert isinstance(found.client(), KanbanTool)


class Keys(KeyringBackend):
    """A keyring with one entry."""

    priority = 1  # pyright: ignore[reportAssignmentType] - as keyring's own backends have it

    def get_password(self, service: str, username: str) -> str | None:
        if service == "locked":
            raise KeyringLocked("it is locked")
        return SECRET if (service, username) == ("agilekit", "work") else None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def delete_password(self, service: str, username: str) -> None:
        raise NotImplementedError


@pytest.fixture
def keys() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(Keys())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(before)


@pytest.mark.usefixtures("keys")
def test_a_secret_may_be_in_the_keyring(file: Path) -> None:
    connection(file, 'token = { keyring = "agilekit/work" }')
    assert isinstance(load(file)["work"].client(), KanbanTool)
    for entry, message in [
        ("agilekit/other", "is not set, or empty"),
        ("agilekit", 'is written "SERVICE/USER"'),
        ("locked/work", "cannot be read: it is locked"),
    ]:
        connection(file, f'token = {{ keyring = "{entry}" }}')
        with pytest.raises(InvalidInput, match=message):
            load(file)["work"].client()


def test_without_keyring_the_extra_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connection(file, 'token = { keyring = "agilekit/work" }')
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    with pytest.raises(InvalidInput, match=r"pip install 'agilekit\[keyring\]'"):
        load(file)["work"].client()


def test_a_secret_in_the_file_is_refused_and_not_repeated(file: Path) -> None:
    connection(file, f'token = "{SECRET}"')
    with pytest.raises(InvalidInput, match="token stands in the file itself") as caught:
        load(file)
    assert SECRET not in str(caught.value)
    for how in ("env = ", "file = ", "keyring = ", "secrets_in_this_file = true"):
        assert how in str(caught.value)


NAMES = ("KANBAN_TOKEN", "TOKEN", "AGILEKIT_FLYINGDONUT_SECRET", "MY_TOKEN2", "kanban_key")


RANDOM = random.Random(7)


PASTED = (
    "B0A2D5F7C1E94E7A86B3C2D1",
    "68300163a5d8b2d71d60fff19f056ab3",
    "5c1d5a9e7b2f48600e31",
    "abcdefabcdefabcdef",
    "ABCDEFGHIJKLMNOPQRST",
    "1234567890",
    "a_b0c1d2e3f4",
    *(f"x{RANDOM.randbytes(16).hex()}" for _ in range(20)),
    *(b64encode(RANDOM.randbytes(18), b"__").decode() for _ in range(20)),
    *(b64encode(RANDOM.randbytes(18)).decode() for _ in range(20)),
)


@pytest.mark.parametrize("source", ["env", "file", "keyring"])
def test_a_name_is_shown_only_if_it_is_made_of_words(source: str, file: Path, keys: None) -> None:
    for name in NAMES:
        if source != "keyring":
            assert f" {name} " in refused(file, source, name)
    for token in PASTED:
        assert token not in refused(file, source, token)


def refused(file: Path, source: str, name: str) -> str:
    """All that may be seen of what is refused: the errors that led to it, and every `repr`."""
    connection(file, f'token = {{ {source} = "{name}" }}')
    told = ""
    with pytest.raises(InvalidInput) as caught:  # noqa: PT012 - either may raise
        found = load(file)["work"]
        told = repr(found) + str(found)
        found.client()
    error: BaseException | None = caught.value
    while error is not None:
        told += "".join(traceback.format_exception_only(error)) + repr(error)
        error = error.__cause__ or error.__context__
    return told


def test_a_file_in_the_home_of_an_unknown_user_is_named(file: Path) -> None:
    connection(file, 'token = { file = "~nobody-by-this-name/token" }')
    with pytest.raises(InvalidInput, match="is in nobody's home"):
        load(file)["work"].client()
