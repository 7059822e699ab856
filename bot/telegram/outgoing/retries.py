"""Rate limits and retries for each chat on its own: one chat's retry_after does not delay the others.

AIORateLimiter limits the rate (30 a second in all, 20 a minute in a group), but stops every chat on one RetryAfter,
and does not retry by default. Here, only what was not carried out is retried: a 429, an error reported by the server
(5xx), or a failed connection. After a timeout while reading, or a connection that broke after the request, the message
may have been delivered, so it is not sent again.
"""

import asyncio
import logging
import warnings
from collections.abc import Callable, Coroutine
from typing import Any
from weakref import WeakValueDictionary

import httpx
from telegram.error import BadRequest, NetworkError, RetryAfter
from telegram.ext import AIORateLimiter
from telegram.warnings import PTBDeprecationWarning

MAX_TRIES = 6
MAX_HOLD = 300.0
"""Longest retry_after, in seconds, that the bot waits for: nobody waits longer for an answer."""

_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_UNTHROTTLED = frozenset({"sendChatAction"})
_RETRIED_ELSEWHERE = frozenset({"getMe", "setWebhook", "deleteWebhook"})
"""Requests at the start, which are retried and logged there."""

log = logging.getLogger("citebot")


class PerChatRateLimiter(AIORateLimiter):
    """AIORateLimiter with retries for each chat, and the messages of one chat in order."""

    def __init__(self, sleep: Callable[[float], Coroutine[Any, Any, None]] = asyncio.sleep):
        super().__init__(max_retries=0)
        self._sleep = sleep
        self._locks: WeakValueDictionary[Any, asyncio.Lock] = WeakValueDictionary()
        self._held_until: dict[Any, float] = {}
        self.retries = 0

    async def process_request(  # noqa: D102 - documented by the library
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        chat = data.get("chat_id")
        if endpoint in _UNTHROTTLED:
            return await self._at_once(callback, args, kwargs, chat)
        lock = self._locks.setdefault(chat, asyncio.Lock()) if chat is not None else asyncio.Lock()
        async with lock:
            for left in range(MAX_TRIES - 1, -1, -1):
                await self._wait(chat)
                try:
                    return await super().process_request(callback, args, kwargs, endpoint, data, None)
                except RetryAfter as error:
                    await self._hold_chat(chat, error, left)
                except NetworkError as error:
                    if not left or maybe_sent(error) or isinstance(error, BadRequest) or endpoint in _RETRIED_ELSEWHERE:
                        raise
                    log.warning("sending failed, trying again", extra={"method": endpoint, "reason": _kind(error)})
                    self.retries += 1
                    await self._sleep(min(8.0, 0.5 * 2 ** (MAX_TRIES - left)))
        return None

    async def _at_once(self, callback: Any, args: Any, kwargs: dict[str, Any], chat: Any) -> Any:
        """Send a "typing" now or not at all."""
        if self._hold(chat) > 0:
            return True
        try:
            return await callback(*args, **kwargs)
        except RetryAfter as error:
            self._held_until[chat] = _now() + _seconds(error)
            return True

    async def _hold_chat(self, chat: Any, error: RetryAfter, left: int) -> None:
        seconds = _seconds(error)
        if chat is not None and seconds > MAX_HOLD:
            self._held_until[chat] = _now() + seconds
        if not left or seconds > MAX_HOLD:
            raise error
        self.retries += 1
        log.warning("asked to wait", extra={"chat": chat, "seconds": round(seconds, 1)})
        if chat is None:
            await self._sleep(seconds)
        else:
            self._held_until[chat] = _now() + seconds

    async def _wait(self, chat: Any) -> None:
        """Wait until the chat may be written to again; too long a wait is refused at once."""
        if (seconds := self._hold(chat)) > MAX_HOLD:
            raise RetryAfter(round(seconds))
        if seconds > 0:
            await self._sleep(seconds)
        self._held_until.pop(chat, None)

    def _hold(self, chat: Any) -> float:
        return self._held_until.get(chat, 0.0) - _now()


def maybe_sent(error: NetworkError) -> bool:
    """Tell whether the request may have been carried out although no response arrived."""
    cause = error.__cause__
    return isinstance(cause, httpx.HTTPError) and not isinstance(cause, _UNSENT)


def _kind(error: NetworkError) -> str:
    return type(error.__cause__ or error).__name__


def _now() -> float:
    return asyncio.get_running_loop().time()


def _seconds(error: RetryAfter) -> float:
    """Read retry_after, which will be a timedelta in a later version of the library, which warns of that until then."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PTBDeprecationWarning)
        value = error.retry_after
    return (value if isinstance(value, int | float) else value.total_seconds()) + 0.1
