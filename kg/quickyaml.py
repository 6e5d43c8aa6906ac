"""YAML by a native parser, where it is certain to give what PyYAML's safe loader gives; PyYAML elsewhere.

The native parser (`ryaml`, which wraps serde_yaml) is several times as fast, but resolves plain scalars by
YAML 1.2 where PyYAML goes by 1.1: ``NO``, ``12:30:00``, ``017``, ``1e3`` and dates differ. Two looks decide: at
the text, for syntax that could differ, and at what came out, for texts that 1.1 would have made something else
of. A quoted ``'NO'`` is such a text as well; it costs a second parse and nothing else.
"""

from __future__ import annotations

import re
from typing import Any

import ryaml

# Each alternative begins with the character that is rare, and looks back from it: this is the speed of the reader.
_INDICATORS = re.compile(
    r"""(?x)
      [&*!?%@`] (?<= [\s\[{,:?-] .)      # anchors, aliases, tags, explicit keys, directives
    | [\t\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]
    """
)
_EXPONENTS = re.compile(r"(?x) [eE] (?<= [0-9._] .) (?= [-+0-9])")  # 1e3 is a text in 1.1
_POINTS = re.compile(r"(?x) \. (?<= [\s\[{,:+-] .) (?= [0-9])")  # so is -.5
_USUAL = bytes(set(range(32, 256)) - {0x7F, 0xC2, 0xEF} - set(b"&*!?%@`")) + b"\n"
"""Bytes of UTF-8 without which there is nothing of `_INDICATORS`, but for two of Unicode's line ends."""
_LINE_ENDS = ("\u2028".encode(), "\u2029".encode())
_ALIKE = bytes.maketrans(b"123456789._E+", b"00000000000e-")
_TEXTS_OF_1_1 = re.compile(
    r"""(?xm) ^(?:
      yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF
    | true|True|TRUE|false|False|FALSE
    | =|<<
    | [-+]?0[0-7_]+
    | [-+]?(?:0b|0x)?[0-9a-fA-F_]*_[0-9a-fA-F_]*(?:\.[0-9_]*)?(?:[eE][-+][0-9]+)?
    | [-+]?[0-9_]+\._*[0-9_]*_[0-9_]*(?:[eE][-+][0-9]+)?
    | [-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*
    )$
    """
)
_MOST_BRACKETS = 500
_LONGEST = 64
"""No plain scalar that 1.1 makes something else of, and that a record could hold, is longer."""


def load(text: str) -> tuple[bool, Any]:
    """``(True, document)`` if the document is certainly PyYAML's, else ``(False, None)``: ask PyYAML."""
    padded = "\n" + text  # so that there is something before the first character
    data = padded.encode(errors="surrogatepass")
    if (
        (_may_have_indicators(data) and _INDICATORS.search(padded))
        or (_may_have_exponents(data) and _EXPONENTS.search(padded))
        or _POINTS.search(padded)
        or "0o" in text
        or text.count("[") + text.count("{") > _MOST_BRACKETS  # the native parser is slow to refuse deep nesting
        or "- - - -" in text
        or "\n---" in padded
        or "\n..." in padded
    ):
        return False, None
    try:
        document = ryaml.loads(text)
    except (ryaml.InvalidYamlError, ValueError):
        return False, None  # PyYAML may accept it (a key twice), or says better what is wrong
    return (True, document) if _same_in_1_1(document) else (False, None)


def _may_have_indicators(data: bytes) -> bool:
    """False if `_INDICATORS` finds nothing for certain, which takes a tenth of its time: so it is for most records,
    where no such character stands but the one that begins quoted names (``'@type'``).
    """
    return (
        bool(data.translate(None, _USUAL).strip(b"@"))
        or data.count(b"@") != data.count(b"'@")
        or any(end in data for end in _LINE_ENDS)
    )


def _may_have_exponents(data: bytes) -> bool:
    """False if `_EXPONENTS` finds nothing for certain: digits, points and underscores are taken for one another."""
    told = data.translate(_ALIKE)
    return b"0e0" in told or b"0e-" in told


def _same_in_1_1(document: Any) -> bool:
    stack = [document]
    texts: list[str] = []
    while stack:
        node = stack.pop()
        kind = type(node)
        if kind is str:
            if len(node) <= _LONGEST:
                texts.append(node)
        elif kind is dict:
            stack += node.keys()
            stack += node.values()
        elif kind is list:
            stack += node
        elif kind is int and abs(node) >= 2**53:
            return False
    return not _TEXTS_OF_1_1.search("\n".join(texts))
