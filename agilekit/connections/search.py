"""Where the file of connections is: named, or found on the way up, or the user's own.

| looked for, in this order | and no further, if |
|---|---|
| what the caller or ``AGILEKIT_CONNECTIONS`` names | one is named, whether it is there or not |
| ``agilekit.toml`` in the working folder, and in each one above it | this was the home folder |
| ``agilekit/agilekit.toml`` in the user's folder for settings | |

The file says where secrets are sent, and a folder such as ``/tmp`` belongs to all. So a file that
was found and not named must be the user's or the administrator's, and nobody else may be able to
write it.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from agilekit.environment import optional
from agilekit.errors import InvalidInput

__all__ = ["FILE", "VARIABLE", "check_trusted", "found_file", "named_file", "searched", "user_file"]

FILE: Final = "agilekit.toml"
VARIABLE: Final = "AGILEKIT_CONNECTIONS"
_FOLDER: Final = "agilekit"
_ADMINISTRATOR: Final = 0
_TO_TRUST: Final = f"name it by {VARIABLE}, or by --connections of a command, if you trust it"


def named_file(path: str | os.PathLike[str] | None) -> Path | None:
    """The file that is named by the caller or the variable; None if none is.

    Raises InvalidInput for what cannot be the name of a file.
    """
    named = path or optional(VARIABLE)
    if named and "\0" in str(named):
        raise InvalidInput("the path of a file of connections must hold no null character")
    return Path(named) if named else None


def found_file() -> Path | None:
    """The first file that is there; None if there is none.

    One in the working folder is a mere name, as messages are to show it.
    """
    above = [folder / FILE for folder in _folders()[1:]]
    own = user_file()
    places = [Path(FILE), *above, *([own] if own else [])]
    # A folder that may not be entered is passed over, which `Path.is_file` does not do.
    return next((place for place in places if os.path.isfile(place)), None)  # noqa: PTH113 - raises nothing


def searched() -> str:
    """What `found_file` has looked for, in words."""
    folders, own = _folders(), user_file()
    told = list[str]()
    if folders:
        above = f", or in a folder above it up to {folders[-1]}" if folders[1:] else ""
        told.append(f"no {FILE} in {folders[0]}{above}")
    if own:
        told.append(f"no {own}")
    return ", and ".join(told) or "neither a working folder nor a home folder is there"


def user_file() -> Path | None:
    """The file in the user's folder for settings; None if nothing tells which folder that is.

    Source: XDG Base Directory Specification, XDG_CONFIG_HOME; Apple, File System Programming Guide,
    Application Support; Microsoft, KNOWNFOLDERID, FOLDERID_RoamingAppData.
    """
    given, home = optional("XDG_CONFIG_HOME"), _home()
    if given and Path(given).is_absolute():  # a relative one is to be ignored
        settings: Path | None = Path(given)
    elif sys.platform == "win32":
        roaming = optional("APPDATA")
        settings = Path(roaming) if roaming else home and home / "AppData" / "Roaming"
    elif sys.platform == "darwin":
        settings = home and home / "Library" / "Application Support"
    else:
        settings = home and home / ".config"
    return settings and settings / _FOLDER / FILE


def check_trusted(file: Path, descriptor: int) -> None:
    """Raises InvalidInput if somebody else has written this open file, or could."""
    if sys.platform == "win32":
        return
    # A link decides which file is read: so it must not be another's either.
    for about in (file.lstat(), os.fstat(descriptor)):
        if about.st_uid not in (os.geteuid(), _ADMINISTRATOR):
            raise InvalidInput(
                f"{file} belongs to another user, who could have your secrets sent elsewhere: "
                f"{_TO_TRUST}"
            )
    if about.st_mode & stat.S_IWOTH or (about.st_mode & stat.S_IWGRP and not _is_private(about)):
        raise InvalidInput(
            f"other users may write {file}, and could have your secrets sent elsewhere: chmod go-w "
            f"takes that from them; or {_TO_TRUST}"
        )


def _is_private(about: os.stat_result) -> bool:
    """Whether the group of a file is the user's own, which many systems give to each user."""
    import grp
    import pwd

    try:
        user, group = pwd.getpwuid(about.st_uid), grp.getgrgid(about.st_gid)
    except KeyError:
        return False
    return group.gr_name == user.pw_name and not {*group.gr_mem} - {user.pw_name}


def _folders() -> list[Path]:
    """The working folder and those above it, as far as the home folder."""
    try:
        here = Path.cwd()
    except OSError:  # it is there no longer
        return []
    return [*_as_far_as(_home(), (here, *here.parents))]


def _as_far_as(last: Path | None, folders: tuple[Path, ...]) -> Iterator[Path]:
    for folder in folders:
        yield folder
        if folder == last:
            return


def _home() -> Path | None:
    try:
        return Path.home().resolve()
    except (RuntimeError, OSError):
        return None
