"""Bytes of a PFOCR record file to the mapping in its YAML front matter.

A record is a Jekyll page: a line ``---``, YAML, a line ``---``, and (in every record seen) nothing after it.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import yaml

from kg import quickyaml
from kg.errors import RecordError

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_ANCHOR = re.compile(r"(?m)(?:^|[\s\[{,:?-])&[^\s,\[\]{}]")
_MAX_EXPANDED = 100_000
"""Most nodes a front matter may have once its aliases are written out: records have some 300, and the
largest seen under 2,000. Far more means an alias bomb ("billion laughs")."""

_NO_YAML = "YAML does not parse"

Mapping = dict[str, Any]


class FrontMatter(NamedTuple):
    """The mapping, and the keys that stand more than once in it or below (``schema-jsonld: name``), sorted.

    Of such a key the last value is in the mapping, as PyYAML has it.
    """

    mapping: Mapping
    repeated: tuple[str, ...]


def decode(data: bytes, *, file: str) -> str:
    """Text of a file: UTF-8, with or without a byte order mark, any line ends (they become ``\\n``).

    Raises RecordError with the line and byte where the text stops being UTF-8.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RecordError(
            f"is not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start} (line {line}). Save it as UTF-8",
            file=file,
            summary="not UTF-8",
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def front_matter(data: bytes, *, file: str) -> FrontMatter:
    """What a record's front matter holds, as PyYAML's safe loader gives it.

    Raises RecordError if the file is not UTF-8, has no front matter, or its YAML cannot be parsed, is not a
    mapping, or would grow past any real record by its aliases.
    """
    text = decode(data, file=file)
    if not text.startswith("---\n"):
        raise RecordError('has no front matter: the first line must be "---"', file=file, summary="no front matter")
    end = text.find("\n---", 3)
    while end != -1 and text[end + 4 : end + 5] not in ("", "\n", " "):
        end = text.find("\n---", end + 4)
    if end == -1:
        raise RecordError(
            'front matter does not end: no second line "---"', file=file, summary="front matter does not end"
        )
    return _load(text[4 : end + 1], file=file)


def _load(text: str, *, file: str) -> FrontMatter:
    try:
        document, repeated = _document(text, file=file)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # +2: marks count from 0, and the line "---" stands before the text.
        where = f" at line {mark.line + 2}, column {mark.column + 1}" if mark else ""
        raise RecordError(
            f"YAML does not parse{where}: {error.problem or error.context}", file=file, summary=_NO_YAML
        ) from None
    except yaml.YAMLError as error:
        raise RecordError(f"YAML does not parse: {' '.join(str(error).split())}", file=file, summary=_NO_YAML) from None
    except RecursionError:
        raise RecordError("YAML is nested too deeply to be a record", file=file) from None
    except (ValueError, LookupError, AttributeError, TypeError, OverflowError) as error:
        # What PyYAML's constructors let through: a date such as 2021-13-45, `!!bool x`, `!!timestamp x`.
        raise RecordError(
            f"YAML has a value that cannot be read: {error}", file=file, summary="YAML has a value that cannot be read"
        ) from None
    if not isinstance(document, dict):
        kind = "empty" if document is None else f"a {type(document).__name__}"
        raise RecordError(
            f"front matter is {kind}, not a mapping of keys to values", file=file, summary="front matter is no mapping"
        )
    return FrontMatter(document, repeated)


def _document(text: str, *, file: str) -> tuple[object, tuple[str, ...]]:
    """What the text holds, and the keys that stand more than once.

    Aliases are counted before anything is built: a merge key (``<<``) writes them out.
    """
    certain, document = quickyaml.load(text)
    if certain:  # the native parser refuses a key that stands twice
        return document, ()
    loader = _LOADER(text)
    try:
        root = loader.get_single_node()
        if root is None:
            return None, ()
        if _ANCHOR.search(text) and _expanded_size(root) > _MAX_EXPANDED:
            raise RecordError(
                f"YAML aliases expand to more than {_MAX_EXPANDED:,} values: not a record, and a danger to read",
                file=file,
                summary="YAML aliases expand to too many values",
            )
        repeated = _repeated(root)  # before the document is built, which writes merge keys out
        return loader.construct_document(root), repeated
    finally:
        loader.dispose()


def _repeated(root: yaml.Node) -> tuple[str, ...]:
    """Keys that stand more than once in one mapping; items of lists are not told apart."""
    found: set[str] = set()
    seen: set[int] = set()
    stack: list[tuple[yaml.Node, str]] = [(root, "")]
    while stack:
        node, where = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            stack.extend((child, where) for child in node.value)
        elif isinstance(node, yaml.MappingNode):
            keys: set[tuple[str, str]] = set()
            for key, value in node.value:
                name = f"{where}{key.value}" if isinstance(key, yaml.ScalarNode) else where
                if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                    if (key.tag, key.value) in keys:
                        found.add(name)
                    keys.add((key.tag, key.value))
                stack.append((value, f"{name}: "))
    return tuple(sorted(found))


def _expanded_size(root: yaml.Node) -> int:
    """How many nodes there are below ``root`` with aliases written out; linear in the nodes that are there."""
    sizes: dict[int, int] = {}
    stack: list[tuple[yaml.Node, bool]] = [(root, False)]
    while stack:
        node, children_done = stack.pop()
        if id(node) in sizes and not children_done:
            continue
        children: list[yaml.Node] = []
        if isinstance(node, yaml.MappingNode):
            children = [child for pair in node.value for child in pair]
        elif isinstance(node, yaml.SequenceNode):
            children = node.value
        if children_done or not children:
            sizes[id(node)] = 1 + sum(sizes[id(child)] for child in children)
        else:
            sizes[id(node)] = _MAX_EXPANDED + 1  # until known: a node inside itself is too large by right
            stack.append((node, True))
            stack.extend((child, False) for child in children)
    return sizes[id(root)]
