"""What runs in the processes that answer: a nursery that forks them, and the workers.

The nursery is one process with one thread. It imports everything, opens no store (that makes threads, with which
nobody should fork), and forks a worker for each socket that it is sent: some milliseconds, against half a second for a
process that starts from nothing. A worker opens the store, says hello, and then answers one job after the other until
it is killed or its socket is closed. It has no network, a bounded memory, and ends with its parent.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import os
import pickle
import resource
import signal
import socket
import struct
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.errors import KgError
from kg.garbage import return_large, settle, sweep_all
from kg.processes import end_with_parent
from kg.web.endpoint import Limits, answer, description
from kg.web.reply import Refused, Reply, text

if TYPE_CHECKING:
    from kg.web.pages import Site

LENGTH = struct.Struct("!I")
"""What stands before each message: its number of bytes."""


class Setup(NamedTuple):
    """What all workers of a server are told: the store, the limits of an answer, megabytes of memory, and a folder for
    the search indexes of stores that cannot be written to.
    """

    store: str
    limits: Limits
    memory: int
    spare: str = ""


class Hello(NamedTuple):
    """A worker's first message: its process id, the folder that its store is, and why it cannot work ('' if it can)."""

    pid: int
    store: str
    error: str


class Query(NamedTuple):
    """A job: a SPARQL query (see `kg.web.protocol.Operation`)."""

    text: str
    accept: str | None
    default_graphs: tuple[str, ...] | None
    named_graphs: tuple[str, ...] | None


class Describe(NamedTuple):
    """A job: the description of the endpoint at this address."""

    endpoint: str
    accept: str | None


class Visit(NamedTuple):
    """A job: a page. ``origin`` is where this server is (``http://127.0.0.1:8000``), ``path`` begins with a slash."""

    origin: str
    path: str
    fields: tuple[tuple[str, str], ...]
    accept: str | None


class Prepare(NamedTuple):
    """A job: make what is made on first use (the search index), with as much memory as it takes."""


class Ping(NamedTuple):
    """A job: say whether the store is there."""


class Warm(NamedTuple):
    """A job: come to hold what one would by and by (`kg.web.warming`), of pages or of queries."""

    pages: bool


Job = Query | Describe | Visit | Prepare | Ping | Warm


def nursery(control: int, setup: Setup) -> None:
    """Fork a worker for each socket that comes over the control socket (a file descriptor), until that is closed."""
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the listening process's business
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no child is waited for
    return_large()
    _preload(setup)
    gc.freeze()
    with socket.socket(fileno=control) as parent:
        while True:
            message, descriptors, _, _ = socket.recv_fds(parent, 1, 1)
            if not message:
                return
            (descriptor,) = descriptors
            if os.fork() == 0:
                parent.close()
                os._exit(_child(descriptor, setup))
            os.close(descriptor)


def _preload(setup: Setup) -> None:
    """What workers share: modules, templates, names of genes."""
    from kg.fulltext import keep_spare
    from kg.lookup import warm
    from kg.store import user_genes
    from kg.web import pages

    importlib.import_module("kg.web.warming")
    if setup.spare:
        keep_spare(setup.spare)
    pages.templates()
    with contextlib.suppress(KgError):
        warm(user_genes(setup.store))


def _child(descriptor: int, setup: Setup) -> int:
    try:
        _without_network()
        end_with_parent()  # after that: a change of credentials undoes it
        _quiet()
        with socket.socket(fileno=descriptor) as parent, parent.makefile("rwb") as stream:
            serve(stream, setup)
    except (OSError, EOFError):
        return 1
    return 0


def _without_network() -> None:
    """A network namespace with nothing in it, where the system allows it: a second lock behind `asks_service`."""
    new_network, new_user = 0x40000000, 0x10000000
    with contextlib.suppress(OSError, AttributeError):
        unshare = ctypes.CDLL(None).unshare
        if unshare(new_network) != 0 and os.geteuid() != 0:
            unshare(new_user | new_network)


def _quiet() -> None:
    """What the engine's libraries print when they give up goes nowhere; the parent hears that the process has ended."""
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)


def _bounded(megabytes: int | None) -> None:
    """Bound this process's memory (None: by what bounds it from outside alone)."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = hard if megabytes is None else megabytes << 20
    resource.setrlimit(resource.RLIMIT_DATA, (wanted if hard < 0 else min(wanted, hard), hard))


def serve(stream: Any, setup: Setup) -> None:
    """Answer jobs from a stream until it ends."""
    from kg.web.pages import Site

    folder = str(Path(setup.store).resolve())
    try:
        site = Site(folder)
    except KgError as error:
        _send(stream, Hello(os.getpid(), folder, str(error)))
        return
    _bounded(setup.memory)
    _send(stream, Hello(os.getpid(), folder, ""))
    settle()
    while (message := _receive(stream)) is not None:
        _send(stream, _done(site, pickle.loads(message), setup))
        sweep_all()  # now that nobody waits; of what is settled there is nothing to look at


def _done(site: Site, job: Job, setup: Setup) -> Reply | Refused:
    """What became of a job. A bug is told with its traceback, for the log, in a header that the parent takes off."""
    try:
        match job:
            case Query():
                return answer(site.store, job.text, job.accept, job.default_graphs, job.named_graphs, setup.limits)
            case Describe():
                return description(job.endpoint, site.triples, job.accept)
            case Visit():
                return site.visit(job, setup.limits)
            case Prepare():
                _bounded(None)
                site.prepare()
                return text(200, "ready")
            case Ping():
                site.look()
                return text(200, "ok")
            case Warm():
                from kg.web.warming import warm

                warm(site, setup.limits, pages=job.pages)
                settle()
                return text(200, "warm")
    except Refused as refused:
        return refused
    except KgError as error:
        return Refused(503, str(error))
    except MemoryError:
        return Refused(500, f"this needs more than {setup.memory:,} MB of memory")
    except Exception:  # noqa: BLE001 - a worker outlives a bug; the traceback is told
        return Refused(500, "something is wrong with this program", ((BUG, traceback.format_exc()),))


BUG = "x-traceback"
"""Header of a `Refused` that carries a traceback to the parent."""


def _send(stream: Any, message: object) -> None:
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    stream.write(LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def _receive(stream: Any) -> bytes | None:
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    data: bytes = stream.read(LENGTH.unpack(head)[0])
    return data
