"""Targets of other packages, found by the scheme of a URL.

A package names its own in its entry points, and is found once it is installed::

    [project.entry-points."agilekit.targets"]
    notebook = "my_package.target:Notebook"

Then ``to="notebook://…"`` calls ``Notebook`` with the URL, which gives a `Target`. What this
library and fsspec reach by themselves cannot be replaced.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Final, cast

from agilekit.errors import AgilekitError, InvalidInput
from agilekit.export.target.target import Target

__all__ = ["target_of_a_package"]

_GROUP: Final = "agilekit.targets"
_BUILT_IN: Final = frozenset(
    (
        *("file", "postgres", "postgresql"),
        # Those of fsspec, whether it is installed or not.
        *("local", "memory", "s3", "s3a", "gs", "gcs", "abfs", "abfss", "adl", "az", "oss", "oci"),
        *("sftp", "ssh", "ftp", "smb", "http", "https", "webdav", "hdfs", "webhdfs", "arrow_hdfs"),
        *("hf", "dbfs", "lakefs", "box", "dropbox", "gdrive", "github", "git", "zip", "tar"),
        *("simplecache", "filecache", "blockcache", "cached", "dir", "reference", "data"),
    )
)


def target_of_a_package(url: str) -> Target | None:
    """The target that a package has for a URL; None if none has.

    Raises InvalidInput if several have, or if theirs cannot be loaded or made.
    """
    scheme = url.partition("://")[0].lower()
    if scheme in _BUILT_IN or "::" in url:  # fsspec chains its own
        return None
    found = {one.value: one for one in entry_points(group=_GROUP, name=scheme)}
    if not found:
        return None
    if len(found) > 1:
        raise InvalidInput(f"several packages have a target for {scheme}://: {', '.join(found)}")
    (entry_point,) = found.values()
    try:
        make = cast("Callable[[str], Target]", entry_point.load())
    except Exception as error:
        what = f"the target for {scheme}://, {entry_point.value}, cannot be loaded"
        raise InvalidInput(f"{what}: {type(error).__name__}: {error}") from error
    try:
        return make(url)
    except AgilekitError:
        raise
    except Exception as error:
        what = f"the target for {scheme}://, {entry_point.value}, does not take this URL"
        raise InvalidInput(f"{what}: {type(error).__name__}: {error}") from error
