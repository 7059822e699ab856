"""What every handler needs, in one place, and the few things they all do with it."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from telegram import Bot, Message, Update, User
from telegram.ext import CallbackContext, ExtBot

from bot.telegram.state.access import Access
from bot.telegram.state.limits import Limits, Once
from bot.telegram.state.memory import Memory, Place
from bot.telegram.state.metrics import Metrics
from bot.telegram.state.pool import Pool
from bot.telegram.state.store import Store
from bot.telegram.texts.catalogue import Texts
from bot.telegram.texts.languages import LANGUAGES, texts_for

if TYPE_CHECKING:
    from bot.settings import Settings
    from qa.engine import Engine

T = TypeVar("T")
log = logging.getLogger("citebot")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that waits for its confirmation; ``size`` is in bytes."""

    file_id: str
    name: str
    user_id: int
    size: int = 0
    replaces: bool = False
    """Whether its sender was told that an article of that name is there already."""


@dataclass(frozen=True, slots=True)
class AllLimits:
    """How much may be asked and pressed."""

    person: Limits
    chat: Limits
    presses: Limits
    """For button presses and inline queries, which come more often than questions."""


@dataclass(slots=True)
class Services:
    """The parts of a running bot. Nothing in here is global, so several bots fit into one process."""

    bot: Bot
    settings: "Settings"
    engine: "Engine"
    store: Store
    access: Access
    memory: Memory
    limits: AllLimits
    pool: Pool
    metrics: Metrics
    languages: dict[int, str] = field(default_factory=dict)
    """The language chosen with /language, by chat."""
    once: Once = field(default_factory=Once)
    indexing: asyncio.Lock = field(default_factory=asyncio.Lock)
    finding_news: asyncio.Lock = field(default_factory=asyncio.Lock)
    uploads: dict[str, tuple[Upload, ...]] = field(default_factory=dict)
    """Files sent by admins that wait for their confirmation, together where they were sent together."""
    sending: dict[int, list[Upload]] = field(default_factory=dict)
    """Files of each admin who is just sending some."""
    typed: dict[int, str] = field(default_factory=dict)
    """The latest inline query of each person who is typing one."""
    owed: dict[tuple[int, int], tuple[int | None, str]] = field(default_factory=dict)
    """Questions whose answer could not be delivered, (thread, language) by (chat, message): told as soon as may be."""
    background: set[asyncio.Task] = field(default_factory=set)
    stopping: bool = False
    conflict: bool = False
    """Whether another program was seen to fetch this bot's updates, of which the admins are not told yet."""

    async def write(self, work: Callable[..., object], *args: object) -> None:
        """Write something to the store. A full disk must not keep anybody from an answer: it is logged."""
        try:
            await asyncio.to_thread(work, *args)
        except sqlite3.Error as error:
            self.metrics.add("store_errors")
            log.error("the store can't be written", extra={"reason": str(error)})

    async def follow(self, old: int, new: int) -> None:
        """A group became a supergroup: allow-list, settings, conversations and language go with it, for good."""
        log.info("group moved", extra={"chat": old, "new": new})
        self.access.follow(old, new)
        self.memory.follow(old, new)
        if old in self.languages:
            self.languages[new] = self.languages.pop(old)
        await self.write(self.store.move_chat, old, new)

    def texts(self, chat_id: int | None, user: User | None) -> Texts:
        """The language to speak: the one chosen in this chat, else that of the person, else English."""
        chosen = self.languages.get(chat_id) if chat_id is not None else None
        return LANGUAGES[chosen] if chosen else texts_for(user.language_code if user else None)


class Context(CallbackContext[ExtBot, dict, dict, dict]):
    """What a handler is given: the library's context, and the bot's own parts."""

    @property
    def services(self) -> Services:
        """The services of the application that runs this handler."""
        return self.application.bot_data["services"]


def place_of(message: Message) -> Place:
    """The chat and topic of a message. General has no thread id: naming one would be refused."""
    return Place(message.chat_id, message.message_thread_id if message.is_topic_message else None)


def texts_of(update: Update, services: Services) -> Texts:
    """The language to speak in answer to an update."""
    chat = update.effective_chat
    return services.texts(chat.id if chat else None, update.effective_user)
