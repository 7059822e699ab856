"""Chat as people do it: small talk, several questions at once, captions, quotes, other languages, reactions."""

import pytest
from fake_api.people import bot_messages, buttons, group, person, wait_button, wait_message, wait_text
from running_bot import bot_in_thread
from toy_engine import ToyEngine

QUESTION = "Who put out the fire?"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hi", "Hello! What would you like to know"),
        ("thanks a lot", "You're welcome!"),
        ("ok", "Great. Is there anything else"),
        ("😂", "🙂"),
        ("???", "Please ask in words"),
        ("who are you?", "I'm a bot. I answer questions about 2 articles"),
        ("what can you do?", "/sources – all articles"),
        ("list the articles", "1. The fire at the depot"),
        ("what's new?", "The newest articles:"),
        ("what are the articles about?", "Articles (2)"),
    ],
)
def test_small_talk_gets_a_reply(bot, alice, engine, text, said):
    assert said in alice.ask(text)["text"]
    assert not [question for question, _ in engine.asked if question == text]
    assert bot.services.store.counted("refusals", 1) == 0


def test_several_questions_in_one_message_are_answered_one_by_one(api, bot, alice):
    alice.say("Hi! Who put out the fire? And who thanked the firefighters? Thanks")
    firsts = [wait_message(api, alice.id, number)["text"].split("\n")[0] for number in range(2)]
    assert firsts == ["Azerbaijani firefighters", "Hans Kluge"]
    assert len(bot_messages(api, alice.id)) == 2


def test_six_questions_at_once_are_six_answers_in_turn(api, bot, alice):
    for _ in range(3):
        alice.say(QUESTION)
        alice.say("How did oil do?")
    wait_message(api, alice.id, 5)
    firsts = [message["text"].split("\n")[0] for message in bot_messages(api, alice.id)]
    assert firsts == ["Azerbaijani firefighters", "3 percent"] * 3


def test_what_is_too_much_for_one_message_is_named(api, bot, alice):
    alice.say(" ".join(f"Who put out fire {number}?" for number in range(8)))
    said = wait_message(api, alice.id, 6)["text"]
    assert "Who put out fire 6?" in said
    assert "Who put out fire 7?" in said


