"""The Bot API's methods, each a function of (world, params) that returns the result or raises ApiError."""

import secrets
from typing import Any

from . import checks
from .checks import bad_request, parsed_text
from .world import BOT, World, entities_json

ACTIONS = {"typing", "upload_document", "upload_photo", "find_location", "choose_sticker"}

ADMIN_RIGHTS = (
    "can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
    "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
    "can_edit_stories", "can_delete_stories",
)  # fmt: skip
REACTIONS = {"👍", "👎", "❤", "🔥", "🥰", "👏", "😁", "🙏", "👌"}


def get_me(world: World, params: dict) -> dict:
    return world.me()


def send_message(world: World, params: dict) -> dict:
    chat = world.writable_chat(params.get("chat_id"))
    text, entities = parsed_text(params.get("text"), params.get("parse_mode"))
    markup = checks.keyboard(params.get("reply_markup"))
    return _stored(world, chat, params, markup, text=text, entities=entities_json(entities))


def _stored(world: World, chat: dict, params: dict, markup: dict | None, **content: Any) -> dict:
    reply = world.replied(chat, params.get("reply_parameters"))
    thread = world.thread(chat, params.get("message_thread_id"), reply)
    if markup:
        content["reply_markup"] = markup
    return world.store_message(chat, BOT, thread=thread, reply=reply, **content)


def send_document(world: World, params: dict) -> dict:
    chat = world.writable_chat(params.get("chat_id"))
    upload = params.get("document")
    if not isinstance(upload, tuple) or not upload[1]:
        raise bad_request("file must be non-empty")
    name, body = upload
    caption, entities = parsed_text(params.get("caption", ""), params.get("parse_mode"), caption=True)
    file_id = f"out-{secrets.token_hex(8)}"
    world.files[file_id] = (name, body)
    document = {"file_id": file_id, "file_unique_id": file_id[-8:], "file_name": name, "file_size": len(body)}
    content = {"document": document}
    if caption:
        content |= {"caption": caption, "caption_entities": entities_json(entities)}
    return _stored(world, chat, params, checks.keyboard(params.get("reply_markup")), **content)


def edit_message_text(world: World, params: dict) -> Any:
    if params.get("inline_message_id"):
        parsed_text(params.get("text"), params.get("parse_mode"))
        return True
    message = world.own_message(params.get("chat_id"), params.get("message_id"))
    text, entities = parsed_text(params.get("text"), params.get("parse_mode"))
    return _edited(
        world, message, checks.keyboard(params.get("reply_markup")), text=text, entities=entities_json(entities)
    )


def edit_message_reply_markup(world: World, params: dict) -> Any:
    message = world.own_message(params.get("chat_id"), params.get("message_id"))
    return _edited(world, message, checks.keyboard(params.get("reply_markup")))


def _edited(world: World, message: dict, markup: dict | None, **content: Any) -> dict:
    same = all(message.get(key) == value for key, value in content.items())
    if same and message.get("reply_markup") == markup:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same "
            "as a current content and reply markup of the message"
        )
    # In one step: a test in another thread must not find a message without the buttons that it had and will have.
    message |= {**content, "edit_date": int(world.now()), **({"reply_markup": markup} if markup else {})}
    if not markup:
        message.pop("reply_markup", None)
    return message


def delete_message(world: World, params: dict) -> bool:
    chat = world.writable_chat(params.get("chat_id"))
    if world.messages.pop((chat["id"], int(params["message_id"])), None) is None:
        raise bad_request("message to delete not found")
    return True


def send_chat_action(world: World, params: dict) -> bool:
    chat = world.writable_chat(params.get("chat_id"))
    world.thread(chat, params.get("message_thread_id"), None)
    if params.get("action") not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    return True


def set_message_reaction(world: World, params: dict) -> bool:
    chat = world.writable_chat(params.get("chat_id"))
    message = world.messages.get((chat["id"], int(params["message_id"])))
    if message is None:
        raise bad_request("message to react not found")
    reactions = params.get("reaction") or []
    if len(reactions) > 1 or any(reaction.get("emoji") not in REACTIONS for reaction in reactions):
        raise bad_request("REACTION_INVALID")
    world.reactions[chat["id"], message["message_id"]] = [reaction["emoji"] for reaction in reactions]
    return True


