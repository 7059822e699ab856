"""Which handler takes which update, and which commands the menu shows: all wiring of the bot in one place."""

import logging

from telegram import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    Update,
)
from telegram.error import TelegramError
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    MessageReactionHandler,
    TypeHandler,
    filters,
)

from bot.telegram.handlers import (
    admin,
    answer_buttons,
    articles,
    deleting,
    gate,
    inline,
    language,
    messages,
    uploads,
    watches,
)
from bot.telegram.incoming.addressing import addressed
from bot.telegram.outgoing.sending import acknowledge, send_page
from bot.telegram.services import Context, Services, place_of, texts_of
from bot.telegram.texts.catalogue import Texts
from bot.telegram.texts.languages import LANGUAGES
from bot.telegram.views.markup import escape

ALLOWED_UPDATES = [
    "message",
    "edited_message",
    "callback_query",
    "inline_query",
    "message_reaction",
    "my_chat_member",
    "guest_message",
]
GATE_GROUP = -10
"""Handlers of a lower group run first: the gate runs before all."""

COMMANDS = {
    "start": messages.on_start,
    "help": messages.on_help,
    "new": messages.on_new,
    "sources": articles.on_sources,
    "article": articles.on_article,
    "status": articles.on_status,
    "language": language.on_language,
    "reindex": admin.on_reindex,
    "delete": deleting.on_delete,
    "stats": admin.on_stats,
    "people": gate.on_people,
    "watch": watches.on_watch,
    "watching": watches.on_watching,
    "unwatch": watches.on_unwatch,
}
"""All but /ask, which also takes edited messages."""

PRIVATE_MENU = ("ask", "sources", "article", "new", "watch", "watching", "status", "language", "help")
GROUP_MENU = ("ask", "sources", "article", "new", "help")
ADMIN_MENU = ("reindex", "delete", "stats", "people")
"""Menus only show commands; each handler checks who may use it."""

log = logging.getLogger("citebot")
_NEW = filters.UpdateType.MESSAGE


def add_handlers(application: Application) -> None:
    """Add every handler."""
    application.add_handler(TypeHandler(Update, gate.guard), GATE_GROUP)
    application.add_handler(MessageHandler(filters.UpdateType.GUEST_MESSAGE, inline.on_guest))
    application.add_handler(CommandHandler("ask", messages.on_ask, filters.UpdateType.MESSAGES))
    for name, handler in COMMANDS.items():
        application.add_handler(CommandHandler(name, handler, _NEW))
    application.add_handler(MessageHandler(filters.COMMAND & _NEW, messages.on_unknown_command))
    application.add_handler(MessageHandler(filters.Document.ALL & _NEW & filters.ChatType.PRIVATE, uploads.on_document))
    written = (filters.TEXT & ~filters.COMMAND) | filters.CAPTION
    application.add_handler(MessageHandler(written & filters.UpdateType.MESSAGES, messages.on_text))
    application.add_handler(MessageHandler(_NEW & ~filters.StatusUpdate.ALL, messages.on_other))
    application.add_handler(CallbackQueryHandler(answer_buttons.on_answer_button, answer_buttons.PATTERN))
    application.add_handler(CallbackQueryHandler(articles.on_library_button, articles.PATTERN))
    application.add_handler(CallbackQueryHandler(language.on_language_button, language.PATTERN))
    application.add_handler(CallbackQueryHandler(uploads.on_upload_button, uploads.PATTERN))
    application.add_handler(CallbackQueryHandler(deleting.on_delete_button, deleting.PATTERN))
    application.add_handler(CallbackQueryHandler(gate.on_people_button, gate.PATTERN))
    application.add_handler(CallbackQueryHandler(watches.on_unwatch_button, watches.PATTERN))
    application.add_handler(CallbackQueryHandler(messages.on_help_button, messages.PATTERN))
    application.add_handler(CallbackQueryHandler(answer_buttons.on_stale_button))
    application.add_handler(MessageReactionHandler(answer_buttons.on_reaction))
    application.add_handler(InlineQueryHandler(inline.on_inline))
    application.add_handler(ChatMemberHandler(messages.on_member, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_error_handler(on_error)


async def on_error(update: object, context: Context) -> None:
    """Log an error that a handler did not catch, and tell whoever sent the update."""
    error = context.error
    services = context.services
    services.metrics.add("send_errors", type(error).__name__)
    log.error("handler failed", exc_info=error)
    if not isinstance(update, Update):
        return
    message, query = update.message, update.callback_query
    if query is not None:
        await acknowledge(services, query, texts_of(update, services).failed)
    elif message is not None and (message.chat.type == "private" or addressed(message, services.bot)):
        await send_page(services, place_of(message), escape(texts_of(update, services).failed))


async def set_menu(services: Services) -> None:
    """Set the command menu and the bot's description in every language; a failure is only logged."""
    try:
        for texts in LANGUAGES.values():
            await _set_menu_in(services, texts)
    except TelegramError as error:
        log.warning("menu not set", extra={"reason": type(error).__name__})


async def _set_menu_in(services: Services, texts: Texts) -> None:
    code = None if texts.code == "en" else texts.code
    bot = services.bot
    await bot.set_my_commands(_commands(texts, PRIVATE_MENU), BotCommandScopeAllPrivateChats(), language_code=code)
    await bot.set_my_commands(_commands(texts, GROUP_MENU), BotCommandScopeAllGroupChats(), language_code=code)
    await bot.set_my_short_description(texts.about, language_code=code)
    await bot.set_my_description(texts.description, language_code=code)
    for number in sorted(services.access.admins):
        scope = BotCommandScopeChat(number)
        try:
            await bot.set_my_commands(_commands(texts, PRIVATE_MENU + ADMIN_MENU), scope, language_code=code)
        except TelegramError as error:
            # An admin who has not started the bot yet has no chat to set a menu for.
            log.info("admin menu not set", extra={"user": number, "reason": type(error).__name__})


def _commands(texts: Texts, names: tuple[str, ...]) -> list[BotCommand]:
    return [BotCommand(name, texts.menu[name]) for name in names]
