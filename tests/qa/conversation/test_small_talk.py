"""Small talk is recognised whole; a question about the articles never is one."""

import pytest

from qa.conversation.small_talk import Talk, talk_of


@pytest.mark.parametrize(
    ("kind", "messages"),
    [
        (
            Talk.GREETING,
            ["hi", "Hello there!", "hey bot", "good morning", "How are you?", "Salam", "merhaba", "Привет!"],
        ),
        (
            Talk.THANKS,
            ["thanks", "Thank you very much!", "ok, thx", "çox sağ ol", "Təşəkkür edirəm", "teşekkürler", "спасибо"],
        ),
        (Talk.FAREWELL, ["bye", "see you later", "hələlik", "до свидания"]),
        (Talk.ASSENT, ["ok", "Okay!", "I see.", "got it", "cool", "tamam", "понятно"]),
        (Talk.COMPLAINT, ["no", "That's wrong", "that is not what I asked", "səhv", "неверно"]),
        (Talk.REACTION, ["😂", "👍🏽👍🏽", ":)", "<3", "hahaha", "lol", "ха-ха", "❤️"]),
        (Talk.NOTHING, ["", "???", "...", "he", "and the", " ! "]),
        (Talk.WHO, ["who are you?", "Who r u", "what's your name", "are you a bot?", "Sən kimsən?", "кто ты?"]),
        (
            Talk.ABILITIES,
            [
                "what can you do?",
                "help",
                "What can I ask?",
                "how can you help me",
                "nə edə bilirsən?",
                "что ты умеешь?",
            ],
        ),
        (
            Talk.TOPICS,
            [
                "what are the articles about?",
                "What topics do you cover?",
                "topics",
                "what do you know?",
                "О чём статьи?",
                "Məqalələr nə haqqındadır?",
            ],
        ),
        (
            Talk.LISTING,
            [
                "list the articles",
                "Show me all the articles",
                "which documents do you have?",
                "how many articles are there?",
                "articles",
                "список статей",
            ],
        ),
        (
            Talk.NEWEST,
            ["what's new?", "any news?", "What is new here?", "latest articles", "nə yenilik var?", "что нового?"],
        ),
    ],
)
def test_what_people_say_to_a_bot_has_its_kind(kind, messages):
    assert {message: talk_of(message) for message in messages} == dict.fromkeys(messages, kind)


@pytest.mark.parametrize(
    "message",
    [
        "What's new in Baku?",
        "Who are you talking about?",
        "What do you know about Karabakh?",
        "Which articles mention the police?",
        "WHO?",
        "when?",
        "Help for the victims came from whom?",
        "Is Tin good?",
        "Good Friday",
        "What are the articles of the treaty about borders?",
        "What is the news agency called?",
        "thanks to whom was the fire put out",
        "how does it work?",
        "2023",
        "ok who won",
    ],
)
def test_a_question_about_the_articles_is_no_small_talk(message):
    assert talk_of(message) is Talk.QUESTION


def test_what_asks_for_something_wins_over_a_greeting_and_thanks_over_assent():
    assert talk_of("Hi, what can you do?") is Talk.ABILITIES
    assert talk_of("ok great, thanks!") is Talk.THANKS
