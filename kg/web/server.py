"""The listening socket, signals, and uvicorn, which speaks HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

import uvicorn

from kg.errors import CannotRun
from kg.garbage import return_large
from kg.web.app import Server, Sizes, make_app, running
from kg.web.guard import Guard
from kg.web.worker import Setup

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_BACKLOG = 2048
_GRACE = 5
"""Seconds that requests have to end when the server is stopped."""


class Address(NamedTuple):
    """Where to listen (port 0: any that is free), and by which names besides that one may be asked."""

    host: str
    port: int
    names: Collection[str] = ()


class Told(NamedTuple):
    """Whom to tell: that there is a moment to wait, and the address once requests are answered."""

    waiting: Callable[[], object]
    ready: Callable[[str], object]


def serve(address: Address, setup: Setup, sizes: Sizes, told: Told, *, log: bool = False) -> None:
    """Serve until SIGTERM or Ctrl-C.

    Raises CannotRun where the address cannot be had or the store cannot be opened.
    """
    return_large()
    listening = _listen(address)
    host = f"[{address.host}]" if ":" in address.host else address.host
    url = f"http://{host}:{listening.getsockname()[1]}/"
    server = Server(setup, sizes)
    app = Guard(make_app(server), {*_LOOPBACK, host, *address.names}, _print if log else None)
    http = _Http(app, lambda: told.ready(url))
    try:
        asyncio.run(_serve(listening, server, http, told))
    finally:
        listening.close()


def _listen(address: Address) -> socket.socket:
    try:
        family, kind, number, _, place = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, number)
    except OSError as error:
        raise CannotRun(f"{address.host}: no address to listen on: {error.strerror}") from None
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(place)
        listening.listen(_BACKLOG)  # now, as two may be bound to a port, and what comes is answered in a moment
    except OSError as error:
        listening.close()
        raise CannotRun(
            f"{address.host}:{address.port} cannot be listened on: {error.strerror}. Take another with --port"
        ) from None
    return listening


async def _serve(listening: socket.socket, server: Server, http: _Http, told: Told) -> None:
    serving = asyncio.ensure_future(_started(listening, server, http, told))

    def stop() -> None:
        http.should_exit = True
        if not http.started:
            serving.cancel()

    with _on_signals(stop), contextlib.suppress(asyncio.CancelledError):
        await serving


async def _started(listening: socket.socket, server: Server, http: _Http, told: Told) -> None:
    async with running(server, told.waiting):
        await http.serve(sockets=[listening])


class _Http(uvicorn.Server):
    """uvicorn, which leaves the signals to us and says when it listens."""

    def __init__(self, app: Guard, ready: Callable[[], object]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="h11",
                ws="none",
                lifespan="off",
                access_log=False,
                log_config=None,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=_GRACE,
            )
        )
        self._ready = ready

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets=sockets)
        self._ready()


@contextlib.contextmanager
def _on_signals(stop: Callable[[], None]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


def _print(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
