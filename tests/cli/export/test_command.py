"""``agilekit export``"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import dask.config
import pytest
from click.testing import CliRunner

from agilekit.cli.commands import commands
from agilekit.sandbox import Faults
from tests.cli.served import Served
from tests.on_dask.clusters import processes
from tests.postgres_server import PostgresServer


def titles_in(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        return {title for (title,) in connection.execute("SELECT title FROM cards")}


def test_a_connection_goes_to_sqlite(served: Served, tmp_path: Path) -> None:
    to = tmp_path / "backup.sqlite"
    result = served.run("export", "donut", "--to", to)
    assert (result.exit_code, result.stdout.count("\n")) == (0, 1), result.output
    assert f"1 of 1 projects exported to {to}: " in result.stdout
    assert "donut: Lighthouse Logbook: done" in result.stderr
    assert {"Night mode", "Fog horn schedule"} <= titles_in(to)


def test_all_connections_of_the_file_are_exported(served: Served, tmp_path: Path) -> None:
    to = tmp_path / "backup.sqlite"
    result = served.run("export", "--to", to)
    assert result.exit_code == 0, result.output
    with closing(sqlite3.connect(to)) as database:
        found = {service for (service,) in database.execute("SELECT service FROM projects")}
    assert found == {"flyingdonut", "flow", "easybacklog", "kanbantool"}
    again = served.run("export", "--verify", to)
    assert again.exit_code == 0, again.output
    assert "all as written" in again.stdout


def test_a_url_of_postgresql_is_a_schema_of_it(
    served: Served, postgres: PostgresServer, tmp_path: Path
) -> None:
    url = postgres.new_schema()
    result = served.run("export", "donut", "--to", url)
    assert (result.exit_code, result.stdout.count("\n")) == (0, 1), result.output
    assert f"1 of 1 projects exported to {url}: " in result.stdout
    again = served.run("export", "--verify", url)
    assert "all as written" in again.stdout, again.output
    report = served.run("report", url)
    assert "reports are made of exports as SQLite: agilekit export --to" in report.stderr


def test_a_target_may_be_named_in_the_file_of_connections(
    served: Served, postgres: PostgresServer
) -> None:
    url = postgres.new_schema()
    with served.file.open("a", encoding="utf-8") as stream:
        password = '{ env = "WAREHOUSE_PASSWORD" }'
        stream.write(f'[targets.warehouse]\nto = "{url}"\npassword = {password}\n')
    secret = {"WAREHOUSE_PASSWORD": "hunter2"}
    result = served.run("export", "donut", "--to", "warehouse", **secret)
    assert f"1 of 1 projects exported to {url}: " in result.stdout, result.output
    again = served.run("export", "--verify", "warehouse", "--json", **secret)
    assert again.exit_code == 0, again.output
    plainly = served.run("export", "--verify", "warehouse", **secret)
    assert plainly.stdout.startswith(f"{url}: 1 projects, "), plainly.output
    assert "hunter2" not in result.output + again.output + plainly.output
    missing = served.run("export", "donut", "--to", "warehouse")
    assert "targets.warehouse: password: the variable WAREHOUSE_PASSWORD" in missing.stderr


def test_what_is_nearly_the_name_of_a_target_makes_no_folder(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with served.file.open("a", encoding="utf-8") as stream:
        stream.write('[targets.warehouse]\nto = "warehouse.sqlite"\n')
    result = served.run("export", "donut", "--to", "warehose")
    assert "no target is called 'warehose'; did you mean 'warehouse'?" in result.stderr
    assert "A folder of this name is ./warehose" in result.stderr
    assert not Path("warehose").exists()
    Path("warehose").mkdir()
    assert served.run("export", "donut", "--to", "warehose").exit_code == 0
    assert served.run("export", "donut", "--to", "backup").exit_code == 0


@pytest.mark.slow
def test_workers_look_the_password_of_a_named_target_up(
    served: Served, postgres: PostgresServer
) -> None:
    url = postgres.new_schema()
    with served.file.open("a", encoding="utf-8") as stream:
        stream.write(f'[targets.warehouse]\nto = "{url}"\npassword = {{ env = "PW" }}\n')
    arguments = ("export", "donut", "--to", "warehouse", "--workers", "2")
    result = served.run(*arguments, PW="hunter2")
    assert f"1 of 1 projects exported to {url}: " in result.stdout, result.output
    assert "hunter2" not in result.output


def test_a_service_stands_for_its_variables(served: Served, tmp_path: Path) -> None:
    to = tmp_path / "backup"
    donut = served.sandbox.flyingdonut
    result = served.run(
        "export",
        "flyingdonut",
        "--to",
        to,
        AGILEKIT_FLYINGDONUT_PROJECT=donut.project_id,
        AGILEKIT_FLYINGDONUT_SECRET=donut.secret,
        AGILEKIT_FLYINGDONUT_BASE_URL=f"{served.url}{donut.base_path}",
        AGILEKIT_CONNECTIONS="no/such/file",
    )
    assert result.exit_code == 0, result.output
    lines = (to / "cards.jsonl").read_text(encoding="utf-8").splitlines()
    assert "Night mode" in {json.loads(line)["title"] for line in lines}


def test_a_terminal_sees_how_far_it_is(served: Served, tmp_path: Path) -> None:
    served.sandbox.faults = Faults(latency=0.05)
    result = served.run("export", "donut", "--to", tmp_path / "x.db", FORCE_COLOR="1")
    assert result.exit_code == 0, result.output
    assert "projects" in result.stderr
    assert "1/1" in result.stderr


def test_quiet_prints_nothing_if_all_went_well(served: Served, tmp_path: Path) -> None:
    result = served.run("export", "donut", "--to", tmp_path / "x.db", "--quiet")
    assert (result.exit_code, result.output) == (0, "")


def test_json_is_the_whole_report(served: Served, tmp_path: Path) -> None:
    served.add("gone", "flyingdonut", "secret", project="5" * 24)
    result = served.run("export", "donut", "gone", "--to", tmp_path / "x.db", "--json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert (report["exported"], report["skipped"], report["failed"]) == (1, 0, 1)
    donut, gone = report["projects"]
    assert (donut["connection"], donut["title"]) == ("donut", "Lighthouse Logbook")
    assert donut["rows"]["cards"] == report["rows"]["cards"] == 15
    assert gone["error"].startswith("Forbidden: ")


def test_what_fails_is_one_line_that_names_the_connection(served: Served, tmp_path: Path) -> None:
    served.add("down", "flyingdonut", "secret", base_url="http://127.0.0.1:9/api", project="1" * 24)
    result = served.run(
        "export", "donut", "down", "--to", tmp_path / "x.db", "--quiet", DONUT_SECRET="wrong" * 4
    )
    assert result.exit_code == 1
    wrong, down = result.stderr.splitlines()
    assert wrong.startswith("Error: donut: ")
    assert "403" in wrong
    assert down.startswith("Error: down: ")
    assert "not sent" in down


def test_text_of_a_server_cannot_steer_the_terminal(served: Served, tmp_path: Path) -> None:
    donut = served.sandbox.flyingdonut
    donut.projects[donut.project_id].title.change("\x1b[2JLighthouse\n[red]")
    result = served.run("export", "donut", "--to", tmp_path / "x.db")
    assert "[2JLighthouse [red]: done" in result.stderr
    assert "\x1b" not in result.output


@pytest.mark.slow
def test_it_exports_through_faults(served: Served, tmp_path: Path) -> None:
    served.sandbox.faults = Faults(rate_limited=0.2, retry_after=0.01, drop_after=0.1, seed=3)
    to = tmp_path / "backup.sqlite"
    assert served.run("export", "donut", "--to", to).exit_code == 0
    assert "Night mode" in titles_in(to)


def test_changed_only_leaves_what_is_unchanged(served: Served, tmp_path: Path) -> None:
    to = tmp_path / "backup.sqlite"
    served.run("export", "donut", "--to", to)
    result = served.run("export", "donut", "--to", to, "--changed-only")
    assert "0 of 1 projects exported" in result.stdout
    assert "1 left as they were" in result.stdout
    assert served.run("export", "donut", "--to", to, "--fresh").stdout.startswith("1 of 1")


@pytest.mark.parametrize("format", ["jsonl", "jsonl.zst", "parquet", "csv", "duckdb", "sqlite"])
def test_every_format_can_be_asked_for_and_verified(
    format: str, served: Served, tmp_path: Path
) -> None:
    to = tmp_path / "x"
    result = served.run("export", "donut", "--to", to, "--format", format)
    assert result.exit_code == 0, result.output
    result = served.run("export", "--verify", to, "--format", format, "--json")
    assert json.loads(result.stdout)["ok"] is True


def test_only_the_chosen_tables_are_written(served: Served, tmp_path: Path) -> None:
    to = tmp_path / "x"
    result = served.run("export", "donut", "--to", to, "--tables", "cards, people", "--json")
    assert result.exit_code == 0, result.output
    assert {*json.loads(result.stdout)["rows"]} == {"projects", "cards", "people"}
    assert (to / "tasks.jsonl").read_bytes() == b""


def test_what_differs_from_the_manifest_is_exit_code_1(served: Served, tmp_path: Path) -> None:
    to = tmp_path / "x.db"
    served.run("export", "donut", "--to", to)
    with closing(sqlite3.connect(to)) as database:
        database.execute("UPDATE cards SET title = 'x' WHERE number = 1")
        database.commit()
    result = served.run("export", "--verify", to)
    assert result.exit_code == 1
    assert "the rows of cards are not those that were written" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "--to PATH is needed"),
        (["donut", "--verify", "x"], "--verify takes one PATH"),
        (["nobody", "--to", "x.db"], "agilekit.toml has: donut, board, stories"),
        (["donut", "--to", "x.db", "--concurrency", "0"], "concurrency"),
        (["donut", "--to", "no/such/folder/x.db"], "there is no folder"),
        (["--verify", "missing.db"], "there is no file"),
        (["nobody", "--to", "x.xml"], "no format ends in .xml. It may end in .csv, .db, .duckdb"),
        (["--connections", "no.toml", "--to", "x.db"], "no file of connections no.toml"),
        (["nobody", "--to", "x.db", "--tables", "card"], "not 'card'; did you mean 'cards'?"),
        (["donut", "--to", "x.db", "--format", "xml"], "'xml' is not one of"),
    ],
)
def test_a_wrong_argument_is_exit_code_2(
    served: Served,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    reason: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = served.run("export", *arguments)
    assert result.exit_code == 2
    assert reason in result.stderr
    assert "Traceback" not in result.stderr
    assert served.sandbox.count() == 0


def test_a_secret_that_is_not_set_names_the_connection(served: Served, tmp_path: Path) -> None:
    result = served.run("export", "donut", "--to", tmp_path / "x.db", DONUT_SECRET=None)
    assert result.exit_code == 2
    assert "connection donut: secret: the variable DONUT_SECRET is not set" in result.stderr
    assert not (tmp_path / "x.db").exists()


def test_the_help_tells_of_every_option() -> None:
    result = CliRunner().invoke(commands, ["export", "--help"])
    for option in ("--to", "--format", "--verify", "--changed-only", "--fresh", "--json"):
        assert option in result.output


def cut_off(database: Path) -> None:
    """As if its run had begun on that day, and had not come to its end."""
    started_at = "2026-03-02T09:00:00.000000Z"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE runs SET started_at = ?, finished_at = NULL", (started_at,))
        connection.commit()


def test_a_run_that_continues_says_which(served: Served, tmp_path: Path) -> None:
    to = tmp_path / "backup.sqlite"
    assert served.run("export", "donut", "--to", to).exit_code == 0
    cut_off(to)
    result = served.run("export", "donut", "--to", to, "--json")
    assert json.loads(result.stdout)["continued"] == "2026-03-02T09:00:00+00:00"
    cut_off(to)
    result = served.run("export", "donut", "--to", to)
    assert result.stderr.splitlines()[0] == "Continuing the run of 2026-03-02 09:00 UTC."
    assert "continuing the run of 2026-03-02 09:00 UTC" in result.stdout
    result = served.run("export", "donut", "--to", to, "--json")
    assert json.loads(result.stdout)["continued"] is None


def test_a_cluster_of_dask_is_asked_by_its_address(served: Served, tmp_path: Path) -> None:
    to = tmp_path / "x.sqlite"
    with dask.config.set({"distributed.comm.timeouts.connect": "0.1s"}):
        result = served.run("export", "donut", "--to", to, "--dask", "tcp://127.0.0.1:9")
    assert result.exit_code == 1
    assert "no scheduler of Dask answers at tcp://127.0.0.1:9" in result.output
    result = served.run("export", "donut", "--to", to, "--dask", "tcp://x:1", "--workers", "2")
    assert result.exit_code == 2
    assert "take one" in result.output


@pytest.mark.slow
def test_a_cluster_of_dask_looks_the_secrets_up_that_are_not_here(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = tmp_path / "x.sqlite"
    for name, secret in served.secrets.items():
        monkeypatch.setenv(name, secret)
    not_here = dict.fromkeys(served.secrets)
    with processes() as cluster:
        command = ("export", "donut", "work", "--to", to, "--dask", cluster.address, "--json")
        result = served.run(*command, **not_here)
    assert result.exit_code == 0, result.output
    names = [one["connection"] for one in json.loads(result.stdout)["projects"]]
    assert (names[0], {*names}) == ("donut", {"donut", "work"})
    assert served.run("export", "--verify", to).exit_code == 0


def done_columns(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT title FROM columns WHERE is_done = 1 AND kind = 'stage'")
        return {title for (title,) in rows}


def test_what_the_file_says_is_done_is_done_in_export_and_report(
    served: Served, tmp_path: Path
) -> None:
    own, named = tmp_path / "own.sqlite", tmp_path / "named.sqlite"
    assert served.run("export", "work", "--to", own).exit_code == 0
    before = served.run("report", "--connection", "work", "--text")
    (served.file).write_text(
        served.file.read_text(encoding="utf-8").replace(
            'service = "kanbantool"', 'service = "kanbantool"\ndone = [" to DO"]'
        ),
        encoding="utf-8",
    )
    for connections in (["work"], []):
        assert served.run("export", *connections, "--to", named).exit_code == 0
        assert done_columns(named) == {"To do"} != done_columns(own)
        named.unlink()
    after = served.run("report", "--connection", "work", "--text")
    assert (before.exit_code, after.exit_code) == (0, 0), after.output
    assert before.stdout != after.stdout


def test_a_run_of_monday_that_continues_on_tuesday_leaves_nothing_stale(
    served: Served, tmp_path: Path
) -> None:
    to = tmp_path / "backup.sqlite"
    assert served.run("export", "donut", "board", "--to", to).exit_code == 0
    cut_off(to)
    with closing(sqlite3.connect(to)) as connection:
        connection.execute("UPDATE manifest SET finished_at = '2026-03-02T09:01:00.000000Z'")
        connection.commit()
    flow = served.sandbox.flow
    flow.add_task(next(iter(flow.projects.values())), "Tuesday in flow")
    result = served.run("export", "donut", "board", "--to", to)
    assert result.exit_code == 0, result.output
    assert result.stderr.splitlines()[0] == "Continuing the run of 2026-03-02 09:00 UTC."
    assert "donut: Lighthouse Logbook: skipped" in result.stderr  # its lists prove it
    assert "Tuesday in flow" in titles_in(to)


@pytest.mark.slow
def test_workers_export_the_connections_of_the_file(served: Served, tmp_path: Path) -> None:
    to = tmp_path / "x.sqlite"
    result = served.run("export", "donut", "work", "--to", to, "--workers", "2", "--json")
    assert result.exit_code == 0, result.output
    names = [one["connection"] for one in json.loads(result.stdout)["projects"]]
    assert (names[0], {*names}) == ("donut", {"donut", "work"})
    assert served.run("export", "--verify", to).exit_code == 0
    result = served.run("export", "flow", "--to", to, "--workers", "2")
    assert result.exit_code == 2
    assert "flow stands for variables" in result.output


def test_only_some_connections_are_exported_by_names_and_patterns(
    served: Served, tmp_path: Path
) -> None:
    to = tmp_path / "x.sqlite"
    result = served.run("export", "--only", "wor*, donut", "--to", to, "--json")
    assert result.exit_code == 0, result.output
    names = [one["connection"] for one in json.loads(result.stdout)["projects"]]
    assert {*names} == {"donut", "work"}
    result = served.run("export", "--only", "donat", "--to", to)
    assert result.exit_code == 2
    assert "agilekit.toml has: donut, board, stories, work" in result.stderr
    assert "did you mean 'donut'?" in result.stderr
    result = served.run("export", "donut", "--only", "work", "--to", to)
    assert result.exit_code == 2
    assert "not both" in result.stderr


def test_what_was_only_looked_at_leaves_nothing_behind(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = {*tmp_path.iterdir()}
    result = served.run("export", "nobody", "--to", "memory://x.sqlite")
    assert result.exit_code == 2, result.output
    assert {*tmp_path.iterdir()} == before
