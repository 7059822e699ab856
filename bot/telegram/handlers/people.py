"""Letting people in from the chat: a stranger asks, an admin decides, and can take it back with /people."""

from telegram import Update, User

from bot.telegram.handlers.admin import authorised, pressed_by_admin
from bot.telegram.outgoing.sending import acknowledge, edit_page, send_page
from bot.telegram.services import Context, Services, place_of, texts_of
from bot.telegram.state.memory import Place
from bot.telegram.texts.languages import texts_for
from bot.telegram.views.answers import Button, Keyboard
from bot.telegram.views.markup import clean, escape, head, visible

PATTERN = r"^P[+x-]\|\d{1,15}$"
ASK_AGAIN = 24 * 3600.0
"""Seconds between two requests of the same person that reach the admins."""

MAX_SHOWN = 50


async def ask_in(services: Services, user: User) -> None:
    """Pass a stranger's request on to the admins. What he is called is shown, nothing that he wrote."""
    if not services.once("asks in", user.id, ASK_AGAIN):
        return
    for admin in sorted(services.access.admins):
        texts = services.texts(admin, None)
        buttons = (Button(texts.b_allow, f"P+|{user.id}"), Button(texts.b_refuse, f"P-|{user.id}"))
        text = texts.asks_in.format(name=_name(user), id=user.id)
        await send_page(services, Place(admin), escape(text), (buttons,))
    # The name waits for the decision, so that /people shows more than a number.
    await services.write(services.store.keep_person, user.id, _name(user), user.language_code, False)


def _name(user: User) -> str:
    name = head(" ".join(clean(user.full_name).split()), 60)
    return name if visible(name) else str(user.id)


async def on_people(update: Update, context: Context) -> None:
    """/people: who was let in from the chat, each to be removed by a button."""
    services, message = context.services, update.message
    texts = texts_of(update, services)
    if message is not None and await authorised(services, update, texts):
        page, keyboard = _page(services, update)
        await send_page(services, place_of(message), page, keyboard)


def _page(services: Services, update: Update) -> tuple[str, Keyboard]:
    texts = texts_of(update, services)
    people = services.store.people()
    if not people:
        return escape(texts.people_none), ()
    rows = tuple(
        (Button(head(texts.b_remove.format(name=name), 64), f"Px|{user}"),) for user, name, _ in people[:MAX_SHOWN]
    )
    return escape(texts.people.format(count=len(people))), rows


async def on_people_button(update: Update, context: Context) -> None:
    """Let somebody in, or not, or no more; who presses is asked again."""
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
