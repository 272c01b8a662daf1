"""Stands between a client and a PostgreSQL, and loses a connection at its commit."""

from __future__ import annotations

import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Final, Literal, TypeAlias

from attrs import define, field

__all__ = ["LosingProxy", "losing_proxy"]

When: TypeAlias = Literal["before", "after"]

_SOCKET: Final = ".s.PGSQL.5432"
_COMMIT: Final = b"COMMIT\0"


@define
class LosingProxy:
    """A socket that leads to that of a server."""

    server: Path
    listener: socket.socket
    loses: When | None = None
    """Whether the server has seen the next commit when its connection is lost; None for neither."""
    is_gone_then: bool = False
    """Whether nobody reaches the server any more when a connection was lost."""
    lost: int = 0
    _open: list[socket.socket] = field(factory=list[socket.socket])

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self.server))
                self._open += [client, server]
                Thread(target=self._pass_on, args=(client, server), daemon=True).start()
                Thread(target=self._pass_back, args=(server, client), daemon=True).start()

    def close(self) -> None:
        for one in (self.listener, *self._open):
            _end(one)

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(1 << 16):
                when = self.loses if data.endswith(_COMMIT) else None
                if when is None:
                    server.sendall(data)
                    continue
                self.loses, self.lost = None, self.lost + 1
                if self.is_gone_then:
                    _end(self.listener)
                _end(client)
                if when == "after":
                    server.sendall(data)
                break
        # What was sent before is still done.
        with suppress(OSError):
            server.shutdown(socket.SHUT_WR)

    def _pass_back(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(1 << 16):
                client.sendall(data)
        _end(client)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@contextmanager
def losing_proxy(folder: Path, server: Path) -> Generator[LosingProxy]:
    """Both are folders of sockets."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / _SOCKET))
        listener.listen()
        proxy = LosingProxy(server / _SOCKET, listener)
        thread = Thread(target=proxy.serve, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.close()
            thread.join()
