"""A bounded number of worker processes, each of which can be killed at any time and is then replaced.

Jobs that run longer than a moment (``QUICK`` seconds of a processor) are *slow*: their process is put behind all others
in the system's queue for processors, and another takes its place in the pool, so that whoever asks for much cannot keep
those waiting who ask for little. Half as many as the pool has processes may be slow at once; one that becomes slow
beyond that is stopped, and not begun at all if it has been slow a short while ago. A process over its time is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from kg.errors import CannotRun
from kg.web.reply import Refused, Reply
from kg.web.worker import LENGTH, Hello, Job, Setup, Warm

QUICK = 1.0
"""Seconds of a processor after which a job is a slow one."""
_AT_ONCE = 0.2
"""Seconds within which a worker that dies had died before it got its job, which then is another's."""
_LOOK = 0.25
"""Seconds between two looks at that."""
_NICE = 15
_REMEMBERED = 60.0
"""Seconds for which a job is known to be slow."""
_MOST_REMEMBERED = 1_000
_TICKS = os.sysconf("SC_CLK_TCK")
_START_SECONDS = 60.0
_END_SECONDS = 1.0
_BUFFER = 1 << 22

# The child gets this process's paths: `python -m` would put the working directory first.
_BOOT = """
import json, pickle, sys
sys.path[:] = json.loads(sys.argv[1])
from kg.web.worker import nursery
nursery(int(sys.argv[2]), pickle.loads(bytes.fromhex(sys.argv[3])))
"""


class Died(Exception):
    """A worker ended without an answer."""


