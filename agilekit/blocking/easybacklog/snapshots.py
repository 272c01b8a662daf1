"""The snapshots of a backlog.

Generated from `agilekit.easybacklog.snapshots` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.easybacklog.downloads import FoldSide, PageSize, PrintFormat
from agilekit.easybacklog.models import Account, Backlog, Snapshot, Theme
from agilekit.easybacklog.snapshots import Snapshots as AsyncSnapshots

__all__ = ["Snapshots"]


class Snapshots(WrappedResource[AsyncSnapshots]):
    """``easy.snapshots``"""

    def all(self, account: Account | int | str, backlog: Backlog | int | str) -> Listing[Snapshot]:
        """Lists the snapshots of a backlog: those made by hand, then those of its sprints.

        Source: easyBacklog API documentation, "List the Snapshots".
        """
        return self._list(self._resource.all(account, backlog))

    def get(
        self,
        account: Account | int | str,
        backlog: Backlog | int | str,
        snapshot: Snapshot | int | str,
        *,
        associated: bool = False,
    ) -> Snapshot:
        """Reads one snapshot.

        associated: whether to include its themes, stories and acceptance criteria. The service then
            leaves out other attributes.

        Source: easyBacklog API documentation, "Retrieve a Snapshot".
        """
        return self._run(self._resource.get, account, backlog, snapshot, associated=associated)

    def create(
        self,
        account: Account | int | str,
        backlog: Backlog | int | str,
        *,
        name: str,
        wait: bool = False,
    ) -> Snapshot:
        """Takes a snapshot of a backlog.

        wait: whether to return only when everything is copied. The service answers before it is.

        Raises UnknownOutcome if nothing tells whether it was taken; it is never sent twice.
        With `wait`, raises DeadlineExceeded, naming the snapshot, if it was taken but is not
        whole before the deadline.

        Source: easyBacklog API documentation, "Create a Snapshot".
        """
        return self._run(self._resource.create, account, backlog, name=name, wait=wait)

    def delete(
        self,
        account: Account | int | str,
        backlog: Backlog | int | str,
        snapshot: Snapshot | int | str,
    ) -> None:
        """Deletes a snapshot that was made by hand; those of sprints cannot be deleted.

        Source: easyBacklog API documentation, "Delete a Snapshot".
        """
        self._run(self._resource.delete, account, backlog, snapshot)

    def download(
        self,
        account: Account | int | str,
        backlog: Backlog | int | str,
        snapshot: Snapshot | int | str,
        to: str | PathLike[str],
        *,
        format: PrintFormat,
        print_scope: Theme | None = None,
        page_size: PageSize | None = None,
        fold_side: FoldSide | None = None,
    ) -> Path:
        """Writes a snapshot to the file `to`, as `Backlogs.download` does a backlog.

        Source: easyBacklog API documentation, "Retrieve a Snapshot".
        """
        return self._run(
            self._resource.download,
            account,
            backlog,
            snapshot,
            to,
            format=format,
            print_scope=print_scope,
            page_size=page_size,
            fold_side=fold_side,
        )
