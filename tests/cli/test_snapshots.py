"""What every command says of itself, and of each mistake, is what was read and found good."""

from __future__ import annotations

import pytest

from tests.cli.snapshots.mistakes import BY_HAND, WITHOUT_A_FILE
from tests.cli.snapshots.snapshots import FOLDER, MADE_WITH, WIDTHS, all_commands, made_with, taken

MADE_ANEW = "if this is meant, `python -m tests.cli.snapshots` writes it anew"


def stored() -> dict[str, str]:
    return {
        path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8")
        for path in FOLDER.glob("*/*.txt")
    }


@pytest.mark.skipif(
    made_with() != MADE_WITH.read_text(encoding="utf-8"), reason="click has other words"
)
def test_every_command_and_mistake_is_shown_as_in_its_snapshot() -> None:
    then, now = stored(), taken()
    assert then.keys() == now.keys(), MADE_ANEW
    for name, text in now.items():
        assert then[name] == text, f"{name}: {MADE_ANEW}"


def test_every_command_has_snapshots_and_mistakes_of_its_own() -> None:
    every = {" ".join(path) for path, _ in all_commands()}
    assert stored().keys() == {
        f"{width}/{path.replace(' ', '-')}.{kind}.txt"
        for width in WIDTHS
        for path in every
        for kind in ("help", "errors")
    }
    assert BY_HAND.keys() == every
    assert every > WITHOUT_A_FILE.keys()


def test_no_help_is_wider_than_its_terminal_and_no_command_is_cut_short_in_a_list() -> None:
    then = stored()
    for width in WIDTHS:
        for path, _ in all_commands():
            _, *lines = then[f"{width}/{'-'.join(path)}.help.txt"].splitlines()
            assert max(map(len, lines)) <= width, path
            listed = lines[lines.index("Commands:") :] if "Commands:" in lines else []
            assert not [line for line in listed if line.endswith("...")], path


def test_every_mistake_ends_with_an_exit_code() -> None:
    for name, text in stored().items():
        if name.endswith(".errors.txt"):
            assert all("\n(exit code " in one for one in text.split("\n~/")), name
