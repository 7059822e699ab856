"""Threads that answer outside the event loop, with a bounded queue and an orderly shutdown."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Hashable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

T = TypeVar("T")

MAX_WAITING = 100
"""Questions that may wait at once: as many as can be told to ask again within the ten seconds of a shutdown."""

MAX_WAITING_EACH = 8
"""Questions of one person that may wait at once."""


class Busy(Exception):
    """Too many questions are waiting: in all, or (``own``) from this person."""

    def __init__(self, own: bool):
        super().__init__(own)
        self.own = own


class Closing(Exception):
    """The bot is stopping, and this question has not started."""


class Pool:
    """Runs blocking work in ``workers`` threads, first come first served, one question at a time for each key.

    A key has at most one place in the queue, so that somebody who asks a lot delays nobody else.
    """

    def __init__(self, workers: int):
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="answer")
        self._slots = asyncio.Semaphore(workers)
        self._turns: dict[Hashable, asyncio.Lock] = {}
        self._in_turn: Counter[Hashable] = Counter()
        self._waiting: Counter[int | None] = Counter()
        self._closing = asyncio.Event()
        self._at_work: set[Future] = set()

    @property
    def waiting(self) -> int:
        """Number of questions accepted and not finished."""
        return self._waiting.total()

    @contextmanager
    def admit(self, person: int | None) -> Iterator[None]:
        """Count a question as accepted while the block runs; raises Busy where it must not be."""
        if self.waiting >= MAX_WAITING:
            raise Busy(own=False)
        if self._waiting[person] >= MAX_WAITING_EACH:
            raise Busy(own=True)
        self._waiting[person] += 1
        try:
            yield
        finally:
            self._waiting[person] -= 1
            if not self._waiting[person]:
                del self._waiting[person]

    @asynccontextmanager
    async def turn(self, key: Hashable) -> AsyncIterator[None]:
        """Hold this key's turn, so that a conversation is served in order. Raises Closing when the pool closes."""
        lock = self._turns.setdefault(key, asyncio.Lock())
        self._in_turn[key] += 1
        try:
            async with _Held(lock, self._closing):
                yield
        finally:
            self._in_turn[key] -= 1
            if not self._in_turn[key]:
                del self._in_turn[key], self._turns[key]

    async def run(self, work: Callable[[], T]) -> T:
        """Run ``work`` in the next free thread; raises Closing if the pool closes before it starts."""
        async with _Held(self._slots, self._closing):
            future = self._threads.submit(work)
            self._at_work.add(future)
            future.add_done_callback(self._at_work.discard)
            return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Turn away what has not started; what has started is finished."""
        self._closing.set()

    def shutdown(self) -> bool:
        """End the threads; return False where one is still working, since a thread cannot be killed."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        return not self._at_work


class _Held:
    """Holds a lock or semaphore, unless the pool closes before it is free."""

    def __init__(self, lock: asyncio.Lock | asyncio.Semaphore, closing: asyncio.Event):
        self._lock = lock
        self._closing = closing

    async def __aenter__(self) -> None:
        acquire = asyncio.ensure_future(self._lock.acquire())
        close = asyncio.ensure_future(self._closing.wait())
        try:
            await asyncio.wait((acquire, close), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self._give_up(acquire)
            raise
        finally:
            close.cancel()
        if self._closing.is_set():
            self._give_up(acquire)
            raise Closing

    def _give_up(self, acquire: asyncio.Future) -> None:
        if acquire.done() and not acquire.cancelled():
            self._lock.release()
        else:
            acquire.cancel()

    async def __aexit__(self, *exc: object) -> None:
        self._lock.release()
