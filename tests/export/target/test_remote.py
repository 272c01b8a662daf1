"""A file of SQLite that is somewhere else is replaced by nobody who has not seen it."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from agilekit import InvalidInput
from agilekit.export import Target, TargetError
from agilekit.export.manifest import key_of
from agilekit.export.target.open_target import open_target
from agilekit.export.target.remote import FsspecStore
from agilekit.export.testing.samples import in_version, project
from agilekit.export.verify import verify_target


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"memory://{tmp_path}/x.sqlite"


def opened(url: str) -> Target:
    target = open_target(url)
    target.prepare()
    return target


def test_what_another_process_has_uploaded_meanwhile_is_not_lost(url: str) -> None:
    late, other = opened(url), opened(url)
    for target, id in ((other, "2"), (late, "1")):
        run = target.begin(id, resume=True)
        target.commit(run, in_version(1, project(id)))
        if target is other:
            target.finish([run])
    with pytest.raises(TargetError, match="another process has replaced it meanwhile"):
        late.finish([run])
    late.close()
    other.finish([other.begin("3", resume=True)])
    other.close()
    again = opened(url)
    assert [key_of(entry)[2] for entry in again.entries()] == ["2"]
    again.close()


def test_what_is_wrong_with_it_names_its_url(url: str, tmp_path: Path) -> None:
    def upload(*statements: str) -> None:
        with closing(sqlite3.connect(tmp_path / "y.sqlite", isolation_level=None)) as database:
            for statement in statements:
                database.execute(statement)
        content = (tmp_path / "y.sqlite").read_bytes()
        FsspecStore(f"memory://{tmp_path}").write("x.sqlite", lambda stream: stream.write(content))

    nothing = open_target(url)
    with pytest.raises(InvalidInput, match=re.escape(f"there is no file {url}")):
        nothing.check()
    nothing.close()
    upload("CREATE TABLE mine (id)")
    other = open_target(url)
    with pytest.raises(InvalidInput, match=re.escape(f"{url} is a database, but not an export")):
        other.prepare()
    other.close()
    (tmp_path / "y.sqlite").unlink()
    local = opened(str(tmp_path / "y.sqlite"))
    local.close()
    upload("DROP VIEW velocity")
    changed = open_target(url)
    (advice,) = verify_target(changed).advice
    assert advice.startswith(f"{url}: ")
    changed.close()
