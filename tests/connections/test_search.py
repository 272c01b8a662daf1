"""The file of connections is found where people put one, and only where nobody else can."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from agilekit import InvalidInput
from agilekit.connections import NoConnections, load, load_targets
from agilekit.connections.search import user_file
from tests.connections.files import connection
from tests.each import each

TOKEN = 'token = { env = "T" }'
ANOTHER = 4711  # a user


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder; the working folder is two below it."""
    home = tmp_path / "home"
    work = home / "projects" / "logbook"
    work.mkdir(parents=True)
    monkeypatch.chdir(work)
    monkeypatch.setenv("HOME", str(home))
    for name in ("AGILEKIT_CONNECTIONS", "XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.delenv(name, raising=False)
    return home


def written(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    connection(file, TOKEN)
    return file


def read() -> str:
    """Which file is read."""
    return load()["work"].file


def test_the_nearest_file_is_read_as_far_as_the_home_folder_and_then_the_users_own(
    home: Path,
) -> None:
    written(home.parent / "agilekit.toml")  # beyond the home folder: of nobody here
    with pytest.raises(NoConnections):
        load()
    for place in (
        home / ".config" / "agilekit" / "agilekit.toml",
        home / "agilekit.toml",
        home / "projects" / "agilekit.toml",
    ):
        assert str(written(place)) == read()
    written(Path("agilekit.toml"))
    assert read() == "agilekit.toml"


def test_outside_of_the_home_folder_every_folder_above_is_looked_at(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(home / "elsewhere"))
    assert str(written(home.parent / "agilekit.toml")) == read()


def test_what_is_named_is_read_and_nothing_else_is_looked_for(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(home / "agilekit.toml")
    monkeypatch.setenv("AGILEKIT_CONNECTIONS", str(written(home / "named.toml")))
    assert read() == str(home / "named.toml")
    assert load(home / "agilekit.toml")["work"].file == str(home / "agilekit.toml")
    monkeypatch.setenv("AGILEKIT_CONNECTIONS", "none.toml")
    with pytest.raises(NoConnections, match=r"no file of connections none\.toml\. `.* init`"):
        load()
    with pytest.raises(NoConnections, match=r"`.* init --connections 'no such\.toml'` writes one"):
        load("no such.toml")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the folder is another there")
def test_the_users_folder_for_settings_is_where_the_system_has_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "settings"))
    assert str(written(home / "settings/agilekit/agilekit.toml")) == read()
    monkeypatch.setenv("XDG_CONFIG_HOME", "settings")  # a relative one does not count
    assert str(written(home / ".config/agilekit/agilekit.toml")) == read()


@each(
    ("system", "variables", "found"),
    [
        ("linux", {}, ".config"),
        ("darwin", {}, "Library/Application Support"),
        ("win32", {}, "AppData/Roaming"),
        ("win32", {"APPDATA": "roaming"}, "roaming"),
        ("darwin", {"XDG_CONFIG_HOME": "settings"}, "settings"),
        ("win32", {"APPDATA": "roaming", "XDG_CONFIG_HOME": "settings"}, "settings"),
    ],
)
def test_each_system_has_its_folder_for_settings(
    system: str,
    variables: dict[str, str],
    found: str,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(sys, "platform", system)
        for name, folder in variables.items():
            patched.setenv(name, str(home / folder))
        assert user_file() == home / found / "agilekit" / "agilekit.toml"


def test_if_there_is_none_the_message_says_where_it_was_looked_for(home: Path) -> None:
    (home / "agilekit.toml").mkdir()  # a folder is no file
    Path("agilekit.toml").symlink_to("nowhere")
    with pytest.raises(NoConnections) as caught:
        load()
    assert str(caught.value).startswith(
        f"there is no file of connections: no agilekit.toml in {Path.cwd()}, or in a folder above "
        f"it up to {home}, and no {home}/.config/agilekit/agilekit.toml. "
        "`agilekit connections init` writes one"
    )


def test_without_a_working_folder_the_users_own_file_is_read(home: Path) -> None:
    Path.cwd().rmdir()
    with pytest.raises(NoConnections, match=f"connections: no {home}"):
        load()
    assert str(written(home / ".config/agilekit/agilekit.toml")) == read()


@pytest.fixture
def give_away(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Makes a file another user's."""

    def give_away(file: Path) -> None:
        if os.geteuid() == 0:
            os.chown(file, ANOTHER, -1, follow_symlinks=False)
        else:
            monkeypatch.setattr(os, "geteuid", lambda: ANOTHER)

    return give_away


@pytest.mark.skipif(sys.platform == "win32", reason="files have no owner of this kind")
def test_a_file_of_another_user_is_not_read_unless_it_is_named(
    home: Path, give_away: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(home / "agilekit.toml")
    give_away(file)
    for read_it in (load, load_targets):
        with pytest.raises(InvalidInput) as caught:
            read_it()
        assert str(caught.value) == (
            f"{file} belongs to another user, who could have your secrets sent elsewhere: name it "
            "by AGILEKIT_CONNECTIONS, or by --connections of a command, if you trust it"
        )
    assert "work" in load(file)
    monkeypatch.setenv("AGILEKIT_CONNECTIONS", str(file))
    assert "work" in load()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
def test_a_link_of_another_user_to_an_own_file_is_not_followed(
    home: Path, give_away: Callable[[Path], None]
) -> None:
    link = home / "agilekit.toml"
    link.symlink_to(written(home / "other.toml"))
    assert read() == str(link)
    give_away(link)
    with pytest.raises(InvalidInput, match="belongs to another user"):
        load()


@pytest.mark.skipif(sys.platform == "win32", reason="files have no such mode")
def test_a_file_that_others_may_write_is_not_read_unless_it_is_named(home: Path) -> None:
    file = written(home / "agilekit.toml")
    for mode, is_read in ((0o646, False), (0o602, False), (0o644, True), (0o600, True)):
        file.chmod(mode)
        if is_read:
            assert "work" in load()
            continue
        with pytest.raises(InvalidInput, match=f"^other users may write {re.escape(str(file))}"):
            load()
        assert "work" in load(file)


@pytest.mark.skipif(sys.platform == "win32", reason="files have no such mode")
def test_a_group_may_write_it_if_it_is_only_the_users(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import grp
    import pwd

    file = written(home / "agilekit.toml")
    file.chmod(0o664)
    user = pwd.getpwuid(file.stat().st_uid).pw_name
    for name, members, is_read in (
        (user, [], True),
        (user, [user], True),
        (user, ["eve"], False),
        ("staff", [], False),
        (None, [], False),
    ):

        def group(number: int, name: str | None = name, members: list[str] = members) -> object:
            if name is None:
                raise KeyError(number)
            return grp.struct_group((name, "x", number, members))

        monkeypatch.setattr(grp, "getgrgid", group)
        if is_read:
            assert "work" in load()
        else:
            with pytest.raises(InvalidInput, match="other users may write"):
                load()


def test_what_a_found_file_names_begins_at_its_folder(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = home / "agilekit.toml"
    connection(file, 'token = { file = "the.token" }', '[targets.daily]\nto = "daily.sqlite"')
    file.write_text('include = ["teams/*.toml"]\n' + file.read_text(encoding="utf-8"))
    (home / "the.token").write_text("s3cret-of-nobody", encoding="utf-8")
    (home / "teams").mkdir()
    connection(home / "teams" / "one.toml", TOKEN)
    (home / "teams" / "one.toml").write_text(
        '[connections.one]\nservice = "flow"\nboard = "b"\nkey = { env = "T" }\n', encoding="utf-8"
    )
    assert [*load()] == ["work", "one"]
    load()["work"].client()
    assert load_targets()["daily"].to == str(home / "daily.sqlite")


@each(
    ("to", "found"),
    [
        ("daily.sqlite", "there/daily.sqlite"),
        ("/var/daily.sqlite", "/var/daily.sqlite"),
        ("s3://bucket/daily", "s3://bucket/daily"),
        ("file:///var/daily", "file:///var/daily"),
    ],
)
def test_the_path_of_a_target_begins_at_the_folder_of_its_file(
    to: str, found: str, home: Path
) -> None:
    file = home / "projects" / "logbook" / "there" / "agilekit.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(f'[targets.daily]\nto = "{to}"\n', encoding="utf-8")
    assert load_targets("there/agilekit.toml")["daily"].to == found