def answer_callback_query(world: World, params: dict) -> bool:
    query = world.open_query(params.get("callback_query_id", ""), "callback")
    if len(params.get("text") or "") > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    query["answer"] = params
    return True


def answer_inline_query(world: World, params: dict) -> bool:
    query = world.open_query(params.get("inline_query_id", ""), "inline")
    checks.inline_results(params.get("results"))
    checks.inline_button(params.get("button"))
    if len((params.get("next_offset") or "").encode()) > 64:
        raise bad_request("NEXT_OFFSET_INVALID")
    query["answer"] = params
    return True


def answer_guest_query(world: World, params: dict) -> dict:
    query = world.open_query(params.get("guest_query_id", ""), "guest")
    checks.inline_results([params.get("result")])
    query["answer"] = params
    return {"inline_message_id": "guest-1"}


def get_file(world: World, params: dict) -> dict:
    file_id = params.get("file_id", "")
    if file_id not in world.files:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    _name, body = world.files[file_id]
    if len(body) > 20 * 1024 * 1024:
        raise bad_request("file is too big")
    return {
        "file_id": file_id,
        "file_unique_id": file_id[-8:],
        "file_size": len(body),
        "file_path": f"documents/{file_id}",
    }


def set_my_commands(world: World, params: dict) -> bool:
    scope = params.get("scope")
    if scope and scope.get("chat_id") is not None and int(scope["chat_id"]) not in world.chats:
        raise bad_request("chat not found")
    world.commands[checks.commands(params.get("commands"), scope, params.get("language_code"))] = params["commands"]
    return True


def get_my_commands(world: World, params: dict) -> list:
    return world.commands.get(checks.commands([], params.get("scope"), params.get("language_code")), [])


def delete_my_commands(world: World, params: dict) -> bool:
    world.commands.pop(checks.commands([], params.get("scope"), params.get("language_code")), None)
    return True


def set_my_description(world: World, params: dict) -> bool:
    return _profile(world, "description", params, 512)


def set_my_short_description(world: World, params: dict) -> bool:
    return _profile(world, "short_description", params, 120)


def _profile(world: World, field: str, params: dict, limit: int) -> bool:
    value = params.get(field) or ""
    if len(value) > limit:
        raise bad_request(f"bot {field} is too long")
    world.profile[field, params.get("language_code") or ""] = value
    return True


def set_webhook(world: World, params: dict) -> bool:
    url = params.get("url") or ""
    if url:
        checks.webhook(url, params.get("secret_token"))
    world.webhook = {"url": url, "secret_token": params.get("secret_token")}
    world.allowed_updates = params.get("allowed_updates") or []
    return True


def delete_webhook(world: World, params: dict) -> bool:
    world.webhook = {"url": ""}
    if params.get("drop_pending_updates"):
        world.updates.clear()
    return True


def get_webhook_info(world: World, params: dict) -> dict:
    return {"url": world.webhook["url"], "has_custom_certificate": False, "pending_update_count": len(world.updates)}


def get_chat(world: World, params: dict) -> dict:
    return {**world.writable_chat(params.get("chat_id")), "accent_color_id": 0, "max_reaction_count": 11}


def get_chat_member(world: World, params: dict) -> dict:
    chat = world.writable_chat(params.get("chat_id"))
    user = world.users.get(int(params["user_id"]))
    if user is None:
        raise bad_request("user not found")
    if user == BOT:
        rights = dict.fromkeys(ADMIN_RIGHTS, False)
        as_admin = {"user": user, "status": "administrator", **rights}
        return as_admin if chat["id"] in world.bot_is_admin else {"user": user, "status": "member"}
    if user["id"] not in world.plain_members.get(chat["id"], set()):
        return {"user": user, "status": "creator", "is_anonymous": False}
    return {"user": user, "status": "member"}


def leave_chat(world: World, params: dict) -> bool:
    world.closed[world.writable_chat(params.get("chat_id"))["id"]] = "bot is not a member of the group chat"
    return True


METHODS = {
    "".join(part.capitalize() for part in name.split("_")).lower(): function
    for name, function in list(globals().items())
    if callable(function) and getattr(function, "__module__", "") == __name__ and not name.startswith("_")
}
