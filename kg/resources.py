"""What belongs to the package: where its folders ``shapes``, ``queries`` and ``seeds`` are, and what its code is.

A wheel carries the folders in ``kg/_resources``; in a checkout they stand beside the package.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Literal

from kg import __version__
from kg.errors import CannotRun

_PACKAGE = Path(__file__).resolve().parent


def resource(name: Literal["shapes", "queries", "seeds"]) -> Path:
    """The folder of that name, in an installed wheel or in a checkout.

    >>> resource("shapes").name
    'shapes'
    """
    for folder in (_PACKAGE / "_resources" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise CannotRun(f"the folder {name!r} of this package is missing: install pathway-figure-kg again")


@cache
def code() -> str:
    """A hash over this package's modules: a version number stays the same while one works on them."""
    digest = hashlib.sha256(__version__.encode())
    for file in sorted(_PACKAGE.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
