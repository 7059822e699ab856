"""What the Bot API refuses in a request: lengths, markup, keyboards, inline results, commands."""

import re
from typing import Any

from .markup import Entity, MarkupError, check_url, parse_html, utf16_length

TEXT_UNITS = 4096
RAW_BYTES = 32 * 1024
CAPTION_UNITS = 1024
MAX_ENTITIES = 100
ACTIONS = {"callback_data", "url", "switch_inline_query", "switch_inline_query_current_chat"}
SURROGATE = re.compile(r"[\ud800-\udfff]")
INVISIBLE = re.compile(
    r"[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff\x00-\x1f\x7f-\x9f]"
)


class ApiError(Exception):
    """One refusal: the HTTP status, the description and the parameters of the Bot API."""

    def __init__(self, code: int, description: str, **parameters: Any):
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters
        self.injected = False


def bad_request(description: str) -> ApiError:
    return ApiError(400, f"Bad Request: {description}")


def parsed_text(raw: Any, parse_mode: str | None, *, caption: bool = False) -> tuple[str, list[Entity]]:
    """Check a message text (or caption) and return it with its entities, as a client would show it."""
    what, limit = ("caption", CAPTION_UNITS) if caption else ("message", TEXT_UNITS)
    if not isinstance(raw, str):
        raise bad_request(f"{what} text must be a string")
    if len(raw.encode("utf-8", "surrogatepass")) > RAW_BYTES:
        raise bad_request(f"{what} is too long")
    if SURROGATE.search(raw):
        raise bad_request("strings must be encoded in UTF-8")
    if parse_mode not in (None, "", "HTML"):
        raise bad_request(f"unsupported parse_mode {parse_mode}")
    entities: list[Entity] = []
    text = raw
    if parse_mode == "HTML":
        try:
            text, entities = parse_html(raw)
        except MarkupError as error:
            raise bad_request(f"can't parse entities: {error}") from error
    if utf16_length(text) > limit:
        raise bad_request(f"{what} is too long")
    if not caption and not INVISIBLE.sub("", text):
        raise bad_request("message text is empty")
    if len(entities) > MAX_ENTITIES:
        raise bad_request(f"{len(entities)} entities: all beyond {MAX_ENTITIES} would be dropped")
    return text, entities


def keyboard(markup: Any) -> dict | None:
    """Check a reply markup; only inline keyboards and removals are known here."""
    if markup in (None, "", {}):
        return None
    if not isinstance(markup, dict) or "inline_keyboard" not in markup:
        raise bad_request("object expected as reply markup")
    rows = markup["inline_keyboard"]
    if sum(len(row) for row in rows) > 100 or any(not 1 <= len(row) <= 8 for row in rows):
        raise bad_request("reply markup has rows that are empty or too long")
    for row in rows:
        for button in row:
            _button(button)
    return markup


def _button(button: dict) -> None:
    text = button.get("text")
    if not isinstance(text, str) or not INVISIBLE.sub("", text) or utf16_length(text) > 64:
        raise bad_request("can't parse inline keyboard button: text buttons need a short visible text")
    kinds = [
        key
        for key in button
        if key in ("copy_text", "callback_data", "url", "switch_inline_query", "switch_inline_query_current_chat")
    ]
    if len(kinds) != 1:
        raise bad_request("can't parse inline keyboard button: exactly one action is needed")
    if kinds == ["callback_data"] and not 1 <= len(button["callback_data"].encode()) <= 64:
        raise bad_request("BUTTON_DATA_INVALID")
    if kinds == ["copy_text"] and not 1 <= utf16_length(button["copy_text"].get("text") or "") <= 256:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    if kinds == ["url"]:
        try:
            check_url(button["url"])
        except MarkupError as error:
            raise bad_request(f"BUTTON_URL_INVALID: {error}") from error


def inline_results(results: Any) -> list[dict]:
    """Check the results of an inline answer: 50 at most, ids unique and short, each text as a message's."""
    if not isinstance(results, list) or len(results) > 50:
        raise bad_request("RESULTS_TOO_MUCH")
    ids = [result.get("id") for result in results]
    if any(not isinstance(i, str) or not 1 <= len(i.encode()) <= 64 for i in ids):
        raise bad_request("RESULT_ID_INVALID")
    if len(set(ids)) != len(ids):
        raise bad_request("RESULT_ID_DUPLICATE")
    for result in results:
        _inline_result(result)
    return results


def _inline_result(result: dict) -> None:
    if result.get("type") != "article":
        raise bad_request(f"inline result of type {result.get('type')!r} is not known here")
    if not isinstance(result.get("title"), str) or not INVISIBLE.sub("", result["title"]):
        raise bad_request("RESULT_TITLE_EMPTY")
    content = result.get("input_message_content")
    if not isinstance(content, dict):
        raise bad_request("MESSAGE_EMPTY")
    parsed_text(content.get("message_text"), content.get("parse_mode"))
    keyboard(result.get("reply_markup"))


def inline_button(button: Any) -> None:
    if button is None:
        return
    if not button.get("text"):
        raise bad_request("inline results button needs a text")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", button.get("start_parameter", "")):
        raise bad_request("START_PARAM_INVALID")


SCOPES = {
    "default",
    "all_private_chats",
    "all_group_chats",
    "all_chat_administrators",
    "chat",
    "chat_administrators",
    "chat_member",
}


def commands(values: Any, scope: dict | None, language: str | None) -> tuple[str, str]:
    """Check a command list and return (scope key, language), under which it is kept."""
    if not isinstance(values, list) or not 0 <= len(values) <= 100:
        raise bad_request("too many commands")
    for value in values:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", value.get("command", "")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(value.get("description", "")) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    scope = scope or {"type": "default"}
    if scope.get("type") not in SCOPES:
        raise bad_request("unsupported bot command scope")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad_request("LANG_CODE_INVALID")
    return f"{scope['type']}:{scope.get('chat_id', '')}", language or ""


def webhook(url: str, secret: str | None) -> None:
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise bad_request("bad webhook: an HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in (443, 80, 88, 8443):
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise bad_request("secret token contains unallowed characters")
