"""XML that tries to be more than it seems ends in an error, soon and in little memory."""

from __future__ import annotations

import gzip
import tracemalloc

import pytest

from agilekit import DecodeError
from agilekit.session.session import Session
from agilekit.wire.credential import Credential
from agilekit.wire.dialect import Dialect
from agilekit.wire.json import JSON
from agilekit.wire.route import Route
from tests.each import each
from tests.session.scripted import SECRET, Say, Scripted
from tests.timing import takes_at_most

pytestmark = pytest.mark.anyio

MIB = 1 << 20
CREDENTIAL = Credential.in_header("Authorization", "token", SECRET, what="token")
READ = Route[JSON]("Read", "GET", "/thing", lambda data: data)

LAUGHS = b"".join(
    [
        b'<!DOCTYPE x [<!ENTITY e0 "ha">',
        *(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 10)),
        b"]><x>&e9;</x>",
    ]
)
QUADRATIC = b'<!DOCTYPE x [<!ENTITY e "%s">]><x>%s</x>' % (b"a" * 50_000, b"&e;" * 50_000)
EXTERNAL = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
PARAMETER = b'<!DOCTYPE x [<!ENTITY % e SYSTEM "http://host/e.dtd"> %e;]><x/>'
DEFAULT = b'<!DOCTYPE x [<!ATTLIST y a CDATA "%s">]><x>%s</x>' % (b"a" * 50_000, b"<y/>" * 50_000)
DEEP = b"<a>" * MIB + b"</a>" * MIB
LARGE = b"<a>" + b" " * (65 * MIB) + b"</a>"


async def read(body: bytes, *, packed: bool) -> JSON:
    headers = {"content-encoding": "gzip"} if packed else {}
    server = Scripted(Say(gzip.compress(body) if packed else body, headers=headers))
    async with Session(
        "https://host/api", CREDENTIAL, Dialect(format="xml"), transport=server
    ) as session:
        return await session.call(READ, {})


@each("packed", [False, True], ids=["plain", "compressed"])
@each(
    ("bomb", "why"),
    [
        (LAUGHS, "entities"),
        (QUADRATIC, "entities"),
        (EXTERNAL, "entities"),
        (PARAMETER, "entities"),
        (DEFAULT, "attributes"),
        (DEEP, "nested too deeply"),
        (LARGE, "larger than 67,108,864 bytes"),
    ],
    ids=["laughs", "quadratic", "external", "parameter", "default", "deep", "large"],
)
async def test_a_bomb_is_an_error_soon_and_in_little_memory(
    bomb: bytes, why: str, *, packed: bool
) -> None:
    tracemalloc.start()
    with takes_at_most(30), pytest.raises(DecodeError, match=why):
        await read(bomb, packed=packed)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # A bomb that went off would need gigabytes, and minutes.
    assert peak < 3 * 64 * MIB


async def test_an_ordinary_document_is_read_either_way() -> None:
    for packed in (False, True):
        assert await read(b"<task><id type='integer'>1</id></task>", packed=packed) == {"id": 1}
