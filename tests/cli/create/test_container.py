"""``--into``: a container by its name, and the journal that stays with the first one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result

from agilekit.bulk.journal import Snapshot
from agilekit.services import SERVICES
from tests.cli.served import Served

INTO = [
    ("writer", "cards", " someDAY ", "title"),
    ("writer", "tasks", "Default/Night mode", "title"),
    ("board", "tasks", "Old Pier", "task_text,task_type_id"),
    ("stories", "stories", "Lamp", "as_a"),
    ("stories", "criteria", "Lamp/dim it by daylight", "criterion"),
    ("stories", "themes", "Fog horn", "name"),
    (
        "stories",
        "sprints",
        "Lighthouse keepers/Lighthouse logbook",
        "start_on,duration_days,explicit_velocity",
    ),
    ("stories", "sprint-stories", "Lighthouse logbook/Sprint 2", "story_id"),
    ("stories", "backlogs", "lighthouse keepers", "name"),
    ("stories", "companies", "lighthouse keepers", "name"),
    ("work", "tasks", "Visitors' day", "name"),
    ("work", "subtasks", "Visitors' day/Tea and cake", "name"),
    ("work", "comments", "11662/Tea and cake", "content"),
]
CELLS = {
    "task_text,task_type_id": "New,7",
    "start_on,duration_days,explicit_velocity": "2027-09-06,5,3",
    "story_id": "3170",
}


@pytest.fixture
def served(served: Served) -> Served:
    """With a connection that may write to Flying Donut."""
    donut = served.sandbox.flyingdonut
    served.add("writer", "flyingdonut", "secret", project=donut.project_id, username=donut.username)
    return served


def test_every_kind_that_lies_in_something_is_tried_by_name() -> None:
    services = {"writer": "flyingdonut", "board": "flow", "stories": "easybacklog"}
    tried = {(services.get(name, "kanbantool"), kind) for name, kind, _, _ in INTO}
    assert tried == {
        (name, kind)
        for name, service in SERVICES.items()
        for kind, one in service.kinds.items()
        if one.spec.container
    }


@pytest.mark.quick(4)
@pytest.mark.parametrize(("name", "kind", "into", "header"), INTO)
def test_every_kind_is_created_in_a_container_by_its_name(
    served: Served, tmp_path: Path, name: str, kind: str, into: str, header: str
) -> None:
    file = tmp_path / f"{name}-{kind}.csv"
    file.write_text(f"{header}\n{CELLS.get(header, 'New')}\n", encoding="utf-8")
    arguments = ("create", file, "--to", name, "--kind", kind, "--into", into)
    before = served.sandbox.count("POST")
    rehearsed = served.run(*arguments, "--dry-run")
    assert rehearsed.exit_code == 0, rehearsed.output
    assert "Nothing was created: only --into was looked up. 1 of 1 drafts" in rehearsed.stdout
    assert served.sandbox.count("POST") == before
    result = served.run(*arguments)
    assert result.exit_code == 0, result.output
    assert served.sandbox.count("POST") == before + 1
    assert f"Note: --into {into.strip()} is the " in " ".join(result.stderr.split())
    (head,) = [line for line in rehearsed.stdout.splitlines() if line.startswith("POST ")]
    assert head.endswith([one.path for one in served.sandbox.requests if one.method == "POST"][-1])


class Importing:
    """The same command again and again, into a bucket by its name."""

    def __init__(self, served: Served, folder: Path) -> None:
        self.served = served
        (self.project,) = served.sandbox.flyingdonut.projects.values()
        self.bucket, self.other = self.project.buckets.values()
        self.file = folder / "cards.csv"
        self.journal = folder / "cards.csv.agilekit-journal"
        self.write("A")

    def write(self, *titles: str) -> None:
        self.file.write_text("\n".join(("title", *titles, "")), encoding="utf-8")

    def into(self, name: str, *arguments: str) -> Result:
        return self.served.run("create", self.file, "--to", "writer", "--into", name, *arguments)

    def titles(self, bucket_id: str) -> list[str]:
        cards = self.project.cards.values()
        return [
            str(card.title.value)
            for card in cards
            if card.state.value == bucket_id and card.title.value in ("A", "B")
        ]


@pytest.fixture
def importing(served: Served, tmp_path: Path) -> Importing:
    made = Importing(served, tmp_path)
    assert made.into("Default").exit_code == 0
    made.write("A", "B")
    return made


def test_the_journal_belongs_to_the_id_and_notes_the_name(importing: Importing) -> None:
    contents = Snapshot.open(importing.journal).contents
    assert importing.bucket.id in contents.container.values()
    assert "Default" not in contents.container.values()
    assert contents.values["into cards Default"] == f'["{importing.bucket.id}"]'


@pytest.mark.quick(2)
@pytest.mark.parametrize("name", ["default", "\udcffDefault\x00", "Default", "ID"])
def test_a_job_continues_however_its_container_is_written(importing: Importing, name: str) -> None:
    result = importing.into(importing.bucket.id if name == "ID" else name)
    assert result.exit_code == 0, result.output
    assert importing.titles(importing.bucket.id) == ["A", "B"]


@pytest.mark.quick(2)
@pytest.mark.parametrize("name", ["Default", "ID", "Renamed"])
def test_a_job_continues_in_a_container_that_was_renamed(importing: Importing, name: str) -> None:
    importing.bucket.title = "Renamed"
    result = importing.into(importing.bucket.id if name == "ID" else name)
    assert result.exit_code == 0, result.output
    assert importing.titles(importing.bucket.id) == ["A", "B"]
    said = "as the journal says; now no bucket is called 'Default'"
    assert (said in result.stderr) == (name == "Default")


def test_a_job_continues_where_it_began_if_the_name_is_ambiguous_by_now(
    importing: Importing,
) -> None:
    importing.other.title = "Default"
    result = importing.into("Default")
    assert result.exit_code == 0, result.output
    assert "'Default' may be any of 2" in result.stderr
    assert importing.titles(importing.bucket.id) == ["A", "B"]


def test_a_name_that_has_passed_to_another_container_does_not_take_the_job_there(
    importing: Importing,
) -> None:
    importing.bucket.title, importing.other.title = "Renamed", "Default"
    for arguments in ((), ("--quiet",)):
        result = importing.into("Default", *arguments)
        assert result.exit_code == 1
        assert f"give --into {importing.bucket.id} to continue" in result.stderr
    assert importing.titles(importing.bucket.id) == ["A"]
    assert importing.titles(importing.other.id) == []
    # Another journal is another job.
    result = importing.into("Default", "--journal", str(importing.file.with_name("other")))
    assert result.exit_code == 0
    assert importing.titles(importing.other.id) == ["A", "B"]


def test_a_dry_run_leads_where_the_job_would_continue(importing: Importing) -> None:
    before = importing.journal.read_bytes()
    importing.bucket.title = "Renamed"
    result = importing.into("Default", "--dry-run")
    assert result.exit_code == 0, result.output
    assert "as the journal says; now no bucket is called 'Default'" in result.stderr
    assert f"/backlog/buckets/{importing.bucket.id}/items" in result.stdout
    importing.other.title = "Default"
    result = importing.into("Default", "--dry-run")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"give --into {importing.bucket.id} to continue" in result.stderr
    elsewhere = str(importing.file.with_name("other"))
    for arguments in (("--no-journal",), ("--journal", elsewhere)):
        result = importing.into("Default", "--dry-run", *arguments)
        assert result.exit_code == 0, result.output
        assert f"/backlog/buckets/{importing.other.id}/items" in result.stdout
    assert importing.journal.read_bytes() == before
    assert not Path(elsewhere).exists()


def test_a_dry_run_writes_no_failures_over_the_journal(importing: Importing) -> None:
    before = importing.journal.read_bytes()
    for into in ("Default", importing.bucket.id):
        result = importing.into(into, "--dry-run", "--failures", str(importing.journal))
        assert (result.exit_code, result.stdout) == (2, "")
        assert "--failures" in result.stderr
    assert importing.journal.read_bytes() == before


def test_a_name_that_never_led_anywhere_is_refused_whatever_the_journal_holds(
    importing: Importing,
) -> None:
    result = importing.into("Defalt")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no bucket is called 'Defalt'; there are: Default (" in result.stderr
    assert importing.titles(importing.bucket.id) == ["A"]


@pytest.mark.quick(1)
@pytest.mark.parametrize("note", ["[" * 100_000, "[[], {}]", "{", "[1e400]"])
def test_a_damaged_note_tells_nothing(importing: Importing, note: str) -> None:
    with closing(sqlite3.connect(importing.journal)) as database:
        database.execute("UPDATE job SET value = ? WHERE name = 'into cards Default'", [note])
        database.commit()
    result = importing.into("Default")
    assert result.exit_code == 0, result.output
    assert importing.titles(importing.bucket.id) == ["A", "B"]


def test_the_journal_of_another_server_tells_nothing_of_names(
    importing: Importing, tmp_path: Path
) -> None:
    importing.bucket.title = "Renamed"
    served = importing.served
    other = served.url.replace("127.0.0.1", "localhost") + served.sandbox.flyingdonut.base_path
    project = served.sandbox.flyingdonut.project_id
    served.add("moved", "flyingdonut", "secret", base_url=other, project=project)
    result = served.run("create", importing.file, "--to", "moved", "--into", "Default")
    assert result.exit_code == 2
    assert "no bucket is called 'Default'" in result.stderr


def test_a_failed_look_leaves_the_file_of_failures_and_the_journal_alone(
    served: Served, tmp_path: Path
) -> None:
    file, failures = tmp_path / "cards.csv", tmp_path / "failures"
    file.write_text("title\nA\n", encoding="utf-8")
    failures.write_text("kept", encoding="utf-8")
    result = served.run(
        "create", file, "--to", "writer", "--into", "nowhere", "--failures", failures
    )
    assert (result.exit_code, failures.read_text()) == (2, "kept")
    assert {one.name for one in tmp_path.iterdir()} == {"agilekit.toml", "cards.csv", "failures"}


def test_a_dry_run_with_an_id_needs_no_server(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "tasks.csv"
    file.write_text("name\nA\n", encoding="utf-8")
    served.add(
        "gone", "kanbantool", "token", base_url="http://127.0.0.1:9", account="mycompany", retries=0
    )
    dry = ("create", file, "--to", "gone", "--dry-run", "--into")
    result = served.run(*dry, "7")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.endswith("Nothing was sent. 1 of 1 drafts can be sent.\n")
    result = served.run(*dry, "Board")
    assert (result.exit_code, result.stdout) == (1, "")


def test_a_number_that_no_container_has_for_its_id_may_be_meant_as_a_name(
    served: Served, tmp_path: Path
) -> None:
    year = served.sandbox.flow.add_project("2024")
    file = tmp_path / "tasks.csv"
    file.write_text(f"task_text,task_type_id\nA,{year.task_types[0]}\n", encoding="utf-8")
    result = served.run("create", file, "--to", "board", "--into", "2024")
    assert (result.exit_code, result.stdout) == (1, "")
    note, error = result.stderr.splitlines()
    assert note.endswith("the name 2024 stands in double quotes: --into '\"2024\"'")
    assert "404" in error
    assert served.run("create", file, "--to", "board", "--into", '"2024"').exit_code == 0
    assert [
        one.text for one in served.sandbox.flow.tasks.values() if one.project_id == year.id
    ] == ["A"]
