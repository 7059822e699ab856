"""The command menu and the bot's description, in every language. Scopes only decide what is shown, never who may."""

import logging

from telegram import BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import TelegramError

from bot.telegram.services import Services
from bot.telegram.texts.catalogue import Texts
from bot.telegram.texts.languages import languages

PRIVATE = ("ask", "sources", "article", "new", "watch", "watching", "status", "language", "help")
GROUP = ("ask", "sources", "article", "new", "help")
ADMIN = ("reindex", "delete", "stats", "people")
_LOG = logging.getLogger(__name__)


async def set_menu(services: Services) -> None:
    """Tell Telegram what to show. A bot without a menu still answers, so a failure is logged and left."""
    try:
        for texts in languages().values():
            await _set_language(services, texts)
    except TelegramError as error:
        _LOG.warning("menu not set", extra={"reason": type(error).__name__})


async def _set_language(services: Services, texts: Texts) -> None:
    code = None if texts.code == "en" else texts.code
    bot = services.bot
    await bot.set_my_commands(_commands(texts, PRIVATE), BotCommandScopeAllPrivateChats(), language_code=code)
    await bot.set_my_commands(_commands(texts, GROUP), BotCommandScopeAllGroupChats(), language_code=code)
    await bot.set_my_short_description(texts.about, language_code=code)
    await bot.set_my_description(texts.description, language_code=code)
    for admin in sorted(services.access.admins):
        scope = BotCommandScopeChat(admin)
        try:
            await bot.set_my_commands(_commands(texts, PRIVATE + ADMIN), scope, language_code=code)
        except TelegramError as error:
            # An admin who has not started the bot yet has no chat to set a menu for.
            _LOG.info("admin menu not set", extra={"user": admin, "reason": type(error).__name__})


def _commands(texts: Texts, names: tuple[str, ...]) -> list[BotCommand]:
    return [BotCommand(name, texts.menu[name]) for name in names]
