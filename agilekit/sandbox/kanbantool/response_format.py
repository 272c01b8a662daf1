"""The format of an answer: JSON, JSONP or XML, its envelopes and its errors.

Sources: JSON response format warning, Authentication, Permissions; the rest was observed.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from attrs import evolve, frozen

from agilekit.sandbox.messages import Json, Refusal, Response
from agilekit.sandbox.renderer import Items, Renderer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agilekit.sandbox.renderer import Value

ErrorForm: TypeAlias = Literal["message", "messages", "fields", "error"]

RENDERER: Final = Renderer(decimals_as_text=True, zulu=False)

_FUNCTION: Final = re.compile(r"[A-Za-z_$][\w$.\[\]]{0,99}", re.ASCII)


class Invalid(Refusal):
    """What was sent breaks the rules; ``errors`` has what is wrong with each attribute."""

    def __init__(self, status: int, errors: Mapping[str, str]) -> None:
        self.sentences: Final = [f"{_label(name)} {error}" for name, error in errors.items()]
        self.errors: Final = errors
        super().__init__(status, ", ".join(self.sentences))


def _label(name: str) -> str:
    return name.removesuffix("_id").replace("_", " ").capitalize()


@frozen
class ResponseFormat:
    """The format of the answer to one request."""

    suffix: str
    function: str | None = None
    errors: ErrorForm = "message"
    siblings: bool = False

    def with_callback(self, callback: Json) -> ResponseFormat:
        """The same as JSONP, a call of the caller's function, if there is one.

        Raises :class:`Refusal` (400) for a callback that is not the name of a function.
        """
        if callback is None or self.suffix != "json":
            return self
        if not isinstance(callback, str) or not _FUNCTION.fullmatch(callback):
            raise Refusal(400, "The callback is not the name of a function")
        return evolve(self, function=callback)

    def one(self, name: str, value: Value, *, status: int = 200, bare: bool = False) -> Response:
        """One entity; in JSON it is inside an object with its name, unless it is ``bare``."""
        if self.suffix == "xml":
            return Response.xml(RENDERER.xml(name, value), status)
        data = RENDERER.json(value)
        return self._json(data if bare else self._envelope(name, data), status)

    def many(
        self,
        name: str,
        values: Sequence[Value],
        *,
        bare: bool = False,
        pagination: Mapping[str, str] | None = None,
    ) -> Response:
        """A list. Only XML has room for the pagination."""
        if self.suffix == "xml":
            beside = {"pagination": pagination} if pagination else {}
            return Response.xml(RENDERER.xml(f"{name}s", Items(name, values, beside)), 200)
        rows = [RENDERER.json(value) for value in values]
        return self._json([row if bare else self._envelope(name, row) for row in rows], 200)

    def refusal(self, refusal: Refusal) -> Response:
        """An error; in JSONP it has status 200, or no script could see it."""
        if self.function:
            return self._json({"code": refusal.status, "message": refusal.reason}, 200)
        if self.suffix == "xml":
            form: dict[str, Value] = {"message": refusal.reason, "status": refusal.status}
            response = Response.xml(RENDERER.xml("error", form), refusal.status)
        else:
            response = self._json(self._error(refusal), refusal.status)
        headers = (*response.headers, *refusal.headers.items())
        return Response(response.status, response.body, headers)

    def _envelope(self, name: str, data: Json) -> dict[str, Json]:
        return {"meta": {"status": 200}, name: data} if self.siblings else {name: data}

    def _error(self, refusal: Refusal) -> Json:
        match self.errors:
            case "fields" if isinstance(refusal, Invalid):
                return {"errors": {name: [error] for name, error in refusal.errors.items()}}
            case "messages" if isinstance(refusal, Invalid):
                return {"status": refusal.status, "message": [*refusal.sentences]}
            case "error":
                return {"error": {"message": refusal.reason, "status": refusal.status}}
            case _:
                return {"status": refusal.status, "message": refusal.reason}

    def _json(self, data: Json, status: int) -> Response:
        if self.function is None:
            return Response.json(data, status)
        script = f"{self.function}({json.dumps(data, separators=(',', ':'))})"
        return Response(200, script.encode(), (("content-type", "text/javascript; charset=utf-8"),))
