"""What a class, a method or a function becomes."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from scripts.blocking.source import Function, Source, returned

__all__ = ["WIDTH", "Aliases", "class_lines", "function_lines", "in_words"]

WIDTH: Final = 100
Aliases = dict[str, tuple[str, str]]
"""The names of what is asynchronous, with the module and the name there."""

_WORDS: Final = {
    r"async (with|for)\b": r"\1",
    r"\bin an event loop\b": "in the loop of all blocking clients",
}
"""What docstrings say otherwise."""
_IN_SIGNATURES: Final = {
    r"\basync def\b": "def",
    r"\bExportable\b": "AnyClient",
    r"\bAsyncIterator\b": "Iterator",
}


def in_words(text: str) -> str:
    """A docstring, in the words of code that waits."""
    return _replaced(text, _WORDS)


def class_lines(
    source: Source, name: str, resources: Collection[str], aliases: Aliases
) -> Iterator[str]:
    """A class. resources: the classes of the resources of a client."""
    node = source.class_named(name)
    alias = _alias(source, name, aliases)
    bases = [ast.unparse(base) for base in node.bases]
    if name == "Client":
        yield f"class {name}(WrappedClient[C_co]):"
    elif "Client" in bases:
        yield f"class {name}(Client[{alias}]):"
    else:
        yield f"class {name}(WrappedResource[{alias}]):"
    yield from map(in_words, source.text(node.body[0]))
    for member in node.body[1:]:
        if not isinstance(member, Function) or not _is_public(member):
            continue
        yield ""
        yield from _Method(source, node, member, alias).lines()
        if member.name == "__init__":
            yield from _attributes(member, resources)


def function_lines(source: Source, node: Function, aliases: Aliases) -> Iterator[str]:
    """A function of a module."""
    alias = f"async_{node.name}"
    aliases[alias] = (f"agilekit.{source.module}", node.name)
    yield from _signature(source, node)
    yield from map(in_words, source.text(node.body[0]))
    arguments = list(_arguments(node))
    if isinstance(node, ast.AsyncFunctionDef):
        yield from _statement("return ", "run", [alias, *arguments], indent=4)
    else:
        yield from _nested("return rows_here({})", "rows", alias, arguments, indent=4)


class _Method:
    def __init__(self, source: Source, cls: ast.ClassDef, node: Function, alias: str) -> None:
        self._source = source
        self._cls = cls
        self._node = node
        self._alias = alias
        self._decorators = [ast.unparse(one) for one in node.decorator_list]
        is_client = cls.name == "Client" or "Client" in map(ast.unparse, cls.bases)
        self._inner = "self._client" if is_client else "self._resource"

    def lines(self) -> Iterator[str]:
        if "overload" in self._decorators:
            yield from map(_in_signature, self._source.header(self._node))
            yield _in_signature(self._source.text(self._node)[-1])
            return
        yield from _signature(self._source, self._node)
        if ast.get_docstring(self._node):
            yield from map(in_words, self._source.text(self._node.body[0]))
        yield from self._body()

    def _body(self) -> Iterator[str]:
        name, result = self._node.name, returned(self._node)
        call, arguments = f"{self._inner}.{name}", list(_arguments(self._node))
        if "property" in self._decorators:
            yield f"        return {call}"
        elif name == "__init__":
            yield from _nested("super().__init__({})", "client", self._alias, arguments)
        elif "classmethod" in self._decorators:
            made = f"{self._alias}.{name}"
            yield from _nested("return wrapped(cls, {})", "client", made, arguments)
        elif isinstance(self._node, ast.AsyncFunctionDef):
            run = "self._portal.run" if self._is_overloaded else "self._run"
            given = "" if result == "None" else "return "
            yield from _statement(given, run, [call, *arguments])
        elif result.startswith("Listing["):
            yield from _nested("return self._list({})", "listing", call, arguments)
        elif result == "Self | None":
            yield from _statement("view = ", call, arguments)
            yield "        return None if view is None else wrapped(type(self), view, self._portal)"
        elif result == "Self":
            yield from _statement("view = ", call, arguments)
            yield "        return wrapped(type(self), view, self._portal)"
        else:
            yield from _statement("return ", call, arguments)

    @property
    def _is_overloaded(self) -> bool:
        alike = [one for one in self._cls.body if isinstance(one, Function)]
        return [one.name for one in alike].count(self._node.name) > 1


def _attributes(init: Function, resources: Collection[str]) -> Iterator[str]:
    """The public attributes that a constructor sets, as properties."""
    for node in ast.walk(init):
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Attribute):
            continue
        name, type_ = node.target.attr, ast.unparse(node.annotation)
        type_ = type_.removeprefix("Final[").removesuffix("]")
        value = f"self._client.{name}"
        made = f"{type_}({value}, self._portal)" if type_ in resources else value
        yield from ("", "    @property", f"    def {name}(self) -> {type_}:")
        yield f"        return {made}"


def _arguments(node: Function) -> Iterator[str]:
    """What a function hands on, as it is called itself."""
    given = node.args
    for one in (*given.posonlyargs, *given.args):
        if one.arg not in {"self", "cls"}:
            yield _handed(one)
    for one in given.kwonlyargs:
        yield f"{one.arg}={_handed(one)}"
    if given.kwarg is not None:
        yield f"**{given.kwarg.arg}"


def _handed(parameter: ast.arg) -> str:
    name = parameter.arg
    annotation = ast.unparse(parameter.annotation) if parameter.annotation else ""
    if annotation.startswith("bulk.Drafts["):
        return f"taken_here({name})"
    if "Exportable" in annotation:
        return f"async_clients({name})" if "Sequence" in annotation else f"async_client({name})"
    return name


def _alias(source: Source, name: str, aliases: Aliases) -> str:
    aliases[f"Async{name}"] = (f"agilekit.{source.module}", name)
    return f"Async{name}"


def _is_public(node: Function) -> bool:
    return node.name == "__init__" or not node.name.startswith("_")


def _signature(source: Source, node: Function) -> Iterator[str]:
    lines = [_in_signature(line) for line in source.header(node)]
    text = "\n".join(lines)
    for constant in re.findall(r"= (_[A-Z_]+)\b", text):
        text = text.replace(f"= {constant}", f"= {source.value(constant)}".replace("'", '"'))
    yield from _joined(text.splitlines())


def _joined(lines: Sequence[str]) -> Sequence[str]:
    """A signature in one line, if it fits into one without ``async`` and is not one by choice."""
    if len(lines) != 3 or lines[1].endswith(",") or "#" in lines[1]:
        return lines
    one = f"{lines[0]}{lines[1].strip()}{lines[2].strip()}"
    return [one] if len(one) <= WIDTH else lines


def _nested(
    outer: str, name: str, function: str, arguments: Sequence[str], *, indent: int = 8
) -> Iterator[str]:
    """What becomes of the result of a call, in one line or in two statements."""
    one = " " * indent + outer.format(f"{function}({', '.join(arguments)})")
    if len(one) <= WIDTH:
        yield one
        return
    yield from _statement(f"{name} = ", function, arguments, indent=indent)
    yield " " * indent + outer.format(name)


def _statement(
    before: str, function: str, arguments: Sequence[str], *, indent: int = 8
) -> Iterator[str]:
    space = " " * indent
    one = f"{space}{before}{function}({', '.join(arguments)})"
    inner = f"{space}    {', '.join(arguments)}"
    if len(one) <= WIDTH:
        yield one
    elif len(inner) <= WIDTH:
        yield from (f"{space}{before}{function}(", inner, f"{space})")
    else:
        yield f"{space}{before}{function}("
        yield from (f"{space}    {one}," for one in arguments)
        yield f"{space})"


def _in_signature(line: str) -> str:
    return _replaced(line, _IN_SIGNATURES)


def _replaced(text: str, rules: Mapping[str, str]) -> str:
    for pattern, replacement in rules.items():
        text = re.sub(pattern, replacement, text)
    return text
