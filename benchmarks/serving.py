"""Servers in processes of their own, with TLS and without, and how much one of them can take."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from attrs import frozen

from benchmarks.table import NotMeasured

FOLDER: Final = Path(__file__).parent
_CONNECTIONS: Final = 64
_TIMES: Final = 50


@frozen
class Server:
    """Where a server is, and by which certificate one knows it."""

    port: int
    authority: str | None = None
    """A file with the certificate that has to be trusted; None if it does not speak TLS."""

    @property
    def url(self) -> str:
        return f"{'http' if self.authority is None else 'https'}://127.0.0.1:{self.port}"

    @property
    def variables(self) -> dict[str, str]:
        """The environment of a client, by which every library trusts the certificate."""
        return {} if self.authority is None else {"SSL_CERT_FILE": self.authority}


@contextmanager
def serving(program: str = "server", *arguments: object, tls: bool = False) -> Generator[Server]:
    """The server of a program in this folder, which prints its port."""
    with ExitStack() as stack:
        files = stack.enter_context(_certificate()) if tls else None
        given = [*map(str, arguments), *(() if files is None else files[1:])]
        process = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", f"benchmarks.{program}", *given],
                cwd=FOLDER.parent,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        stack.callback(process.terminate)
        assert process.stdout is not None
        yield Server(int(process.stdout.readline()), None if files is None else files[0])


@contextmanager
def _certificate() -> Generator[tuple[str, str]]:
    """One made for this run: the file of the authority, and that of the server with its key."""
    try:
        import trustme
    except ModuleNotFoundError:
        raise NotMeasured("trustme, which makes a certificate, is not installed") from None
    authority = trustme.CA()
    with (
        authority.cert_pem.tempfile() as trusted,
        tempfile.TemporaryDirectory() as folder,
    ):
        own = Path(folder, "server.pem")
        authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(own))
        yield trusted, str(own)


def capacity(server: Server) -> float:
    """Requests that a second of the server's CPU time is enough for, over 64 connections."""
    with ExitStack() as stack:
        connections = [stack.enter_context(_connected(server)) for _ in range(_CONNECTIONS)]
        _every(connections)
        began = _spent(connections[0])
        for _ in range(_TIMES):
            _every(connections)
        return _TIMES * _CONNECTIONS / (_spent(connections[0]) - began)


def _connected(server: Server) -> socket.socket:
    plain = socket.create_connection(("127.0.0.1", server.port))
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if server.authority is None:
        return plain
    context = ssl.create_default_context(cafile=server.authority)
    return context.wrap_socket(plain, server_hostname="127.0.0.1")


def _every(connections: list[socket.socket]) -> None:
    for connection in connections:
        connection.sendall(b"GET /api/card HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    for connection in connections:
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")


def _spent(connection: socket.socket) -> float:
    connection.sendall(b"GET /cpu HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    return float(connection.recv(65536).partition(b"\r\n\r\n")[2])
