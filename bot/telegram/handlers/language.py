"""/language: which language the bot speaks in a chat."""

from telegram import Update

from bot.telegram.handlers.rights import pressed_by_chat_admin, sent_by_chat_admin
from bot.telegram.outgoing.sending import acknowledge, send_page, turn_page
from bot.telegram.services import Context, place_of, texts_of
from bot.telegram.texts.languages import LANGUAGES
from bot.telegram.views.markup import escape
from bot.telegram.views.view import Button, View

PATTERN = r"^G\|\w{1,6}$"


async def on_language(update: Update, context: Context) -> None:
    """Offer the languages; in a group its admins choose for all."""
    services, message = context.services, update.message
    if message is not None and await sent_by_chat_admin(services, update, message):
        rows = tuple((Button(texts.name, f"G|{code}"),) for code, texts in LANGUAGES.items())
        page = escape(texts_of(update, services).language_pick)
        await send_page(services, place_of(message), page, rows)


async def on_language_button(update: Update, context: Context) -> None:
    """Switch to the chosen language."""
    services, query = context.services, update.callback_query
    spoken = texts_of(update, services)
    texts = LANGUAGES.get((query.data or "").split("|")[1])
    if query.message is None or texts is None:
        await acknowledge(services, query, spoken.stale)
        return
    if not await pressed_by_chat_admin(services, query, spoken):
        return
    chat = query.message.chat.id
    services.languages[chat] = texts.code
    await services.write(services.store.set_language, chat, texts.code)
    await acknowledge(services, query)
    await turn_page(services, query, View((escape(texts.language_set),)))
