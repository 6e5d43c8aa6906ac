"""HTTP to servers that are not ours: login, time limit, and trying again after trouble that may pass.

    client = Client(timeout=60)
    reply = client.send("POST", "http://127.0.0.1:7878/query", form={"query": "ASK {}"})

Trouble that may pass: a connection that is lost, 429, and 5xx (other than 501 and 505). It is tried again after 0.5, 1,
2 and 4 seconds, or when the server's ``Retry-After`` says; then it is an EndpointError. A server that was never reached
is one at once. Whoever sends what must not happen twice has to say so (``tries=1``): a connection can be lost after
the server has done its work.

Redirects are not followed: a login must not wander to another host, and a POST would become a GET. The error says where
the server sends us.
"""

from __future__ import annotations

import contextlib
import io
import os
import random
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

from kg import __version__
from kg.errors import EndpointError, UsageError

TRIES = 5
USER, PASSWORD, TOKEN = "KG_ENDPOINT_USER", "KG_ENDPOINT_PASSWORD", "KG_ENDPOINT_TOKEN"
"""Environment variables that hold a login."""

_FIRST_WAIT = 0.5
_LONGEST_WAIT = 60.0
_LONGEST_CONNECT = 10.0
_LARGEST_REPLY = 1 << 30
_FINAL = frozenset((501, 505))
"""Statuses from 500 up that do not pass."""


class Reply(NamedTuple):
    """What a server answered; header names in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body for a person: one line, not too long, without tags, and without the query that Virtuoso repeats."""
        said = self.body[:20_000].decode("utf-8", "replace").partition("SPARQL query:")[0]
        said = re.sub(r"<(style|title|script)\b.*?</\1>", " ", said, flags=re.DOTALL | re.IGNORECASE)
        said = " ".join(re.sub(r"</?[a-z!][^<>]*>", " ", said, flags=re.IGNORECASE).split())
        return said if len(said) <= 300 else said[:300] + "…"


class Login(NamedTuple):
    """A user with a password, or a bearer token; empty for neither."""

    user: str = ""
    password: str = ""
    token: str = ""


def login_for(url: str, environ: Mapping[str, str] = os.environ) -> Login:
    """The login for a server: in the URL, else in the environment, else in a netrc file (``$NETRC``, ``~/.netrc``)."""
    parts = urlsplit(url)
    if parts.username:
        return Login(unquote(parts.username), unquote(parts.password or ""))
    if token := environ.get(TOKEN):
        if not re.fullmatch(r"[\x21-\x7e]+", token):
            raise UsageError(f"{TOKEN} is no bearer token: it has blanks or characters that are not ASCII")
        return Login(token=token)
    if user := environ.get(USER):
        return Login(user, environ.get(PASSWORD, ""))
    if environ.get(PASSWORD):
        raise UsageError(f"{PASSWORD} is set and {USER} is not: a login needs both")
    found = requests.utils.get_netrc_auth(url)
    return Login(*found) if found else Login()


