"""A request of the SPARQL 1.1 Protocol to the query that it brings (https://www.w3.org/TR/sparql11-protocol/).

Three ways: GET with ``query``, POST of a form, POST of the query itself. Updates are refused (403), and so is what goes
beyond the limits (413) or is no such request (400, 405, 415).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from kg.web.reply import Refused

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"

MOST_BYTES = 1_000_000
"""Of a request's body."""
_MOST_READ = 10 * MOST_BYTES
"""Bytes that are read of a body that is too long: many clients hear nothing before they have sent all of it."""
_MOST_FIELDS = 1_000
_BODY_SECONDS = 30.0

_OF_OPERATIONS = ("query", "update", "default-graph-uri", "named-graph-uri")

READ_ONLY = "this endpoint is read-only: updates are refused"


class Operation(NamedTuple):
    """A query, and the graphs that the protocol names for it (None: those of the query or the store)."""

    query: str
    default_graphs: tuple[str, ...] | None
    named_graphs: tuple[str, ...] | None


async def read(request: Request) -> Operation | None:
    """The operation of a request; None for a GET without a query, which asks what this is. Raises Refused."""
    in_url = fields(request.scope["query_string"])
    if request.method in ("GET", "HEAD"):
        if not in_url:
            return None
        return _operation(in_url)
    media_type, parameters = _content_type(request.headers.get("content-type", ""))
    if media_type == UPDATE:
        raise Refused(403, READ_ONLY)
    if media_type not in (FORM, QUERY):
        said = f"not {media_type}" if media_type else "which the request does not say"
        raise Refused(415, f"the body of a POST must be {FORM} or {QUERY}, {said}", (("accept", f"{FORM}, {QUERY}"),))
    if parameters.get("charset", "utf-8").strip('"') not in ("utf-8", "utf8"):
        raise Refused(415, "the body must be UTF-8")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused(415, "a compressed body is not understood", (("accept-encoding", "identity"),))
    body = await _body(request)
    if media_type == FORM:
        if any(name in _OF_OPERATIONS for name, _ in in_url):
            raise Refused(400, "a form carries its query and graphs in the body, not in the URL")
        return _operation(fields(body))
    if any(name in ("query", "update") for name, _ in in_url):
        raise Refused(400, "the query is in the body and in the URL: say it once")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(400, "the query is not UTF-8") from None
    return _operation([*in_url, ("query", text)])


def fields(encoded: bytes) -> list[tuple[str, str]]:
    """The fields of a query string or form. Raises Refused where they are not UTF-8."""
    try:
        return parse_qsl(
            encoded.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except UnicodeDecodeError:
        raise Refused(400, "the parameters are not UTF-8, percent-encoded") from None
    except ValueError:
        raise Refused(400, f"more than {_MOST_FIELDS:,} parameters") from None


def _operation(given: Sequence[tuple[str, str]]) -> Operation:
    if any(name == "update" for name, _ in given):
        raise Refused(403, READ_ONLY)
    queries = [value for name, value in given if name == "query"]
    if len(queries) != 1:
        raise Refused(400, "no query: give one as query=" if not queries else f"{len(queries)} queries: give one")
    if not queries[0].strip():
        raise Refused(400, "the query is empty")
    default = tuple(value for name, value in given if name == "default-graph-uri")
    named = tuple(value for name, value in given if name == "named-graph-uri")
    if not default and not named:
        return Operation(queries[0], None, None)
    return Operation(queries[0], default, named)


def _content_type(header: str) -> tuple[str, dict[str, str]]:
    media_type, *rest = [part.strip().lower() for part in header.split(";")]
    parameters = {key.strip(): value.strip() for key, _, value in (part.partition("=") for part in rest)}
    return media_type, parameters


async def _body(request: Request) -> bytes:
    too_long = Refused(413, f"the body has more than {MOST_BYTES:,} bytes", (("connection", "close"),))
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > _MOST_READ:
        raise too_long
    body = bytearray()
    read = 0
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for chunk in request.stream():
                read += len(chunk)
                if read > _MOST_READ:
                    raise too_long
                if read <= MOST_BYTES:
                    body += chunk
    except TimeoutError:
        raise Refused(408, f"the body did not come within {_BODY_SECONDS:.0f} s", (("connection", "close"),)) from None
    except ClientDisconnect:
        raise Refused(400, "the client went away") from None
    if read > MOST_BYTES:
        raise too_long
    return bytes(body)
