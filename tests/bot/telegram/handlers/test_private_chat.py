"""A private chat: questions, answers, buttons, follow-ups, edits, and bad input."""

import pytest
from fake_api.people import bot_messages, wait_button, wait_message, wait_text
from fake_api.world import BOT


def styled(message: dict, kind: str) -> list[str]:
    raw = message["text"].encode("utf-16-le")
    return [
        raw[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le")
        for e in message["entities"]
        if e["type"] == kind
    ]


def test_a_question_gets_the_answer_with_its_quote(api, bot, alice):
    answer = alice.ask("Who put out the fire?")
    assert styled(answer, "bold") == ["Azerbaijani firefighters", "Azerbaijani firefighters"]
    assert styled(answer, "blockquote") == ["Azerbaijani firefighters put out the fire within two hours."]
    assert "2023-10-05 · paragraph 2 of 3" in answer["text"]
    link = next(e["url"] for e in answer["entities"] if e["type"] == "text_link")
    assert link.startswith("https://news.example/fire#:~:text=Azerbaijani%20firefighters")
    api.wait(lambda: methods_of(api, alice))
    assert [method for method in methods_of(api, alice) if method != "sendChatAction"] == ["sendMessage"]


def methods_of(api, somebody) -> list[str]:
    return [call.method for call in api.world.calls if call.chat_id == somebody.id]


def test_typing_is_shown_while_an_answer_is_awaited(api, bot, alice, engine):
    engine.gate.clear()
    alice.say("Who put out the fire?")
    api.wait(lambda: methods_of(api, alice) == ["sendChatAction"])
    engine.gate.set()
    api.wait(lambda: methods_of(api, alice) == ["sendChatAction", "sendMessage"])


def test_more_context_unfolds_the_paragraph_and_back_returns(api, bot, alice):
    answer = alice.ask("Who put out the fire?")
    before = answer["text"]
    alice.press(answer, "Context")
    opened = wait_text(api, alice.id, answer["message_id"], "On Monday a fire broke out")
    assert styled(opened, "bold") == ["Azerbaijani firefighters"]
    alice.press(opened, "Back")
    assert wait_text(api, alice.id, answer["message_id"], before)["text"] == before


def test_a_refusal_offers_the_nearest_passages_behind_a_button(api, bot, alice):
    answer = alice.ask("How tall is Everest?")
    assert answer["text"] == "I couldn't find an answer to that in the articles."
    alice.press(answer, "Closest passages")
    near = wait_text(api, alice.id, answer["message_id"], "Not an answer, but these passages come closest:")
    assert "put out the fire" in near["text"]
    assert styled(near, "bold") == []


def test_votes_are_counted_once_each_and_shown(api, bot, alice):
    answer = alice.ask("Who put out the fire?")
    assert alice.press(answer, "👍")["text"] == "Thank you!"
    wait_button(api, answer, "👍 1")
    assert alice.press(answer, "👍")["text"] == "Taken back."
    wait_button(api, answer, "👍")
    assert bot.services.store.votes_since(1) == (0, 0)
    alice.press(answer, "👎")
    wait_button(api, answer, "👎 1")
    assert bot.services.store.votes_since(1) == (0, 1)
    assert bot.services.store.disliked(5)[0][1] is None


def test_a_follow_up_refers_to_the_previous_question_and_shows_how_it_was_understood(bot, alice):
    alice.ask("Who thanked the firefighters?")
    answer = alice.ask("Where did he travel?")
    assert "I took this as: Where did Hans Kluge travel?" in answer["text"]
    assert "Baku" in styled(answer, "bold")


def test_new_forgets_the_conversation(bot, alice, engine):
    alice.ask("Who thanked the firefighters?")
    assert alice.ask("/new")["text"].startswith("Done, let's start afresh.")
    alice.ask("Where did he travel?")
    assert engine.asked[-1][1] == ()


def test_a_reply_to_an_older_answer_follows_up_on_it(bot, alice, engine):
    first = alice.ask("Who thanked the firefighters?")
    alice.ask("How did oil do?")
    alice.ask("Where did he travel?", reply_to=first["message_id"])
    assert [turn.question for turn in engine.asked[-1][1]] == ["Who thanked the firefighters?"]


def test_an_edited_question_edits_its_answer(api, bot, alice):
    question = alice.say("Who put out the fire?")
    answer = wait_message(api, alice.id, 0)
    alice.edit(question, "How did oil do?")
    wait_text(api, alice.id, answer["message_id"], "3 percent")
    assert len(bot_messages(api, alice.id)) == 1
    alice.edit(question, "How did oil do?")
    alice.ask("Who put out the fire?")
    assert methods_of(api, alice).count("editMessageText") == 1


def test_markup_in_articles_and_questions_is_shown_literally(api, bot, alice):
    answer = alice.ask("Who knows why? <b>&</b> </blockquote> <a href='tg://user?id=1'>")
    assert "Nobody knows </blockquote> why" in styled(answer, "bold")
    assert "Jane <i>Doe</i>, tg://user?id=1" in answer["text"]
    assert "Markets & <b>trade</b>" in answer["text"]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("ru", "В статьях я не нашёл ответа на этот вопрос."),
        ("az", "Məqalələrdə bu sualın cavabını tapmadım."),
        ("tr-TR", "Makalelerde bu sorunun yanıtını bulamadım."),
        ("fr", "I couldn't find an answer to that in the articles."),
        (None, "I couldn't find an answer to that in the articles."),
    ],
)
def test_the_bot_speaks_the_language_of_the_person(api, bot, language, line):
    from fake_api.people import person

    assert person(api, 12, "Somebody", language).ask("How tall is Everest?")["text"] == line