class Nursery:
    """The process that forks workers (`kg.web.worker.nursery`); started anew should it have died."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._one_at_a_time = asyncio.Lock()

    @property
    def store(self) -> str:
        """The folder that the store is now."""
        return os.path.realpath(self._setup.store)

    def start(self) -> None:
        """Start the process."""
        ours, theirs = socket.socketpair()
        arguments = [str(theirs.fileno()), pickle.dumps(self._setup).hex()]
        with theirs, _blocked_interrupts():
            self._process = subprocess.Popen(
                [sys.executable, "-c", _BOOT, json.dumps(sys.path), *arguments],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        self._control = ours

    async def fork(self) -> Worker:
        """A new worker that is ready. Raises CannotRun if it says that it cannot work."""
        async with self._one_at_a_time:
            return await self._fork()

    async def _fork(self) -> Worker:
        try:
            worker = await self._ask()
        except (OSError, Died, TimeoutError):  # the nursery has died
            self.stop()
            self.start()
            try:
                worker = await self._ask()
            except (OSError, Died, TimeoutError):
                raise CannotRun("the processes that answer do not start") from None
        if worker.hello.error:
            worker.kill()
            raise CannotRun(worker.hello.error)
        return worker

    async def _ask(self) -> Worker:
        """A worker that has said hello."""
        if self._control is None:
            raise Died
        ours, theirs = socket.socketpair()
        # From here on the socket is the loop's: closed behind its back, its number would be another's.
        reader, writer = await asyncio.open_unix_connection(sock=ours, limit=_BUFFER)
        try:
            with theirs:
                socket.send_fds(self._control, [b"+"], [theirs.fileno()])
            hello = await asyncio.wait_for(_receive(reader), _START_SECONDS)
        except BaseException:
            writer.close()
            raise
        assert isinstance(hello, Hello)
        return Worker(hello, reader, writer)

    def stop(self) -> None:
        """End the nursery; workers end with it."""
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = self._control = None


@contextlib.contextmanager
def _blocked_interrupts() -> Iterator[None]:
    """Ctrl-C goes to all processes of a terminal, and one that starts cannot ignore it yet."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Worker:
    """One worker process, seen from the parent."""

    def __init__(self, hello: Hello, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.hello = hello
        self.pid = hello.pid
        self.store = hello.store
        self.slow = False
        self._killed = False
        self._reader = reader
        self._writer = writer

    async def do(self, job: Job) -> Reply:
        """The answer to a job. Raises Refused, or Died."""
        data = pickle.dumps(job, pickle.HIGHEST_PROTOCOL)
        try:
            self._writer.write(LENGTH.pack(len(data)) + data)
            await self._writer.drain()
        except OSError:
            raise Died from None
        reply = await _receive(self._reader)
        if isinstance(reply, Refused):
            raise reply
        assert isinstance(reply, Reply)
        return reply

    def busy(self) -> float:
        """Seconds of a processor that the process has had; of the clock, where the system does not tell."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        except OSError:
            return time.monotonic()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def demote(self) -> None:
        """Put the process behind all others; it cannot be put back."""
        self.slow = True
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.pid, _NICE)

    @property
    def alive(self) -> bool:
        """Whether the process has neither been killed nor ended by itself."""
        return not self._killed and not self._reader.at_eof()

    def kill(self) -> None:
        """End the process, whatever it does. While its end of the socket is open its id cannot be another's."""
        if self.alive:
            self._killed = True
            with contextlib.suppress(OSError):
                os.kill(self.pid, signal.SIGKILL)
        self._writer.close()

    def end(self) -> None:
        """Kill the process, and wait until the system has let go of what it held: a moment."""
        with contextlib.suppress(OSError, AttributeError):  # it has ended; or another system, which cannot tell
            process = os.pidfd_open(self.pid)
            try:
                self.kill()
                select.select([process], [], [], _END_SECONDS)
            finally:
                os.close(process)
        self.kill()


async def _receive(reader: asyncio.StreamReader) -> object:
    """A worker's message: it comes from our own code, in a process that we started."""
    try:
        (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
        return pickle.loads(await reader.readexactly(length))
    except (asyncio.IncompleteReadError, OSError):
        raise Died from None


class Terms(NamedTuple):
    """How a pool works: processes, seconds that a job may take, jobs that may wait for a process, and how long."""

    size: int
    seconds: float
    waiting: int
    patience: float


class Pool:
    """Workers that answer jobs, one each at a time. ``name`` is what a message calls them, ``warming`` the job by which
    one is made ready for those that will come.
    """

    def __init__(self, name: str, nursery: Nursery, terms: Terms, warming: Warm) -> None:
        self._name = name
        self._nursery = nursery
        self._terms = terms
        self._warming = warming
        self._idle: asyncio.Queue[Worker] = asyncio.Queue()
        self._cold: list[Worker] = []
        self._all: set[Worker] = set()
        self._waiting = 0
        self._slow = 0
        self._slow_most = max(1, terms.size // 2)
        self._known_slow: dict[Job, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False

    @property
    def size(self) -> int:
        """How many workers it has."""
        return self._terms.size

    async def start(self) -> None:
        """Make the workers; each answers once it has been warmed (`warm_one`). Raises CannotRun if they cannot work."""
        for _ in range(self._terms.size):
            self._cold.append(await self._fork())

    async def warm_one(self) -> None:
        """Have a worker come to hold what it will. Raises Refused if it cannot; another takes its place."""
        worker = self._cold.pop()
        try:
            async with asyncio.timeout(_START_SECONDS):
                await worker.do(self._warming)
        except (Died, TimeoutError):
            worker.kill()
        except Refused:
            worker.kill()
            raise
        finally:
            self._give_back(worker)

    async def _fork(self) -> Worker:
        worker = await self._nursery.fork()
        if self._stopped:
            worker.kill()
        self._all.add(worker)
        return worker

    async def _replace(self) -> None:
        pause = 0.1
        while not self._stopped:
            try:
                self._idle.put_nowait(await self._fork())
            except CannotRun:  # a store that is just being moved, perhaps
                await asyncio.sleep(pause)
                pause = min(5.0, 2 * pause)
            else:
                return

    async def do(self, job: Job, *, seconds: float | None = None) -> Reply:
        """The answer to a job. Raises Refused: 503 with Retry-After where there is no room or no time."""
        limit = seconds or self._terms.seconds
        if self._slow >= self._slow_most and self._known_slow.get(job, 0.0) > time.monotonic():
            await asyncio.sleep(QUICK)  # a client that asks again at once is not to keep us busy with saying no
            raise self._too_slow(limit)
        for _ in range(self._terms.size):
            worker = await self._take()
            begun = time.monotonic()
            try:
                return await self._watched(worker, job, limit)
            except Died:
                worker.kill()
                if time.monotonic() - begun > _AT_ONCE:
                    break
            except TimeoutError:
                raise _unavailable(f"this took longer than {limit:g} s and was stopped", int(limit)) from None
            finally:  # also when the client went away, which cancels
                self._give_back(worker)
        raise Refused(
            500, "the process that worked on this has ended: most likely it needed more memory than it may have"
        )

    async def _watched(self, worker: Worker, job: Job, limit: float) -> Reply:
        doing = asyncio.ensure_future(worker.do(job))
        try:
            end = time.monotonic() + limit
            before = worker.busy()
            await asyncio.wait([doing], timeout=min(QUICK, limit))
            while not doing.done() and worker.busy() - before < QUICK and time.monotonic() < end:
                await asyncio.wait([doing], timeout=_LOOK)
            if not doing.done() and time.monotonic() < end:
                self._remember(job)
                if self._slow >= self._slow_most:
                    raise self._too_slow(limit)
                self._slow += 1
                worker.demote()
                self._start_another()
                await asyncio.wait([doing], timeout=max(0.0, end - time.monotonic()))
            if not doing.done():
                raise TimeoutError
            return doing.result()
        finally:
            if not doing.done():
                worker.kill()
                doing.cancel()
            elif not doing.cancelled():
                doing.exception()  # seen

    def _remember(self, job: Job) -> None:
        self._known_slow.pop(job, None)
        self._known_slow[job] = time.monotonic() + _REMEMBERED
        if len(self._known_slow) > _MOST_REMEMBERED:
            del self._known_slow[next(iter(self._known_slow))]

    def _too_slow(self, limit: float) -> Refused:
        return _unavailable(
            f"this takes longer than {QUICK:g} s, and as many that do are running as may at once", int(limit)
        )

    async def _take(self) -> Worker:
        """An idle worker that serves the store as it is now."""
        while True:
            if self._idle.empty():
                if self._waiting >= self._terms.waiting:
                    raise _unavailable(f"all {self._terms.size} {self._name} are busy, and others wait", 5)
                self._waiting += 1
                try:
                    async with asyncio.timeout(self._terms.patience):
                        worker = await self._idle.get()
                except TimeoutError:
                    raise _unavailable(f"all {self._terms.size} {self._name} are busy", 5) from None
                finally:
                    self._waiting -= 1
            else:
                worker = self._idle.get_nowait()
            if worker.alive and worker.store == self._nursery.store:
                return worker
            worker.kill()  # a build has put another store in its place
            self._give_back(worker)

    def _give_back(self, worker: Worker) -> None:
        if worker.alive and not worker.slow and not self._stopped:
            self._idle.put_nowait(worker)
            return
        worker.kill()
        self._all.discard(worker)
        if worker.slow:
            self._slow -= 1  # another has taken its place already
        else:
            self._start_another()

    def _start_another(self) -> None:
        if not self._stopped:
            self._in_background(self._replace())

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def stop(self) -> None:
        """Kill all workers."""
        self._stopped = True
        for task in self._tasks:
            task.cancel()
        for worker in self._all:
            worker.kill()


def _unavailable(why: str, after: int) -> Refused:
    return Refused(503, f"{why}. Try again later", (("retry-after", str(max(1, after))),))
