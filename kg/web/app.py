"""Routes: what is asked for, and which pool of workers answers.

Two pools: one for pages, whose work is small, and one for whatever a client decides the size of (SPARQL, answers of
stored questions, networks). So the pages answer whatever becomes of queries.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import NamedTuple

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from kg.errors import CannotRun
from kg.fulltext import remove_parts
from kg.web import protocol
from kg.web.accept import best
from kg.web.pool import Died, Nursery, Pool, Terms
from kg.web.render import STATIC, render
from kg.web.reply import HTML, Refused, Reply, phrase, text
from kg.web.worker import BUG, Describe, Job, Ping, Prepare, Query, Setup, Visit, Warm

_PAGE_SECONDS = 15.0
_MOMENT = 0.5
"""Seconds of warming that a person does not notice."""
_WARM_SECONDS = 5.0
"""Seconds that a person waits for the rest of it."""
_AGAIN_SECONDS = 60
"""Seconds until an index that could not be made is tried again."""
_READ = ("GET", "HEAD")
_STATIC_CACHE = "public, max-age=3600"
_MOST_URL = 100_000


class Sizes(NamedTuple):
    """How many processes answer queries and pages, and how many requests may wait for one."""

    queries: int
    pages: int
    waiting: int = 200


class Server:
    """The pools, and what is done with a request. Pools live between `start` and `stop`."""

    def __init__(self, setup: Setup, sizes: Sizes) -> None:
        seconds = setup.limits.seconds
        self._spare = Path(tempfile.gettempdir()) / f"kg-search-{secrets.token_hex(8)}"  # made when it is needed
        self._nursery = Nursery(setup._replace(spare=str(self._spare)))
        queries = Terms(sizes.queries, seconds, sizes.waiting, seconds)
        pages = Terms(sizes.pages, _PAGE_SECONDS, sizes.waiting, 20.0)
        self._queries = Pool("query processes", self._nursery, queries, Warm(pages=False))
        self._pages = Pool("page processes", self._nursery, pages, Warm(pages=True))
        self._warming: list[asyncio.Future[None]] = []
        self._prepared = ""
        self._preparing: asyncio.Future[None] | None = None

    async def start(self, waiting: Callable[[], object]) -> None:
        """Start the processes, and make the search index if there is none. ``waiting`` is called if they take a moment.
        Raises CannotRun.
        """
        self._nursery.start()
        await self._prepare()
        await self._pages.start()
        await self._queries.start()
        await self._warm(waiting)

    async def _prepare(self) -> None:
        """Make the search index of the store as it is now, if it has none, in a process for it alone: it may grow
        large, and takes minutes for a large store. Raises CannotRun.
        """
        self._prepared = store = self._nursery.store
        maker = await self._nursery.fork()
        try:
            await maker.do(Prepare())
        except Refused as refused:
            raise CannotRun(f"the search index cannot be made: {refused.message}") from None
        except Died:
            raise CannotRun(
                "the search index cannot be made: its process has ended, for want of memory perhaps"
            ) from None
        finally:
            maker.end()
            remove_parts(store)

    def _notice(self) -> None:
        """Begin to prepare the store, if a build has put another in its place."""
        if self._nursery.store != self._prepared and (self._preparing is None or self._preparing.done()):
            self._preparing = asyncio.ensure_future(self._prepare_meanwhile())

    async def _prepare_meanwhile(self) -> None:
        try:
            await self._prepare()
        except CannotRun as error:
            if self._nursery.store == self._prepared:  # else yet another has come, and this one has gone
                sys.stderr.write(f"kg: {error}\n")
            for _ in range(_AGAIN_SECONDS):  # unless there is another by then
                if self._nursery.store != self._prepared:
                    break
                await asyncio.sleep(1)
            self._prepared = ""

    async def _warm(self, waiting: Callable[[], object]) -> None:
        """Have the workers warmed, as many at once as there are processors. After some seconds those that are warm
        answer while the others are made so.
        """
        pools = [self._pages, self._queries]
        turns = iter([pool for n in range(max(p.size for p in pools)) for pool in pools if n < pool.size])

        async def some() -> None:
            for pool in turns:
                try:
                    await pool.warm_one()
                except Refused as refused:
                    _tell_bug(refused)

        self._warming = [asyncio.ensure_future(some()) for _ in range(os.cpu_count() or 1)]
        _, cold = await asyncio.wait(self._warming, timeout=_MOMENT)
        if cold:
            waiting()
            await asyncio.wait(cold, timeout=_WARM_SECONDS)

    def stop(self) -> None:
        """End all processes."""
        for task in (*self._warming, *([self._preparing] if self._preparing else ())):
            task.cancel()
        self._queries.stop()
        self._pages.stop()
        self._nursery.stop()
        shutil.rmtree(self._spare, ignore_errors=True)

    # --- handlers

    async def sparql(self, request: Request) -> Response:
        """The SPARQL endpoint."""
        accept = _accept(request)
        try:
            if request.method == "OPTIONS":
                return Response(status_code=204, headers={"allow": "GET, HEAD, POST, OPTIONS"})
            operation = await protocol.read(request)
            if operation is None:
                if best(accept, ("text/turtle", "text/html")) == "text/html":
                    return Response(status_code=303, headers={"location": "/query", "vary": "accept"})
                job: Job = Describe(f"{_origin(request)}/sparql", accept)
            else:
                job = Query(operation.query, accept, operation.default_graphs, operation.named_graphs)
            reply = await self._unless_gone(request, self._queries, job)
        except Refused as refused:
            reply = _refusal(refused, "text/plain")
        return _response(reply._replace(headers=(*reply.headers, ("vary", "accept"))), request)

    async def page(self, request: Request) -> Response:
        """A page."""
        accept = _accept(request)
        path = request.url.path
        self._notice()
        try:
            if len(request.scope["query_string"]) > _MOST_URL:
                raise Refused(414, f"the query of this address has more than {_MOST_URL:,} characters")
            fields = tuple(protocol.fields(request.scope["query_string"]))
            job = Visit(_origin(request), path, fields, accept)
            pool = self._queries if path.startswith("/question/") or path.endswith("/network.json") else self._pages
            reply = await self._unless_gone(request, pool, job)
        except Refused as refused:
            reply = _refusal(refused, best(accept, ("text/html", "text/plain")) or "text/plain")
        return _response(reply, request)

    async def health(self, request: Request) -> Response:
        """Whether pages are answered."""
        try:
            await self._pages.do(Ping(), seconds=5.0)
        except Refused as refused:
            return _response(text(503, refused.message), request)
        return _response(text(200, "ok"), request)

    async def _unless_gone(self, request: Request, pool: Pool, job: Job) -> Reply:
        """The answer to a job, which is stopped if the client goes away."""
        doing = asyncio.ensure_future(pool.do(job))
        gone = asyncio.ensure_future(_disconnected(request))
        try:
            await asyncio.wait([doing, gone], return_when=asyncio.FIRST_COMPLETED)
            if not doing.done():
                raise Refused(499, "the client went away")
            return doing.result()
        finally:
            for task in (doing, gone):
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Refused):
                await doing


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def make_app(server: Server) -> Starlette:
    """The app over a server whose pools are running."""

    async def refused(request: Request, error: Exception) -> Response:
        """What the router itself refuses: methods and files that are not there."""
        assert isinstance(error, HTTPException)
        media_type = best(_accept(request), ("text/html", "text/plain")) or "text/plain"
        said = "here one can only read" if error.status_code == 405 else f"there is nothing at {request.url.path[:200]}"
        headers = tuple((name, value) for name, value in (error.headers or {}).items())
        return _response(_refusal(Refused(error.status_code, said, headers), media_type), request)

    return Starlette(
        routes=[
            Route("/sparql", server.sparql, methods=["GET", "HEAD", "POST", "OPTIONS"]),
            Route("/healthz", server.health, methods=list(_READ)),
            Mount("/static", _Static(directory=STATIC)),
            Route("/{path:path}", server.page, methods=list(_READ)),
        ],
        exception_handlers={HTTPException: refused},
    )


class _Static(StaticFiles):
    """Files of the package, which a browser may keep for a while."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def kept(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"]
                assert isinstance(headers, list)
                message["headers"] = [*headers, (b"cache-control", _STATIC_CACHE.encode())]
            await send(message)

        await super().__call__(scope, receive, kept)  # type: ignore[arg-type]