def test_a_caption_is_text(bot, alice):
    photo = [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
    assert "Azerbaijani" in alice.ask(None, photo=photo, caption=QUESTION)["text"]


def test_a_mention_in_reply_to_somebodys_question_answers_it(bot, api, alice):
    team = group(api, -100600, "Team")
    bob = person(api, 12, "Bob")
    asked = bob.say(QUESTION, to=team)
    assert "Azerbaijani" in alice.ask("@cite_test_bot", to=team, reply_to=asked)["text"]


def test_the_quoted_part_of_a_reply_is_what_a_follow_up_means(bot, alice, engine):
    first = alice.ask("Who thanked the firefighters?")
    alice.ask("Where did he travel?", reply_to=first["message_id"], quote={"text": "Hans Kluge", "position": 0})
    assert engine.asked[-1][1][-1].question == "Hans Kluge"


def test_thanks_in_a_group_get_a_reaction_and_no_message(api, bot, alice):
    team = group(api, -100601, "Team")
    asked = alice.say("@cite_test_bot thanks!", to=team)
    api.wait(lambda: (team.id, asked) in api.world.reactions)
    assert not bot_messages(api, team.id)


def react(api, somebody, message: dict, *emojis: str) -> None:
    """Change somebody's reactions to a message of the bot."""
    new = [{"type": "emoji", "emoji": emoji} for emoji in emojis]
    body = {"chat": message["chat"], "message_id": message["message_id"], "user": somebody.user, "date": 1}
    api.run(lambda world: world.add_update("message_reaction", body | {"old_reaction": [], "new_reaction": new}))


def test_a_reaction_to_an_answer_is_a_vote_and_can_be_taken_back(api, bot, alice):
    answer = alice.ask(QUESTION)
    react(api, alice, answer, "👎")
    api.wait(lambda: bot.services.store.votes_since(1) == (0, 1))
    react(api, alice, answer)
    api.wait(lambda: bot.services.store.votes_since(1) == (0, 0))


def test_what_somebody_does_with_an_answer_before_the_bot_knows_its_number_counts(api, bot, alice, engine):
    """Telegram shows a message before it tells the bot that it was sent: here a second before."""

    def answer() -> dict:
        api.spoil("sendMessage", after=True, delay=1.0)
        return alice.ask("Who thanked the firefighters?")

    assert alice.press(answer(), "👍")["text"] == "Thank you!"
    react(api, alice, answer(), "👎")
    api.wait(lambda: bot.services.store.votes_since(1) == (1, 1))
    alice.ask("Where did he travel?", reply_to=answer()["message_id"], quote={"text": "Hans Kluge", "position": 0})
    assert engine.asked[-1][1][-1].question == "Hans Kluge"


def test_where_the_bot_is_told_of_reactions_they_are_the_votes(api, bot, alice):
    team = group(api, -100620, "Team")
    api.run(lambda world: world.bot_is_admin.add(team.id))
    answer = alice.ask(f"/ask {QUESTION}", to=team)
    assert buttons(answer) == ["Context"]
    alice.press(answer, "Context")
    opened = wait_button(api, answer, "« Back")
    react(api, alice, answer, "👍")
    api.wait(lambda: bot.services.store.votes_since(1) == (1, 0))
    alice.press(opened, "« Back")
    assert buttons(alice.ask("/ask How tall is Everest?", to=team)) == ["Closest passages", "Help"]


def test_where_it_is_not_or_the_chat_allows_no_such_reaction_there_are_buttons(api, bot, alice):
    team, strict = group(api, -100621, "Team"), group(api, -100622, "Strict")
    api.run(lambda world: world.bot_is_admin.add(strict.id))
    hearts = [{"type": "emoji", "emoji": "❤"}]
    api.run(lambda world: world.chats[strict.id].update(available_reactions=hearts))
    for crew in (team, strict):
        assert buttons(alice.ask(f"/ask {QUESTION}", to=crew))[-2:] == ["👍", "👎"]


def test_rights_that_cannot_be_asked_for_keep_nobody_from_an_answer(api, bot, alice):
    team = group(api, -100623, "Team")
    api.spoil("getChatMember", code=400, description="Bad Request: member list is inaccessible")
    assert buttons(alice.ask(f"/ask {QUESTION}", to=team))[-2:] == ["👍", "👎"]


def test_a_conversation_belongs_to_a_person_in_a_group(api, bot, alice, engine):
    team = group(api, -100602, "Team")
    alice.ask("/ask Who thanked the firefighters?", to=team)
    person(api, 12, "Bob").ask("/ask Where did he travel?", to=team)
    assert engine.asked[-1][1] == ()
    alice.ask("/ask Where did he travel?", to=team)
    assert len(engine.asked[-1][1]) == 1


def test_another_bot_is_not_answered(api, bot, alice):
    team = group(api, -100603, "Team")
    other = person(api, 77, "Robot")
    other.user["is_bot"] = True
    other.say("@cite_test_bot " + QUESTION, to=team)
    alice.ask("/ask How did oil do?", to=team)
    assert len(bot_messages(api, team.id)) == 1


def test_a_shared_message_keeps_its_language(api, bot):
    team = group(api, -100604, "Team")
    ivan, bob = person(api, 13, "Ivan", "ru"), person(api, 12, "Bob", "en")
    answer = ivan.ask("/ask " + QUESTION, to=team)
    bob.press(answer, "Контекст")
    wait_text(api, team.id, answer["message_id"], "В контексте:")


@pytest.mark.parametrize("text", ["/привет", "//", "/1"])
def test_what_begins_with_a_slash_and_is_no_command_is_chatter_in_groups(api, bot, alice, text):
    team = group(api, -100605, "Team")
    alice.say(text, to=team)
    assert "3 percent" in alice.ask("/ask How did oil do?", to=team)["text"]
    assert len(bot_messages(api, team.id)) == 1


def test_a_question_in_another_language_is_told_so_in_that_language(api, tmp_path, alice):
    from qa.answer import NOT_ENGLISH, Answer

    class EnglishOnly(ToyEngine):
        def _answer(self, question, history):
            return Answer(question, None, 0.0, (), NOT_ENGLISH)

    with bot_in_thread(api, tmp_path, EnglishOnly()) as bot:
        assert alice.ask("Кто потушил пожар?")["text"].startswith("Пока я понимаю только английский.")
        assert alice.ask("Wer hat das Feuer gelöscht?")["text"].startswith("For now I only understand English.")
        assert bot.services.store.counted("refusals", 1) == 0
