"""Without Python's search for garbage that is cyclic, where much is made and nothing of it is a cycle.

Each such search goes over objects that stay: the lexicon, rows of an answer, facts to be settled. It took a fifth of a
build's time, and a tenth of a second of an answer of 4,000 rows. What is no cycle is freed as ever.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Meanwhile, no search unless `sweep` is called."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def settle() -> None:
    """For the start of a worker process: what is there stays, and is never looked at; no search unless `sweep` is
    called.
    """
    gc.freeze()
    gc.disable()


def sweep() -> None:
    """Free what cycles there are among objects that were made since the last time."""
    gc.collect(1)


def sweep_all() -> None:
    """Free what cycles there are, and the places that Python keeps for floats, tuples, lists and dicts to come, which
    hold on to memory all over.
    """
    gc.collect()


_LARGE = 1 << 16
_M_MMAP_THRESHOLD = -3


def return_large() -> None:
    """For a process that runs for long: what it frees of 64 KB and more goes back to the system (glibc).

    glibc does that from 128 KB on, and each time that more is freed, from that on (mallopt(3)): so whoever makes pages
    of some hundred KB has them in its heap ever after, and others' small things between them.
    """
    with contextlib.suppress(OSError, AttributeError):  # another libc
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE)
