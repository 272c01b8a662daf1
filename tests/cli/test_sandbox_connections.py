"""``agilekit sandbox --write-connections``: commands in another terminal find the sandbox."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from agilekit import InvalidInput
from agilekit.cli.commands import commands
from agilekit.cli.sandbox_banner import banner
from agilekit.cli.sandbox_connections import connections_written
from agilekit.connections import load
from agilekit.export import verify
from agilekit.sandbox import Sandbox
from agilekit.services import SERVICES
from tests.cli.served import Served


def test_commands_in_its_folder_use_it_at_once(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.delenv("AGILEKIT_CONNECTIONS", raising=False)
    file = Path("agilekit.toml")
    with connections_written(file, served.sandbox, served.url):
        assert {one.service for one in load().values()} == {*SERVICES}
        assert sys.platform == "win32" or file.stat().st_mode & 0o777 == 0o600
        result = CliRunner().invoke(commands, ["list", "--connection", "sandbox-kanbantool"])
        assert (result.exit_code, "Lighthouse upkeep" in result.stdout) == (0, True)
        result = CliRunner().invoke(commands, ["export", "--to", "backup.sqlite", "--quiet"])
        assert (result.exit_code, result.output) == (0, "")
    assert verify("backup.sqlite").ok
    assert not file.exists()


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "agilekit.toml"
    file.write_text("mine", encoding="utf-8")
    result = CliRunner().invoke(commands, ["sandbox", "--write-connections", str(file)])
    assert result.exit_code == 2
    assert f"--write-connections {file}: this file is there already" in result.stderr
    with (
        pytest.raises(InvalidInput, match="File exists"),
        connections_written(file, Sandbox("empty"), "http://127.0.0.1:9"),
    ):
        pass
    assert file.read_text(encoding="utf-8") == "mine"


def test_what_somebody_has_changed_since_then_stays(tmp_path: Path) -> None:
    file = tmp_path / "agilekit.toml"
    with connections_written(file, Sandbox("empty"), "http://127.0.0.1:9"), file.open("a") as text:
        text.write("# mine\n")
    assert file.read_text(encoding="utf-8").endswith("# mine\n")
    file.unlink()
    with connections_written(file, Sandbox("empty"), "http://127.0.0.1:9"):
        file.unlink()


def test_beyond_this_machine_the_file_allows_plain_http(tmp_path: Path) -> None:
    file = tmp_path / "agilekit.toml"
    with connections_written(file, Sandbox("empty"), "http://192.0.2.7:8811"):
        for one in load(file).values():
            assert one.client().base_url.startswith("http://192.0.2.7:8811/")
    with connections_written(file, Sandbox("empty"), "http://0.0.0.0:8811"):
        for one in load(file).values():
            assert one.client().base_url.startswith("http://127.0.0.1:8811/")
            assert "allow_http" not in one.settings


def test_the_banner_names_the_file_where_commands_need_to_be_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    there = banner(Sandbox("empty"), "http://127.0.0.1:8811", Path("agilekit.toml"))
    assert "\nagilekit list --connection sandbox-kanbantool\n" in there
    other = banner(Sandbox("empty"), "http://127.0.0.1:8811", Path("my file.toml"))
    assert "\nagilekit export --connections 'my file.toml' --to backup.sqlite\n" in other
    assert max(map(len, f"{there}\n{other}".splitlines())) <= 80
