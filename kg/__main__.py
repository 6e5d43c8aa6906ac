"""The command ``kg``, and ``python -m kg``."""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
from typing import NoReturn

_INTERRUPTED = 130


def run() -> NoReturn:
    """Run the command line and end the process, without freeing each object first.

    That takes a fifth of a second after a build of 2,659 figures: there are many objects, and all of their memory is
    given back anyway.
    """
    try:
        from kg.cli import main  # here, as a quarter of a second is spent with it, in which someone may press Ctrl-C

        main()
    except KeyboardInterrupt:
        code = _INTERRUPTED
    except SystemExit as exit:
        code = exit.code if isinstance(exit.code, int) else int(exit.code is not None)
    atexit._run_exitfuncs()
    for stream in filter(None, (sys.stdout, sys.stderr)):  # none where the shell has closed it
        with contextlib.suppress(OSError, ValueError):  # closed, or told of already
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    run()
