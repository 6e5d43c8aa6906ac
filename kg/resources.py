"""Where the package's folders of text files are: ``shapes``, ``queries``, ``seeds``.

A wheel carries them in ``kg/_resources``; in a checkout they stand beside the package.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

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