def _accept(request: Request) -> str | None:
    values = request.headers.getlist("accept")
    return ",".join(values) if values else None


def _origin(request: Request) -> str:
    """Where this server is, by the name that it was asked for (which `kg.web.guard` has checked)."""
    return f"{request.url.scheme}://{request.headers['host']}"


def _tell_bug(refused: Refused) -> None:
    """Its traceback, if it comes of one."""
    sys.stderr.writelines(value for name, value in refused.headers if name == BUG)


def _refusal(refused: Refused, media_type: str) -> Reply:
    _tell_bug(refused)
    headers = [header for header in refused.headers if header[0] != BUG]
    if media_type == "text/html":
        values = {"title": phrase(refused.status), "message": refused.message, "choices": []}
        return Reply(refused.status, HTML, render("problem.html", **values), tuple(headers))
    return text(refused.status, refused.message, tuple(headers))


def _response(reply: Reply, request: Request) -> Response:
    headers = dict(reply.headers)
    if reply.status == 200:
        tag = f'"{hashlib.sha256(reply.body).hexdigest()[:24]}"'
        headers |= {"etag": tag, "cache-control": headers.get("cache-control", "no-cache")}
        known = request.headers.get("if-none-match", "")
        if request.method in _READ and tag in (each.strip().removeprefix("W/") for each in known.split(",")):
            return Response(status_code=304, headers=headers)
    else:
        headers["cache-control"] = "no-store"
    headers["content-type"] = reply.media_type
    return Response(reply.body, status_code=reply.status, headers=headers)


@contextlib.asynccontextmanager
async def running(server: Server, waiting: Callable[[], object]) -> AsyncIterator[None]:
    """The server's pools, for as long as the context. See `Server.start`."""
    try:
        await server.start(waiting)
        yield
    finally:
        server.stop()