def checked_url(url: str) -> str:
    """A URL without a login and fragment, fit to be shown. Raises UsageError if it is no http(s) URL of a host."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        parts, port = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s\x00-\x1f]", url):
        raise UsageError(f"{url[:100]!r} is not the URL of an endpoint, such as http://127.0.0.1:7878/query")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return urlunsplit((parts.scheme, host + port, parts.path, parts.query, ""))


class Client:
    """Sends requests to one server; keeps its connection and login.

    ``timeout`` in seconds bounds the connection, each wait for the server, and the whole of an answer. ``wait`` is
    told how long to wait before another try; ``notify`` gets a line for a person when that is needed.
    """

    def __init__(
        self,
        login: Login | None = None,
        *,
        timeout: float = 60.0,
        tries: int = TRIES,
        wait: Callable[[float], None] = time.sleep,
        notify: Callable[[str], None] | None = None,
    ) -> None:
        self.timeout = timeout
        self._tries = tries
        self._wait = wait
        self._notify = notify
        self._reached = False
        self.seen: Mapping[str, str] = {}
        """Headers of the last answer, of any status."""
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"pathway-figure-kg/{__version__}"
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter())
        self._login = login or Login()
        # Never None: requests would look into netrc on its own, and send what is there unasked.
        self._session.auth = _Bearer(self._login.token) if self._login.token else _nothing
        # By URL: each may have a realm of its own.
        self._asked: dict[str, AuthBase] = {}

    def send(
        self,
        method: str,
        url: str,
        *,
        form: Mapping[str, str] | None = None,
        body: bytes | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        tries: int | None = None,
        retry_timeouts: bool = False,
    ) -> Reply:
        """Send a request, and give the answer whatever its status below 500 (but 429).

        ``form`` is sent as a form, ``body`` as it is. A server that takes too long is asked again only with
        ``retry_timeouts``: the same question would take as long. Raises EndpointError where no answer comes.
        """
        most = tries or self._tries
        for attempt in range(1, most + 1):
            wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (attempt - 1) * random.uniform(0.8, 1.2))
            try:
                reply = self._once(method, url, form, body, params, headers)
            except EndpointError as error:
                timed_out = isinstance(error, TooSlow)
                if attempt == most or isinstance(error, _Hopeless) or (timed_out and not retry_timeouts):
                    raise
                self._tell(f"{error}; trying again")
            else:
                self._reached = True
                self.seen = reply.headers
                if reply.status < 429 or (429 < reply.status < 500) or reply.status in _FINAL:
                    return reply
                if attempt == most:
                    raise EndpointError(
                        f"{checked_url(url)}: the server answers {reply.status} "
                        f"({'tried once' if most == 1 else f'tried {most} times'}): {reply.text or 'it says no more'}",
                        reply.status,
                    )
                wait = _retry_after(reply, wait)
                self._tell(f"{checked_url(url)}: the server answers {reply.status}; trying again in {wait:.1f} s")
            self._wait(wait)
        raise AssertionError("the last try returns or raises")

    def _once(
        self,
        method: str,
        url: str,
        form: Mapping[str, str] | None,
        body: bytes | None,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
    ) -> Reply:
        """One try, with a login if the server wants one. Raises EndpointError if no answer comes, or part of one."""

        def exchange() -> Reply:
            # A file is sent in pieces, each with its own time limit; bytes would have one for all of them. (An empty
            # file would be sent chunked, which Virtuoso does not understand.)
            data = io.BytesIO(body) if body else form or body
            auth = self._asked.get(url)
            return self._exchange(checked_url(url), method, auth=auth, data=data, params=params, headers=headers)

        reply = exchange()
        if reply.status == 401 and self._login.user and url not in self._asked:
            self._asked[url] = _as_asked(self._login, reply)
            reply = exchange()
        return reply

    def _exchange(self, url: str, method: str, **request: Any) -> Reply:
        deadline = _Deadline(self.timeout)
        _current.set(deadline)
        try:
            with self._session.request(
                method,
                url,
                timeout=(min(self.timeout, _LONGEST_CONNECT), self.timeout),
                allow_redirects=False,
                stream=True,
                **request,
            ) as response:
                pieces, size = [], 0
                for piece in response.iter_content(1 << 16):
                    pieces.append(piece)
                    size += len(piece)
                    if size > _LARGEST_REPLY:
                        raise _Hopeless(f"{url}: the answer is larger than {_LARGEST_REPLY >> 20} MB: ask for less")
            if deadline.passed:  # what came looks whole, if it was cut in its header
                raise self._too_slow(url)
            return Reply(response.status_code, CaseInsensitiveDict(response.headers), b"".join(pieces))
        except requests.exceptions.SSLError as error:
            raise _Hopeless(f"{url}: no safe connection: {_reason(error)}") from None
        except requests.exceptions.ConnectTimeout:
            kind = EndpointError if self._reached else _Hopeless
            raise kind(f"{url}: the server cannot be reached (no connection). Is the address right?") from None
        except requests.exceptions.Timeout:
            raise self._too_slow(url) from None
        except requests.exceptions.ConnectionError as error:
            if deadline.passed or "timed out" in str(error):  # within the body, requests calls this a lost connection
                raise self._too_slow(url) from None
            if _is_refused(error) and not self._reached:
                raise _Hopeless(
                    f"{url}: no server answers there ({_reason(error)}). Is it running, and is the address right?"
                ) from None
            raise EndpointError(f"{url}: the connection was lost ({_reason(error)})") from None
        except requests.exceptions.InvalidURL:
            raise UsageError(f"{url!r} is not the URL of an endpoint") from None
        except (requests.exceptions.RequestException, ValueError) as error:  # ValueError: headers that are none
            if deadline.passed:
                raise self._too_slow(url) from None
            raise EndpointError(f"{url}: the connection was lost ({_reason(error)})") from None
        finally:
            deadline.cancel()

    def _too_slow(self, url: str) -> TooSlow:
        return TooSlow(f"{url}: no answer within {self.timeout:g} s. Give it more time with --timeout, or ask for less")

    def pause(self, seconds: float) -> None:
        """Wait, as between two tries."""
        self._wait(seconds)

    def _tell(self, text: str) -> None:
        if self._notify is not None:
            self._notify(text)


class TooSlow(EndpointError):
    """The time limit is over; the server may still be at work."""


class _Hopeless(EndpointError):
    """Trouble that does not pass."""


def refused(reply: Reply, url: str) -> EndpointError | UsageError:
    """What to tell of an answer that is none of the good ones."""
    shown = checked_url(url)
    if reply.status in (301, 302, 303, 307, 308):
        return EndpointError(
            f"{shown}: the server sends us to {reply.headers.get('Location', '?')[:200]}: name that", reply.status
        )
    if reply.status == 401:
        how = reply.headers.get("WWW-Authenticate", "").partition(" ")[0]
        return EndpointError(
            f"{shown}: the server wants a login{f' ({how})' if how else ''}, or does not take the one given. "
            f"Set {USER} and {PASSWORD}, or {TOKEN}, or write it into ~/.netrc",
            reply.status,
        )
    if reply.status == 403:
        return EndpointError(f"{shown}: the server forbids this: {reply.text or 'it says no more'}", reply.status)
    if reply.status in (404, 405):
        return EndpointError(
            f"{shown}: nothing answers SPARQL there ({reply.status}). Endpoints end in /query (Oxigraph), /sparql "
            "(Virtuoso, Neptune), /NAME/query (Fuseki), /repositories/NAME (GraphDB)",
            reply.status,
        )
    return EndpointError(f"{shown}: the server answers {reply.status}: {reply.text or 'it says no more'}", reply.status)


class _Deadline:
    """Bounds an answer from the moment that the request has been sent: what requests bounds is each wait for some
    bytes, so that a server that sends one at a time would never be too slow.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._timer: threading.Timer | None = None
        self.passed = False

    def watch(self, connection: socket.socket) -> None:
        """Begin; the connection is shut when the time is over, which ends each wait for it."""
        self.cancel()
        self._timer = threading.Timer(self._seconds, self._end, [connection])
        self._timer.daemon = True
        self._timer.start()

    def _end(self, connection: socket.socket) -> None:
        self.passed = True
        with contextlib.suppress(OSError):
            socket.socket.shutdown(connection, socket.SHUT_RDWR)  # of TLS, too, as it stands

    def cancel(self) -> None:
        """The answer is there."""
        if self._timer is not None:
            self._timer.cancel()


