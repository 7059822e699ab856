"""Inline mode: answers as results, personal and briefly cached; every query is answered."""

from fake_api.checks import parsed_text

from bot.telegram.handlers import inline


def test_the_answer_and_the_passages_are_results(api, bot, alice):
    answer = alice.inline("Who put out the fire?")
    assert answer["is_personal"] is True
    assert answer["cache_time"] == 30
    first = answer["results"][0]
    assert first["title"] == "Azerbaijani firefighters"
    assert first["description"] == "Azerbaijani firefighters put out the fire within two hours."
    text, entities = parsed_text(first["input_message_content"]["message_text"], "HTML")
    assert text.startswith("Who put out the fire?\nAzerbaijani firefighters\n")
    assert "blockquote" in [entity.type for entity in entities]


def test_a_refusal_offers_passages_as_what_they_are(api, bot, alice):
    results = alice.inline("How tall is Everest?")["results"]
    assert [result["title"] for result in results] == ["No answer in the articles"]
    assert "Not an answer, but these passages come closest" in results[0]["input_message_content"]["message_text"]


def test_nothing_typed_yet_offers_the_way_to_the_bot(bot, alice):
    answer = alice.inline("")
    assert answer["results"] == []
    assert answer["button"] == {"text": "Type a question", "start_parameter": "inline"}


def test_only_the_last_of_quick_keys_is_asked_about(api, bot, alice, engine, monkeypatch):
    monkeypatch.setattr(inline, "PAUSE", 3.0)  # on a busy machine the keys follow less quickly
    typed = ["Who put", "Who put out", "Who put out the fire?"]
    ids = [alice.inline(text, wait=False) for text in typed]
    api.wait(lambda: all(api.world.queries[i]["answer"] is not None for i in ids))
    assert [question for question, _ in engine.asked] == ["Who put out the fire?"]
    assert [bool(api.world.queries[i]["answer"]["results"]) for i in ids] == [False, False, True]


def test_an_enormous_or_broken_query_is_answered(api, bot, alice):
    assert alice.inline("x" * 5000)["results"]
    assert alice.inline("damaged index?")["results"] == []
    assert alice.inline("\u200b\u200b\u200b\u200b")["results"] == []


def test_a_guest_message_is_answered_where_the_bot_is_no_member(api, bot, alice, engine):
    said = alice.guest("@cite_test_bot Who put out the fire?")["result"]
    assert "<b>Azerbaijani firefighters</b>" in said["input_message_content"]["message_text"]
    assert engine.asked[-1][0] == "Who put out the fire?"
    assert "What would you like to know?" in alice.guest("@cite_test_bot")["result"]["title"]
