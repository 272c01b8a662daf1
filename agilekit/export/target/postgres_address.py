"""Where an export in PostgreSQL is: ``postgresql://user@host:5432/database?schema=agilekit``.

It is a URL as libpq takes it, with all of its parameters, and `schema` as one of ours. What libpq
says of a URL that it cannot read repeats parts of it, and one of them may be the password. So that
is found out here, and no part of such a URL is repeated.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, unquote

from attrs import field, frozen
from psycopg import ProgrammingError, pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from agilekit.errors import InvalidInput
from agilekit.suggestions import did_you_mean

__all__ = ["PostgresAddress"]

_SCHEMA: Final = "agilekit"
_OF_THE_SERVER: Final = ("information_schema", "$user")  # the latter means whoever is connected
_LONGEST_NAME: Final = 63  # bytes; the server cuts what is longer
_CONNECT_TIMEOUT: Final = 10  # seconds
# Or else a step waits for hours for a server whose machine has gone. One that works only is there.
_NOTICES_A_LOST_SERVER: Final = {
    "keepalives_idle": "30",  # seconds
    "keepalives_interval": "10",  # seconds
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",  # milliseconds
}
_PORTS: Final = re.compile(r"\d*(,\d*)*")
_LIKE: Final = "to must be like postgresql://user@host/database?schema=agilekit"
_ENCODED: Final = "in a name or a password @ is written %40, / %2F, : %3A, and % %25"


@frozen
class PostgresAddress:
    """A schema of a database."""

    conninfo: str = field(repr=False)
    """What libpq connects by. It may hold a password."""
    schema: str
    path: str
    """The URL without what may be secret."""

    @classmethod
    def parse(cls, url: str) -> PostgresAddress:
        """Raises InvalidInput."""
        place, query = _split(url)
        schema, parameters = _schema_and_others(query)
        given = _read(f"{place}?{parameters}")
        # What follows an unencoded @ or / of a password is taken for the host, the port, and so on.
        if given is None or "@" in "".join(given.get(name, "") for name in ("host", "dbname")):
            raise InvalidInput(f"{_LIKE}; {_ENCODED}")
        if not _PORTS.fullmatch(given.get("port", "")):
            raise InvalidInput(f"{_LIKE}; the port is not a number, or {_ENCODED}")
        defaults = {
            "fallback_application_name": "agilekit",
            "client_encoding": "utf8",
            **_NOTICES_A_LOST_SERVER,
        }
        if "PGCONNECT_TIMEOUT" not in os.environ:
            defaults["connect_timeout"] = str(_CONNECT_TIMEOUT)
        return cls(make_conninfo(**{**defaults, **given}), schema, _shown(given, schema))


def _split(url: str) -> tuple[str, str]:
    """The parts before and after the question mark that follows the user and the password."""
    user, at, rest = url.partition("@")
    place, _, query = (rest if at else user).partition("?")
    return (f"{user}@{place}" if at else place), query


def _schema_and_others(query: str) -> tuple[str, str]:
    """The schema, and the other parameters as they were given."""
    schemas, others = list[str](), list[str]()
    for part in filter(None, query.split("&")):
        name, _, value = part.partition("=")
        if name == "schema":
            schemas.append(unquote(value))
        else:
            _check_parameter(unquote(name))
            others.append(part)
    schema = schemas[0] if schemas else _SCHEMA
    if len(schemas) > 1 or not 0 < len(schema.encode()) <= _LONGEST_NAME or "\0" in schema:
        raise InvalidInput(f"{_LIKE}; schema must be one name of at most {_LONGEST_NAME} bytes")
    if schema.startswith("pg_") or schema in _OF_THE_SERVER:
        raise InvalidInput(f"{_LIKE}; the schema {schema} is the server's own")
    return schema, "&".join(others)


def _check_parameter(name: str) -> None:
    known = [option.keyword.decode() for option in pq.Conninfo.get_defaults()]
    if name not in known:
        meant = did_you_mean(name, [*known, "schema"])
        raise InvalidInput(f"{_LIKE}; it has an unknown parameter{meant}")


def _read(url: str) -> dict[str, str] | None:
    """What libpq reads in a URL; None if it cannot."""
    try:
        return {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except ProgrammingError:
        return None


def _shown(given: Mapping[str, str], schema: str) -> str:
    user = f"{quote(given['user'], safe='')}@" if "user" in given else ""
    hosts, ports = given.get("host", "").split(","), given.get("port", "").split(",")
    if len(ports) < len(hosts):
        ports = ports[:1] * len(hosts)
    places = (
        f"{f'[{host}]' if ':' in host else quote(host, safe='')}{f':{port}' if port else ''}"
        for host, port in zip(hosts, ports, strict=False)
    )
    database = quote(given.get("dbname", ""), safe="")
    return f"postgresql://{user}{','.join(places)}/{database}?schema={quote(schema, safe='')}"
