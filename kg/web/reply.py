"""What a worker answers, and how it says no: small values that go from process to process."""

from __future__ import annotations

from http import HTTPStatus
from typing import NamedTuple

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


class Reply(NamedTuple):
    """An answer over HTTP: status, media type, body, other headers."""

    status: int
    media_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


class Refused(Exception):
    """A request that is not answered: status, a sentence for a person, other headers."""

    def __init__(self, status: int, message: str, headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers

    def __reduce__(self) -> tuple[type[Refused], tuple[int, str, tuple[tuple[str, str], ...]]]:
        return Refused, (self.status, self.message, self.headers)


def text(status: int, message: str, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """A sentence as plain text."""
    return Reply(status, TEXT, f"{message}\n".encode("utf-8", "replace"), headers)


def phrase(status: int) -> str:
    """What a status is called.

    >>> phrase(404)
    'Not Found'
    """
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return str(status)