_current: ContextVar[_Deadline] = ContextVar("_current")


class _Watched(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # of http.client's class, as urllib3 has it
        if self.sock is not None:
            _current.get().watch(self.sock)
        return super().getresponse()


class _WatchedSafe(_Watched, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _SafePool(HTTPSConnectionPool):
    ConnectionCls = _WatchedSafe


class _Adapter(HTTPAdapter):
    """Watches answers; not those that come through a SOCKS proxy, which needs connections of its own."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *arguments: Any, **options: Any) -> ProxyManager:
        manager: ProxyManager = super().proxy_manager_for(*arguments, **options)
        if type(manager) is ProxyManager:
            manager.pool_classes_by_scheme = _POOLS
        return manager


_POOLS: dict[str, type[HTTPConnectionPool]] = {"http": _Pool, "https": _SafePool}


class _Bearer(AuthBase):
    """A bearer token with each request."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _nothing(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _as_asked(login: Login, reply: Reply) -> AuthBase:
    """User and password in the way that the server asks for: the password itself only where Digest is not to be had."""
    if "digest" in reply.headers.get("WWW-Authenticate", "").lower():
        return HTTPDigestAuth(login.user, login.password)
    return HTTPBasicAuth(login.user.encode(), login.password.encode())  # as bytes: requests would write Latin-1


def _retry_after(reply: Reply, otherwise: float) -> float:
    """Seconds that the server asks to wait for; a date, which few send, is left to our own schedule."""
    asked = reply.headers.get("Retry-After", "").strip()
    return min(_LONGEST_WAIT, float(asked)) if asked.isdecimal() else otherwise


def _is_refused(error: requests.exceptions.ConnectionError) -> bool:
    """Whether no connection was made at all: nothing listens there, or there is no such host."""
    return bool(error.args) and isinstance(getattr(error.args[0], "reason", None), NewConnectionError)


def _reason(error: Exception) -> str:
    """The innermost reason, in the words of the operating system or of urllib3."""
    inner: BaseException = error
    while (deeper := inner.__cause__ or inner.__context__ or getattr(inner, "reason", None)) and deeper is not inner:
        if not isinstance(deeper, BaseException):
            break
        inner = deeper
    text = getattr(inner, "strerror", None) or str(inner) or type(inner).__name__
    return text[:200].lower() if text[:1].isupper() and text[1:2].islower() else text[:200]
