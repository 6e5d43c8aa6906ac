"""Templates to HTML. Everything is escaped that is not a template's own; links lead to this server or to http(s)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kg import __version__

FOLDER = Path(__file__).resolve().parent / "templates"
STATIC = FOLDER.parent / "static"


@cache
def environment() -> Environment:
    """The templates, compiled when first asked for."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"thousands": lambda n: f"{n:,}", "away": away, "data": data}
    made.globals |= {"version": __version__}
    return made


def load_all() -> None:
    """Compile all templates now."""
    for name in environment().list_templates():
        environment().get_template(name)


def render(template: str, /, **values: Any) -> bytes:
    """A page."""
    # Halves of characters, which a record may have by an escape, are no text.
    return environment().get_template(template).render(values).encode("utf-8", "replace")


def away(url: str) -> str:
    """An address elsewhere, if it is one that a browser may be sent to; else ''.

    >>> away("https://doi.org/10.1/x"), away("javascript:alert(1)")
    ('https://doi.org/10.1/x', '')
    """
    return url if url.startswith(("https://", "http://")) else ""


def data(value: Any) -> Markup:
    """A value as JSON inside of a script element: nothing in it can end the element."""
    text = json.dumps(value, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)
