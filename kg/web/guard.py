"""What holds of every request and every answer, whatever the path: plain ASGI around the app.

* The Host header must name this server. A page elsewhere can make a browser ask 127.0.0.1 under a name of its own (DNS
  rebinding), but it cannot choose the Host header.
* Answers carry headers that let a browser load nothing but what comes from here (Content-Security-Policy), with two
  exceptions: the image of a figure, on a page on which somebody asked for it, and styles that the query editor sets.
* Each request is a line of the log, if there is one, in the Common Log Format.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.web.reply import TEXT

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{styles}; img-src 'self'{images}; font-src 'self'{fonts}; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_IMAGES = " https://www.ncbi.nlm.nih.gov https://*.ncbi.nlm.nih.gov"
"""Where images of figures are (PMC has moved its files between hosts of this domain)."""

_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)

Log = Callable[[str], None]


class Guard:
    """The app, guarded. ``hosts`` are names that this server is asked for by, by any port; ``log`` takes a line."""

    def __init__(self, app: ASGIApp, hosts: Collection[str], log: Log | None) -> None:
        self._app = app
        self._hosts = frozenset((without_port(host) or host).lower() for host in hosts)
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, sent = 0, 0

        async def guarded(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": _with_policy(message["headers"])}
            elif message["type"] == "http.response.body":
                sent += len(message.get("body", b""))
            await send(message)

        try:
            if self._is_ours(scope):
                await self._app(scope, receive, guarded)
            else:
                await _misdirected(guarded)
        finally:
            if self._log is not None:
                self._log(common_log(scope, status, sent))

    def _is_ours(self, scope: Scope) -> bool:
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1:
            return False
        return without_port(hosts[0].decode("latin-1")).lower() in self._hosts


def without_port(host: str) -> str:
    """A Host header without its port.

    >>> without_port("localhost:8000"), without_port("[::1]:8000"), without_port("[::1]")
    ('localhost', '[::1]', '[::1]')
    """
    if host.startswith("["):
        return host[: host.find("]") + 1]
    return host.partition(":")[0]


async def _misdirected(send: Send) -> None:
    body = (
        b"this server is not known by the name in the Host header: ask for it by its own (kg serve --allow-host NAME)\n"
    )
    headers = [(b"content-type", TEXT.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 421, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _with_policy(headers: Any) -> list[tuple[bytes, bytes]]:
    asked = {name.lower(): value for name, value in headers}
    inline = b"x-styles" in asked
    policy = _POLICY.format(
        styles=" 'unsafe-inline'" if inline else "",
        images=(_IMAGES if b"x-images" in asked else "") + (" data:" if inline else ""),
        fonts=" data:" if inline else "",
    )
    kept = [(name, value) for name, value in headers if name.lower() not in (b"x-styles", b"x-images")]
    return [*kept, (b"content-security-policy", policy.encode()), *_HEADERS]


def common_log(scope: Scope, status: int, sent: int) -> str:
    """A request as a line in the Common Log Format; what a client sends cannot break out of its line."""
    client = scope.get("client") or ("-", 0)
    query = scope["query_string"].decode("latin-1")
    path = scope.get("raw_path", scope["path"].encode()).decode("latin-1") + (f"?{query}" if query else "")
    line = f"{scope['method']} {path} HTTP/{scope['http_version']}"
    shown = "".join(ch if " " <= ch <= "~" and ch not in '"\\' else f"\\x{ord(ch):02x}" for ch in line)
    when = time.strftime("%d/%b/%Y:%H:%M:%S %z")
    return f'{client[0]} - - [{when}] "{shown}" {status} {sent or "-"}'