def test_a_chosen_language_stays_after_a_restart(api, bot, alice, tmp_path, engine):
    from running_bot import bot_in_thread

    pick = alice.ask("/language")
    alice.press(pick, "Русский")
    wait_text(api, alice.id, pick["message_id"], "по-русски")
    bot.stop()
    with bot_in_thread(api, tmp_path, engine):
        assert alice.ask("How tall is Everest?")["text"] == "В статьях я не нашёл ответа на этот вопрос."


@pytest.mark.parametrize(
    "content",
    [
        {"sticker": {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1,
                     "is_animated": False, "is_video": False}},
        {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]},
        {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 1}},
        {"document": {"file_id": "d", "file_unique_id": "d", "file_name": "a.txt"}},
        {"location": {"longitude": 1.0, "latitude": 1.0}},
    ],
)  # fmt: skip
def test_messages_without_text_get_a_reply(bot, alice, content):
    assert alice.ask(None, **content)["text"] == "I can only read text. Please type your question."


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("/ask", "What would you like to know?"),
        ("\u200b\u2060", "What would you like to know?"),
        ("x" * 4096, "too long for a question"),
        ("/dance", "I don't know that command."),
        ("/article", "Which article?"),
        ("/article 99", "There is no article “99”."),
        ("/article <b>&", "There is no article “<b>&”."),
        ("/reindex", "Only the bot's admins"),
        ("/stats", "Only the bot's admins"),
        ("damaged index?", "Something went wrong on my side."),
        ("explode, please", "Something went wrong on my side."),
    ],
)
def test_invalid_input_gets_a_reply(bot, alice, text, line):
    assert line in alice.ask(text)["text"]


def test_stale_and_forged_buttons_get_a_reply(api, bot, alice):
    answer = alice.ask("Who put out the fire?")
    for data in ("a|0123456789abcdef", "old", "n9|", "U+|0123456789abcdef", "A|0123456789abcdef|3", "L|zz", "G|xx"):
        said = alice.press(answer, data)["text"]
        assert "too old" in said or "admins" in said


def test_start_greets_and_a_deep_link_asks(bot, alice):
    from bot.telegram.views.links import payload_of

    assert "articles (currently 2)" in alice.ask("/start")["text"]
    assert "Azerbaijani firefighters" in alice.ask("/start who_put_out_the_fire")["text"]
    assert "Azerbaijani firefighters" in alice.ask("/start " + payload_of("Who put out the fire?"))["text"]


def test_two_presses_at_once_edit_once(api, bot, alice):
    answer = alice.ask("Who put out the fire?")
    data = answer["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    queries = [alice.press_data(answer, data) for _ in range(5)]
    api.wait(lambda: all(api.world.queries[q]["answer"] is not None for q in queries))
    wait_text(api, alice.id, answer["message_id"], "In context:")
    assert alice.ask("Who put out the fire?")["from"] == BOT
    assert sum(call.method == "editMessageText" for call in api.world.calls) == 1


def test_questions_of_one_chat_are_answered_in_order(api, bot, alice, engine):
    engine.gate.clear()
    for text in ("Who put out the fire?", "How did oil do?", "How tall is Everest?"):
        alice.say(text)
    engine.gate.set()
    wait_message(api, alice.id, 2)
    answers = [message["text"].split("\n")[0] for message in bot_messages(api, alice.id)]
    assert answers == ["Azerbaijani firefighters", "3 percent", "I couldn't find an answer to that in the articles."]


def test_old_buttons_work_after_a_restart_and_nothing_anybody_wrote_is_kept(api, tmp_path, alice, engine):
    from running_bot import bot_in_thread

    with bot_in_thread(api, tmp_path, engine):
        answer = alice.ask("Who put out the fire, pray?")
        alice.press(answer, "👍")
        wait_button(api, answer, "👍 1")
    with bot_in_thread(api, tmp_path, engine):
        alice.press(answer, "Context")
        opened = wait_text(api, alice.id, answer["message_id"], "On Monday a fire broke out")
        alice.press(opened, "Back")
        api.wait(lambda: "In context" not in api.world.messages[alice.id, answer["message_id"]]["text"])
        assert alice.press(answer, "👍")["text"] == "Taken back."
    assert b"pray" not in b"".join(path.read_bytes() for path in (tmp_path / "index").iterdir())


def test_each_of_several_unknown_commands_gets_a_line(bot, alice):
    for command in ("/dance", "/sing", "/dance"):
        assert alice.ask(command)["text"].startswith("I don't know that command.")


def test_of_several_questions_in_a_message_the_one_that_was_edited_gets_another_answer(api, bot, alice):
    asked = alice.say("Who put out the fire? How did oil do?")
    first, second = wait_message(api, alice.id, 0), wait_message(api, alice.id, 1)
    alice.edit(asked, "Who thanked the firefighters? How did oil do?")
    wait_text(api, alice.id, first["message_id"], "Hans Kluge")
    alice.ask("/status")
    assert "3 percent" in api.world.messages[alice.id, second["message_id"]]["text"]
    assert len(bot_messages(api, alice.id)) == 3


def test_a_press_without_data_is_told_that_the_button_is_old(api, bot, alice):
    answer = alice.ask("Who put out the fire?")
    query = alice.press_data(answer, "")
    api.wait(lambda: api.world.queries[query]["answer"])
    assert "too old" in api.world.queries[query]["answer"]["text"]
