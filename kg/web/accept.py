"""Content negotiation (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

_LONGEST = 4_000
"""Characters of a header that are looked at."""


class _Range(NamedTuple):
    type: str
    subtype: str
    quality: float

    def fits(self, media_type: str) -> int:
        """How closely the range names a media type: 0 not at all, 3 exactly."""
        type_, _, subtype = media_type.partition("/")
        if (self.type, self.subtype) == (type_, subtype):
            return 3
        if (self.type, self.subtype) == (type_, "*"):
            return 2
        return 1 if (self.type, self.subtype) == ("*", "*") else 0


def best(accept: str | None, offered: Sequence[str]) -> str | None:
    """The media type to answer with, of those offered (the best first); None if none is acceptable.

    >>> best("text/csv;q=0.5, application/json", ["application/json", "text/csv"])
    'application/json'
    >>> best("image/png", ["text/html"]) is None, best(None, ["text/html"])
    (True, 'text/html')
    """
    if accept is None or not accept.strip():
        return offered[0]
    ranges = [r for part in accept[:_LONGEST].split(",") if (r := _range(part))]
    found: str | None = None
    most = 0.0
    for media_type in offered:
        fitting = max(ranges, key=lambda r: r.fits(media_type), default=None)
        if fitting is not None and fitting.fits(media_type) and fitting.quality > most:
            found, most = media_type, fitting.quality
    return found


def _range(text: str) -> _Range | None:
    name, *parameters = [part.strip().lower() for part in text.split(";")]
    type_, slash, subtype = name.partition("/")
    if not slash or not type_ or not subtype:
        return None
    quality = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                quality = min(1.0, max(0.0, float(value)))
            except ValueError:
                return None
    return _Range(type_, subtype, quality)
