"""Worker processes that start clean: neither the parent's threads nor the parent's script come along.

A forked child of a process that has used Oxigraph or the SHACL engine waits for threads that it does not have. So a
process is forked only while it has one thread, which the command line has: its children then share what it has
loaded. Else they come from a fork server, which has no such past. They would import the parent's ``__main__``, though,
so that a user's script that builds without ``if __name__ == "__main__"`` would run again in each of them: it is hidden
from them.
"""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.process import BaseProcess
from typing import Any


def pool(workers: int, start: Callable[..., None], *arguments: Any) -> ProcessPoolExecutor:
    """A pool of processes in each of which ``start(*arguments)`` is called once. Ctrl-C is left to the parent.

    They start with the first task; what it takes to start them must still be so then (see `_has_one_thread`).
    """
    forked = _has_one_thread()
    context = multiprocessing.get_context("fork") if forked else _Context()
    return ProcessPoolExecutor(workers, context, initializer=_start, initargs=(forked, start, arguments))


def _has_one_thread() -> bool:
    """Whether this process has no thread besides this one, native ones counted. False where that cannot be told."""
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


def _start(forked: bool, start: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    end_with_parent()  # whose death by SIGKILL it would not hear of: it would wait for work for ever
    if not forked:  # its parent is the fork server, which stays while it does
        threading.Thread(target=_end_with_maker, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    start(*arguments)


def end_with_parent() -> None:
    """See to it that this process is killed when the one that started it dies (Linux)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _end_with_maker() -> None:
    maker = multiprocessing.parent_process()
    if maker is not None:
        maker.join()
        os._exit(1)


class _Process(ForkServerProcess):
    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Any:
        with _hidden_main():
            return ForkServerProcess._Popen(process_obj)


class _Context(ForkServerContext):
    Process = _Process


@contextlib.contextmanager
def _hidden_main() -> Iterator[None]:
    """While a process starts, ``__main__`` looks like an interactive one, which is not imported again."""
    names: dict[str, Any] = vars(sys.modules["__main__"])
    kept: dict[str, Any] = {name: names[name] for name in ("__spec__", "__file__") if name in names}
    names["__spec__"] = None
    names.pop("__file__", None)
    try:
        yield
    finally:
        names.update(kept)
