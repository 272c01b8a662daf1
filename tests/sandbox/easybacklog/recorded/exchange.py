"""One request, and what its answer has to be; ids, times and the prose of errors aside.

In what is expected, ID stands for any id and TIME for any time in UTC. A ``Decimal`` is a number
with a fraction in JSON, and of the type decimal in XML, where a ``float`` is of the type float.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    Scalar: TypeAlias = "str | int | float | Decimal | None"
    Shape: TypeAlias = "Scalar | list[Shape] | dict[str, Shape]"
    Form: TypeAlias = "dict[str, Shape]"

ID: Final = "ID"
TIME: Final = "TIME"
TOKEN: Final = "token {token}"


@frozen
class Xml:
    """An answer in XML; in what Rails writes from a hash, nulls and numbers have other types."""

    root: str
    value: Shape
    of_hash: bool = False


@frozen
class Whole:
    """An answer in XML, written by a template of its own."""

    text: str


@frozen
class Refused:
    """An error; what each of its errors begins with, or a field that its message names."""

    status: int
    errors: tuple[str, ...] = ()
    names: str = ""
    xml: bool = False


@frozen
class Page:
    """A page for people, or a text: only its status and its type matter."""

    status: int
    kind: str = "text/html"


Answer: TypeAlias = "Xml | Whole | Refused | Page | Form | list[Shape] | None"
"""None is a 204 without a body; a dict or a list is JSON."""


@frozen(kw_only=True)
class Exchange:
    """One exchange; ``{T}`` in a path or a form is the id that an answer before it left as T."""

    method: str
    path: str
    answer: Answer
    form: Mapping[str, str] = field(factory=dict[str, str])
    json: Mapping[str, str | bool] | None = None
    content: str = ""
    remember: str = ""
    auth: str = TOKEN
    headers: Mapping[str, str] = field(factory=dict[str, str])

    @property
    def status(self) -> int:
        match self.answer:
            case None:
                return 204
            case Refused() | Page():
                return self.answer.status
            case _:
                return 201 if self.method == "POST" else 200

    @property
    def kind(self) -> str | None:
        match self.answer:
            case None:
                return None
            case Page():
                kind = self.answer.kind
            case Xml() | Whole() | Refused(xml=True):
                kind = "application/xml"
            case _:
                kind = "application/json"
        return f"{kind}; charset=utf-8"


def get(path: str, answer: Answer, *, accept: str = "*/*", auth: str = TOKEN) -> Exchange:
    headers = {"accept": accept}
    return Exchange(method="GET", path=path, answer=answer, headers=headers, auth=auth)


def post(path: str, form: Mapping[str, str], answer: Answer, remember: str = "") -> Exchange:
    return Exchange(method="POST", path=path, form=form, answer=answer, remember=remember)


def put(path: str, form: Mapping[str, str], answer: Answer = None) -> Exchange:
    return Exchange(method="PUT", path=path, form=form, answer=answer)


def delete(path: str, answer: Answer = None) -> Exchange:
    return Exchange(method="DELETE", path=path, answer=answer)
