"""What an update answers: the document shows one form for success, and none for a conflict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agilekit.sandbox.messages import Response

if TYPE_CHECKING:
    from agilekit.sandbox.flyingdonut.locking import Locking
    from agilekit.sandbox.flyingdonut.serializers import Form

_CONFLICT = "Version conflict"


def updated(locking: Locking, form: Form, *, conflict: bool) -> Response:
    """The answer to an update; ``form`` is the entity as it is now, in the document's form."""
    return _conflict(locking, form) if conflict else _success(locking, form)


def _success(locking: Locking, form: Form) -> Response:
    match locking.answers_show:
        case "all":
            return Response.json(form)
        case "no id":
            return Response.json({name: it for name, it in form.items() if name != "_id"})
        case "no values":
            return Response.json({"_id": form["_id"], "version": form["version"]})
        case "nothing":
            return Response.json({})
        case "empty":
            return Response(204, b"", ())


def _conflict(locking: Locking, form: Form) -> Response:
    match locking.conflicts_show:
        case "all":
            return Response.json(form, locking.status)
        case "wrapped":
            return Response.json({"error": _CONFLICT, "current": form}, locking.status)
        case "nothing":
            return Response.json({"error": _CONFLICT}, locking.status)
