"""What every handler needs: the parts of a running bot, and a few functions on them."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from telegram import Bot, Message, Update, User
from telegram.ext import CallbackContext, ExtBot

from bot.telegram.state.access import Access
from bot.telegram.state.limits import Limits, Once, TokenBuckets, Verdict
from bot.telegram.state.memory import Memory, Place
from bot.telegram.state.metrics import Metrics
from bot.telegram.state.pool import Pool
from bot.telegram.state.store import Store, StoreError
from bot.telegram.texts.catalogue import Texts
from bot.telegram.texts.languages import LANGUAGES, texts_for

if TYPE_CHECKING:
    from bot.settings import Settings
    from qa.engine import Engine

T = TypeVar("T")
log = logging.getLogger("citebot")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that awaits confirmation; ``size`` is in bytes."""

    file_id: str
    name: str
    user_id: int
    size: int = 0
    replaces: bool = False
    """Whether its sender was told that it replaces an article of the same name."""


@dataclass(slots=True)
class Services:
    """The parts of a running bot. Nothing is global, so one process can run several bots."""

    bot: Bot
    settings: "Settings"
    engine: "Engine"
    store: Store
    access: Access
    memory: Memory
    limits: Limits
    pool: Pool
    metrics: Metrics
    languages: dict[int, str] = field(default_factory=dict)
    """The language chosen with /language, by chat."""
    reactions: dict[int, tuple[float, bool]] = field(default_factory=dict)
    """By group: when its rights were last requested (monotonic), and whether its reactions are reported to the bot."""
    once: Once = field(default_factory=Once)
    indexing: asyncio.Lock = field(default_factory=asyncio.Lock)
    finding_news: asyncio.Lock = field(default_factory=asyncio.Lock)
    arriving: dict[int, list[Upload]] = field(default_factory=dict)
    """Files received from each admin who may still be sending more."""
    latest_inline: dict[int, str] = field(default_factory=dict)
    """The latest inline query of each person who is typing one."""
    undelivered: dict[tuple[int, int], tuple[int | None, str, bool]] = field(default_factory=dict)
    """Questions whose answer could not be delivered, (thread, language, whether it may have arrived) by (chat,
    message): their senders are told as soon as possible."""
    background: set[asyncio.Task] = field(default_factory=set)
    repeated: set[int] = field(default_factory=set)
    """Numbers of received updates that another run of the bot has already begun: they are skipped here."""
    leads: bool = True
    """Whether this is the replica that polls and sends news."""
    taking: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="limits"))
    """Checks the shared limits in one thread, so that the order of questions is kept."""
    stopping: bool = False
    conflict: bool = False
    """Whether another program fetches this bot's updates and the admins have not been told yet."""

    async def write(self, work: Callable[..., T], *args: object) -> T | None:
        """Write to the store. An error, such as a full disk, is logged and must not prevent an answer."""
        try:
            return await asyncio.to_thread(work, *args)
        except StoreError as error:
            self.metrics.add("store_errors")
            log.error("the store can't be written", extra={"reason": str(error)})
            return None

    async def take(self, kind: str, who: int | None) -> Verdict:
        """Take a token from a bucket of ``Limits``; replicas share it, unless their database is unreachable."""
        limit: TokenBuckets = getattr(self.limits, kind)
        if self.store.shared and limit.per_minute > 0:
            taking = partial(self.store.take, kind, who, limit.per_minute, limit.burst)
            try:
                return await asyncio.get_running_loop().run_in_executor(self.taking, taking)
            except StoreError as error:
                log.error("the store can't be written", extra={"reason": str(error)})
        return limit.take(who or 0)

    async def follow(self, old: int, new: int) -> None:
        """Carry over access, settings, conversations and language of a group that became a supergroup."""
        log.info("group moved", extra={"chat": old, "new": new})
        self.access.follow(old, new)
        self.memory.follow(old, new)
        if old in self.languages:
            self.languages[new] = self.languages.pop(old)
        await self.write(self.store.move_chat, old, new)

    def texts(self, chat_id: int | None, user: User | None) -> Texts:
        """Return the texts in the language chosen in this chat, else in the person's, else in English."""
        chosen = self.languages.get(chat_id) if chat_id is not None else None
        return LANGUAGES[chosen] if chosen else texts_for(user.language_code if user else None)


class Context(CallbackContext[ExtBot, dict, dict, dict]):
    """The library's context, with the bot's own parts."""

    @property
    def services(self) -> Services:
        """The services of the application that runs this handler."""
        return self.application.bot_data["services"]


def place_of(message: Message) -> Place:
    """Return the chat and topic of a message. The topic General has no thread id: Telegram refuses one."""
    return Place(message.chat_id, message.message_thread_id if message.is_topic_message else None)


def texts_of(update: Update, services: Services) -> Texts:
    """Return the texts in the language to answer an update in."""
    chat = update.effective_chat
    return services.texts(chat.id if chat else None, update.effective_user)
