"""The snapshots of a backlog."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from agilekit.checks import id_of
from agilekit.easybacklog.downloads import FoldSide, PageSize, PrintFormat, download_document
from agilekit.easybacklog.models import Account, Backlog, Snapshot, Theme
from agilekit.easybacklog.params import SNAPSHOT_FIELDS, with_children
from agilekit.easybacklog.polling import until_ready
from agilekit.easybacklog.routes import (
    CREATE_SNAPSHOT,
    DELETE_SNAPSHOT,
    LIST_SNAPSHOTS,
    RETRIEVE_SNAPSHOT,
)
from agilekit.session.listing import Listing
from agilekit.session.resource import Resource
from agilekit.wire.encode import encode_draft

__all__ = ["Snapshots"]


class Snapshots(Resource):
    """``easy.snapshots``"""

    def all(self, account: Account | int | str, backlog: Backlog | int | str) -> Listing[Snapshot]:
        """Lists the snapshots of a backlog: those made by hand, then those of its sprints.

        Source: easyBacklog API documentation, "List the Snapshots".
        """
        return self._session.listing(LIST_SNAPSHOTS, _in(account, backlog))

    async def get(
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
        ids, query = _ids(account, backlog, snapshot), with_children(associated)
        return await self._session.call(RETRIEVE_SNAPSHOT, ids, query=query)

    async def create(
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
        ids, body = _in(account, backlog), encode_draft({"name": name}, SNAPSHOT_FIELDS)
        deadline = self._session.deadline_from_now()
        made = await self._session.call(CREATE_SNAPSHOT, ids, body, deadline=deadline)
        if not wait:
            return made
        ids = {**ids, "SNAPSHOT_ID": made.id}
        what = f"the snapshot {made.id}"
        return await until_ready(self._session, RETRIEVE_SNAPSHOT, ids, what, deadline=deadline)

    async def delete(
        self,
        account: Account | int | str,
        backlog: Backlog | int | str,
        snapshot: Snapshot | int | str,
    ) -> None:
        """Deletes a snapshot that was made by hand; those of sprints cannot be deleted.

        Source: easyBacklog API documentation, "Delete a Snapshot".
        """
        await self._session.call(DELETE_SNAPSHOT, _ids(account, backlog, snapshot))

    async def download(
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
        return await download_document(
            self._session,
            RETRIEVE_SNAPSHOT,
            _ids(account, backlog, snapshot),
            to,
            format=format,
            print_scope=print_scope,
            page_size=page_size,
            fold_side=fold_side,
        )


def _in(account: object, backlog: object) -> dict[str, int]:
    return {"ACCOUNT_ID": id_of(account, Account), "BACKLOG_ID": id_of(backlog, Backlog)}


def _ids(account: object, backlog: object, snapshot: object) -> dict[str, int]:
    return {**_in(account, backlog), "SNAPSHOT_ID": id_of(snapshot, Snapshot)}
