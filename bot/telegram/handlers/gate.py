"""Access control: updates from people without access are stopped here, before any other handler.

A stranger may request access; an admin grants or refuses it, and can revoke it with /people.
"""

import logging

from telegram import Update, User
from telegram.ext import ApplicationHandlerStop

from bot.telegram.handlers.rights import pressed_by_admin, sent_by_admin
from bot.telegram.incoming.addressing import addressed
from bot.telegram.outgoing.sending import acknowledge, answer_inline, edit_page, send_page
from bot.telegram.services import Context, Services, place_of, texts_of
from bot.telegram.state.memory import Place
from bot.telegram.texts.languages import texts_for
from bot.telegram.views.markup import clean, escape, head, visible
from bot.telegram.views.view import Button, Keyboard

REQUEST_ACCESS = "P?"
"""Data of the only button that works without access."""

PATTERN = r"^P[+x-]\|\d{1,15}$"
REFUSE_EVERY = 3600.0
"""Seconds between two refusals to the same chat."""

REQUEST_EVERY = 24 * 3600.0
"""Seconds between two requests of the same person that reach the admins."""

MAX_SHOWN = 50

log = logging.getLogger("citebot")


async def guard(update: Update, context: Context) -> None:
    """Stop every update from outside the allow-list, even after an error here; follow groups that moved.

    The refusal is sent in a separate task, so that a failed send cannot let anybody in.
    """
    services = context.services
    # A guest message comes from a chat that the bot is not a member of: there the person needs access.
    chat, user = None if update.guest_message else update.effective_chat, update.effective_user
    admitted = False
    try:
        services.metrics.add("updates", _kind(update))
        if await _moved(services, update):
            pass
        elif services.access.admits(chat.id if chat else None, user.id if user else None):
            admitted = True
        else:
            services.metrics.add("denied")
            context.application.create_task(_refuse(services, update))
    except Exception:
        log.exception("the access check failed: the update is stopped")
    if not admitted:
        raise ApplicationHandlerStop


def _kind(update: Update) -> str:
    kinds = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member", "guest_message")
    return next((kind for kind in kinds if getattr(update, kind)), "other")


async def _moved(services: Services, update: Update) -> bool:
    """Follow a group that became a supergroup; that is announced in the old chat and in the new one."""
    message = update.message
    if message is None or not (message.migrate_to_chat_id or message.migrate_from_chat_id):
        return False
    if message.migrate_to_chat_id:
        await services.follow(message.chat_id, message.migrate_to_chat_id)
    else:
        await services.follow(message.migrate_from_chat_id, message.chat_id)
    return True


async def _refuse(services: Services, update: Update) -> None:
    texts, chat = texts_of(update, services), update.effective_chat
    query = update.callback_query
    if query and query.data == REQUEST_ACCESS and services.access.admins:
        await acknowledge(services, query, texts.asked_in)
        await _request_access(services, query.from_user)
    elif query:
        await acknowledge(services, query, texts.private_bot)
    elif update.inline_query:
        await answer_inline(services, update.inline_query, [])
    elif update.message and chat and (chat.type == "private" or addressed(update.message, services.bot)):
        if not services.once("denied", chat.id, REFUSE_EVERY):
            return
        private = chat.type == "private"
        text = (texts.private_bot if private else texts.private_group).format(id=chat.id)
        reply_to = None if private else update.message.message_id
        asks = ((Button(texts.b_let_in, REQUEST_ACCESS),),) if private and services.access.admins else ()
        await send_page(services, place_of(update.message), escape(text), asks, reply_to)


async def _request_access(services: Services, user: User) -> None:
    """Pass a stranger's request on to the admins, with the name but nothing that the stranger wrote."""
    if not services.once("access request", user.id, REQUEST_EVERY):
        return
    # Kept before an admin is asked, who decides as fast as the network allows: the decision is the last word.
    await services.write(services.store.keep_person, user.id, _name(user), user.language_code, False)
    for admin in sorted(services.access.admins):
        texts = services.texts(admin, None)
        buttons = (Button(texts.b_allow, f"P+|{user.id}"), Button(texts.b_refuse, f"P-|{user.id}"))
        text = texts.asks_in.format(name=_name(user), id=user.id)
        await send_page(services, Place(admin), escape(text), (buttons,))


def _name(user: User) -> str:
    name = head(" ".join(clean(user.full_name).split()), 60)
    return name if visible(name) else str(user.id)


async def on_people(update: Update, context: Context) -> None:
    """/people: list who was granted access from the chat, each with a button to revoke it."""
    services, message = context.services, update.message
    texts = texts_of(update, services)
    if message is not None and await sent_by_admin(services, update, texts):
        page, keyboard = _page(services, update)
        await send_page(services, place_of(message), page, keyboard)


def _page(services: Services, update: Update) -> tuple[str, Keyboard]:
    texts = texts_of(update, services)
    people = services.store.people()
    if not people:
        return escape(texts.people_none), ()
    rows = tuple(
        (Button(head(texts.b_remove.format(name=name), 64), f"Px|{user}"),) for user, name in people[:MAX_SHOWN]
    )
    return escape(texts.people.format(count=len(people))), rows


async def on_people_button(update: Update, context: Context) -> None:
    """Grant, refuse or revoke access."""
    services, query, texts = context.services, update.callback_query, texts_of(update, context.services)
    if not await pressed_by_admin(services, query, texts):
        return
    kind, number = (query.data or "").split("|")
    user = int(number)
    name, language = services.store.person(user) or (number, None)
    await acknowledge(services, query)
    if kind == "P+":
        services.access.allow(user)
        await services.write(services.store.keep_person, user, name, language, True)
        await send_page(services, Place(user), escape(texts_for(language).let_in))
    else:
        services.access.remove(user)
        await services.write(services.store.drop_person, user)
    said = {"P+": texts.now_in, "P-": texts.kept_out, "Px": texts.removed}[kind].format(name=name)
    if query.message is not None:
        await edit_page(services, Place(query.message.chat.id), query.message.message_id, escape(said))
