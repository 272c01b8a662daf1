"""``python -m tests.cli.snapshots`` writes all snapshots anew, and removes those of no command."""

from __future__ import annotations

from tests.cli.snapshots.snapshots import FOLDER, MADE_WITH, made_with, taken

now = taken()
for old in FOLDER.glob("*/*.txt"):
    if old.relative_to(FOLDER).as_posix() not in now:
        old.unlink()
for name, text in now.items():
    path = FOLDER / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
MADE_WITH.write_text(made_with(), encoding="utf-8")
