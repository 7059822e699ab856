"""The fake Bot API is as strict as Telegram: what it must refuse, it refuses, with Telegram's own words."""

import json
import urllib.error
import urllib.parse
import urllib.request

import pytest
from fake_api.checks import ApiError, commands, inline_results, keyboard, parsed_text
from fake_api.markup import MarkupError, parse_html
from fake_api.people import group, person
from fake_api.server import PATIENCE_S, BotApiServer


@pytest.fixture
def strict():
    with BotApiServer() as server:
        yield server


def call(server: BotApiServer, method: str, **params) -> dict:
    body = {k: v if isinstance(v, str) else json.dumps(v) for k, v in params.items()}
    data = urllib.parse.urlencode(body).encode()
    try:
        with urllib.request.urlopen(f"{server.base_url}{server.token}/{method}", data, timeout=PATIENCE_S) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("🏟 &lt;<abac>", 'Unsupported start tag "abac" at byte offset 9'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<i>a</i  ", "Unclosed end tag at byte offset 4"),
        ("<i  =x>a</i>", 'Empty attribute name in the tag "i" at byte offset 0'),
        ('<a href="x>y</a>', "Unclosed start tag at byte offset 0"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "can't be nested"),
        ('<a href="javascript:x">y</a>', "unsupported protocol"),
        ("<br>", 'Unsupported start tag "br"'),
    ],
)
def test_bad_markup_is_refused_in_telegrams_words(raw, words):
    with pytest.raises(MarkupError) as error:
        parse_html(raw)
    assert words in str(error.value)


def test_good_markup_keeps_text_and_counts_utf16():
    text, entities = parse_html('🏟 <b>a &amp; <i>b</i></b>&ge;&#65;<a href="https://x.example/?a=1&amp;b">c</a>&')
    assert text == "🏟 a & b&ge;Ac&"
    assert [(e.type, e.offset, e.length) for e in entities] == [("bold", 3, 5), ("italic", 7, 1), ("text_link", 13, 1)]
    assert entities[-1].url == "https://x.example/?a=1&b"


@pytest.mark.parametrize("raw", ["", "  \n", "\u200b", "<b> </b>", "x" * 4097, "😀" * 2049, "&amp;" * 7000, "\ud800"])
def test_texts_too_long_or_empty_are_refused(raw):
    with pytest.raises(ApiError):
        parsed_text(raw, "HTML")


def test_texts_at_the_limit_are_taken():
    assert len(parsed_text("x" * 4096, "HTML")[0]) == 4096
    assert len(parsed_text("&lt;" * 4096, "HTML")[0]) == 4096
    assert len(parsed_text("😀" * 2048, "HTML")[0]) == 2048


@pytest.mark.parametrize("data", ["", "x" * 65, "я" * 33])
def test_button_data_beyond_64_bytes_is_refused(data):
    with pytest.raises(ApiError, match="BUTTON_DATA_INVALID"):
        keyboard({"inline_keyboard": [[{"text": "a", "callback_data": data}]]})


def test_inline_results_are_checked():
    def result(number: str) -> dict:
        return {"type": "article", "id": number, "title": "t", "input_message_content": {"message_text": "x"}}

    assert inline_results([result(str(i)) for i in range(50)])
    for bad in ([result(str(i)) for i in range(51)], [result("a"), result("a")], [result("x" * 65)]):
        with pytest.raises(ApiError):
            inline_results(bad)


def test_commands_are_checked():
    assert commands([{"command": "ask", "description": "x"}], None, "ru") == ("default:", "ru")
    for bad in ({"command": "Ask", "description": "x"}, {"command": "ask", "description": ""}):
        with pytest.raises(ApiError):
            commands([bad], None, None)


def test_messages_are_refused_as_telegram_does(strict):
    alice, forum = person(strict, 1, "Alice"), group(strict, -1001, "Forum", topics=(5,))
    asked = alice.say("Hello")
    assert call(strict, "sendMessage", chat_id=999, text="x")["description"] == "Bad Request: chat not found"
    own = call(strict, "sendMessage", chat_id=1, text="x")["result"]["message_id"]
    same = call(strict, "editMessageText", chat_id=1, message_id=own, text="x")
    assert "message is not modified" in same["description"]
    assert "can't be edited" in call(strict, "editMessageText", chat_id=1, message_id=asked, text="y")["description"]
    quoted = {"message_id": asked, "quote": "Hell0"}
    assert (
        "QUOTE_TEXT_INVALID" in call(strict, "sendMessage", chat_id=1, text="x", reply_parameters=quoted)["description"]
    )
    assert (
        "thread not found"
        in call(strict, "sendMessage", chat_id=forum.id, text="x", message_thread_id=1)["description"]
    )
    assert call(strict, "sendMessage", chat_id=forum.id, text="x", message_thread_id=5)["ok"]
    alice.block()
    assert call(strict, "sendMessage", chat_id=1, text="x")["error_code"] == 403
    assert len(strict.refusals()) == 6


def test_a_press_is_answered_once(strict):
    alice = person(strict, 1, "Alice")
    message = call(strict, "sendMessage", chat_id=1, text="x")["result"]
    query = alice.press_data(message, "a")
    assert call(strict, "answerCallbackQuery", callback_query_id=query)["ok"]
    assert "query is too old" in call(strict, "answerCallbackQuery", callback_query_id=query)["description"]


def test_updates_are_confirmed_by_the_offset_and_stop_at_a_webhook(strict):
    alice = person(strict, 1, "Alice")
    alice.say("a")
    alice.say("b")
    first = call(strict, "getUpdates")["result"]
    assert [u["message"]["text"] for u in first] == ["a", "b"]
    assert [u["message"]["text"] for u in call(strict, "getUpdates", offset=first[1]["update_id"])["result"]] == ["b"]
    assert call(strict, "setWebhook", url="http://x.example")["error_code"] == 400
    assert call(strict, "setWebhook", url="https://x.example:8443/hook", secret_token="abc")["ok"]
    assert "webhook is active" in call(strict, "getUpdates")["description"]
    assert call(strict, "getMe")["result"]["is_bot"]


def test_a_wrong_token_is_unauthorised(strict):
    strict.token = "1:other"
    url = f"{strict.base_url}1:wrong/getMe"
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(url, timeout=PATIENCE_S)
    assert error.value.code == 401
