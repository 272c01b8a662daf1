"""Content negotiation: which format a request asks for, and how an answer is written in it.

Content types and API versioning: the suffix of the path decides, or else the Accept header. With
several types in it, ``*/*`` among them, it is that of a browser; of other ones the first counts.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from agilekit.sandbox.messages import Response
from agilekit.sandbox.renderer import Items, Renderer

if TYPE_CHECKING:
    from agilekit.sandbox.easybacklog.serializers import Form
    from agilekit.sandbox.messages import Request
    from agilekit.sandbox.renderer import Value

Format: TypeAlias = Literal["json", "xml", "xls", "pdf"]

_FORMATS: Final[tuple[Format, ...]] = get_args(Format)
_HTML: Final = "text/html"
_ACCEPTED: Final[dict[str, Format]] = {
    "application/json": "json",
    "text/json": "json",
    "text/x-json": "json",
    "application/xml": "xml",
    "application/x-xml": "xml",
    "text/xml": "xml",
    "application/vnd.ms-excel": "xls",
    "application/pdf": "pdf",
    **{f"application/vnd.easybacklog+{name}": name for name in _FORMATS},
    **{f"application/vnd.easybacklog+{name}; version=1.0": name for name in _FORMATS},
}


def page(status: int, title: str, text: str = "") -> Response:
    """A page for people, which the server answers if it knows no format."""
    body = f"<h1>{escape(title)}</h1><pre>{escape(text)}</pre>"
    return Response.html(
        f"<!DOCTYPE html><html><head><title>{escape(title)}</title></head>"
        f"<body>{body}</body></html>\n",
        status,
    )


class Unacceptable(Exception):
    """406 for a format that the route does not have.

    The body is a page, plain text, or empty if the route is ``silent``.
    """

    def __init__(self, content_type: str, *, silent: bool) -> None:
        super().__init__(content_type)
        self.html: bool = content_type == _HTML
        reason = (
            b"" if silent else f"The type {content_type} is not supported".encode(errors="replace")
        )
        named = content_type if "/" in content_type else f"application/{content_type}"
        text = ("content-type", f"{named}; charset=utf-8")
        self.response: Response = Response(406, reason, (text,))
        if self.html:
            self.response = page(406, "This API does not answer in HTML")


def negotiate(request: Request, suffix: str | None, *, silent: bool) -> Format:
    """The format of the answer; ``suffix`` has no dot. Raises :class:`Unacceptable`."""
    if suffix is not None:
        for name in _FORMATS:
            if suffix == name:
                return name
        raise Unacceptable(_HTML if suffix in ("html", "htm") else suffix, silent=silent)
    accept = request.headers.get("accept", "*/*")
    if accept == "*/*":
        return "json"
    first, several, _ = accept.partition(",")
    content_type = _HTML if several and "*/*" in accept else first.strip()
    if content_type in _ACCEPTED:
        return _ACCEPTED[content_type]
    raise Unacceptable(content_type or _HTML, silent=silent)


def write(renderer: Renderer, format: Format, root: str, value: Value, status: int) -> Response:
    """An answer; ``root`` is the name of the element that XML begins with."""
    if format == "xml":
        return xml_response(renderer.xml(root, value), status)
    return Response.json(renderer.json(value), status, Vary="Content-Type")


def xml_response(body: bytes, status: int = 200) -> Response:
    return Response.xml(body, status, ("Vary", "Content-Type"))


def write_refusal(
    renderer: Renderer, format: Format, status: int, message: str, errors: list[str]
) -> Response:
    """An error, with the single errors if it has any; a page to those who wanted a download."""
    if format in ("xls", "pdf"):
        return page(status, message)
    more: Form = {"errors": Items("error", errors)} if errors else {}
    value: Form = {**more, "status": "error", "message": message}
    return write(renderer, format, "response", value, status)
