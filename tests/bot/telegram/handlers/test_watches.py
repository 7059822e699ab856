"""/watch: a chat is told once of new articles on what it waits for, in batches, and only who may read them."""

import pytest
from fake_api.people import bot_messages, group, person
from running_bot import bot_in_thread, settings_for

from bot.telegram import running
from embeddings.index.build import build_index
from qa.engine import Engine

OLD = "The harbour\n\nThe harbour of Rovik was dug in 1811 by prisoners.\n"
FERRY = "A new ferry\n\nThe council of Rovik ordered a new ferry on Monday. It will carry forty cars to Sundby.\n"
FAIR = "The fair\n\nThe spring fair opened with a brass band. Cakes were sold until noon.\n"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """News is looked for and told every half second, not every twenty."""
    monkeypatch.setattr(running, "NEWS_SECONDS", 0.3)
    monkeypatch.setattr(running, "REFRESH_SECONDS", 0.3)


@pytest.fixture
def newsroom(api, tmp_path):
    """A folder with one article, a way to add more, and the settings and engine of a bot that serves it."""
    return Newsroom(api, tmp_path)


class Newsroom:
    def __init__(self, api, folder):
        self.settings, self.api, self.folder = settings_for(api, folder), api, folder
        self.add("harbour.txt", OLD)

    def add(self, name, text):
        (self.settings.docs / name).write_text(text, encoding="utf-8")
        build_index(self.settings.docs, self.settings.index)

    def bot(self, **more):
        return bot_in_thread(self.api, self.folder, Engine.open(self.settings.docs, self.settings.index), **more)


def wait_text(api, chat, part):
    """Wait for a message of the bot that holds ``part``, and return the latest."""
    api.wait(lambda: any(part in message["text"] for message in bot_messages(api, chat)))
    return next(message for message in reversed(bot_messages(api, chat)) if part in message["text"])


def told(api, chat):
    return [message for message in bot_messages(api, chat) if message["text"].startswith("New articles")]


def test_a_new_article_is_told_once_with_its_title_and_best_sentence(api, newsroom):
    alice = person(api, 11, "Alice")
    with newsroom.bot():
        alice.say("/watch ferry")
        wait_text(api, 11, "I'll tell you here when new articles mention “ferry”.")
        newsroom.add("fair.txt", FAIR)
        newsroom.add("ferry.txt", FERRY)
        message = wait_text(api, 11, "New articles that mention “ferry”:")
        assert "A new ferry" in message["text"]
        assert "The council of Rovik ordered a new ferry on Monday." in message["text"]
        newsroom.add("fair.txt", FAIR + "\nThe ferry was late.\n")  # changed, not new
        (newsroom.settings.docs / "ferry.txt").rename(newsroom.settings.docs / "boat.txt")
        build_index(newsroom.settings.docs, newsroom.settings.index)
        alice.say("/watching")
        wait_text(api, 11, "Watched topics: 1.")
    with newsroom.bot():
        alice.say("/watching")
        api.wait(lambda: sum(m["text"].startswith("Watched topics: 1.") for m in bot_messages(api, 11)) == 2)
    assert len(told(api, 11)) == 1


def test_what_came_while_the_bot_was_down_is_told_and_what_was_there_before_is_not(api, newsroom):
    alice = person(api, 11, "Alice")
    with newsroom.bot():
        alice.say("/watch rovik")
        wait_text(api, 11, "I'll tell you here")
    newsroom.add("ferry.txt", FERRY)
    with newsroom.bot():
        message = wait_text(api, 11, "New articles that mention “rovik”:")
    assert "A new ferry" in message["text"] and "The harbour" not in message["text"]


def test_unsent_news_is_sent_later_and_none_to_people_without_access(api, newsroom):
    alice, bob = person(api, 11, "Alice"), person(api, 12, "Bob")
    with newsroom.bot(telegram_allowed=frozenset({11, 12})):
        for somebody in (alice, bob):
            somebody.say("/watch ferry")
            wait_text(api, somebody.id, "I'll tell you here")
    newsroom.add("ferry.txt", FERRY)
    api.spoil("sendMessage", chat_id=11, times=1, code=400, description="Bad Request: something odd")
    with newsroom.bot(telegram_allowed=frozenset({11})):
        wait_text(api, 11, "New articles that mention")
    assert len(told(api, 11)) == 1
    assert not told(api, 12)


def test_so_many_messages_a_day(api, newsroom):
    alice = person(api, 11, "Alice")
    with newsroom.bot(news_a_day=1):
        alice.say("/watch ferry")
        wait_text(api, 11, "I'll tell you here")
        newsroom.add("ferry.txt", FERRY)
        wait_text(api, 11, "New articles that mention")
        newsroom.add("second.txt", "Another ferry\n\nA second ferry was ordered for Varde.\n")
        alice.say("/status")
        api.wait(lambda: any("2" in m["text"] or "3" in m["text"] for m in bot_messages(api, 11)))
    assert len(told(api, 11)) == 1


def test_a_topic_is_ended_by_command_and_by_button(api, newsroom):
    alice = person(api, 11, "Alice")
    with newsroom.bot():
        alice.say("/unwatch ferry")
        wait_text(api, 11, "Nothing is being watched here.")
        for subject in ("ferry", "the Fair "):
            alice.say(f"/watch {subject}")
            wait_text(api, 11, f"“{subject.strip().casefold()}”")
        alice.say("/unwatch Ferry")
        wait_text(api, 11, "I'll no longer tell you about “ferry”.")
        alice.say("/watching")
        message = wait_text(api, 11, "Watched topics: 1.")
        alice.press(message, "Remove the fair")
        api.wait(lambda: any(m["text"].startswith("Nothing is being watched") for m in bot_messages(api, 11)[1:]))
        alice.say("/watch")
        wait_text(api, 11, "Write what you want to hear about")
        alice.say("/watch ?!")
        alice.say("/watch " + "x" * 101)
        wait_text(api, 11, "That topic is too long: 100 characters at most.")


def test_in_a_group_the_admins_decide(api, newsroom):
    boss, alice = person(api, 10, "Boss"), person(api, 11, "Alice")
    crew = group(api, -500, "Crew")
    api.run(lambda world: world.plain_members.setdefault(-500, set()).add(11))
    with newsroom.bot():
        alice.say("/watch ferry", to=crew)
        wait_text(api, -500, "Only admins of this group can do that.")
        boss.say("/watch ferry", to=crew)
        wait_text(api, -500, "I'll tell you here")
        newsroom.add("ferry.txt", FERRY)
        wait_text(api, -500, "New articles that mention “ferry”:")


def test_of_many_topics_sent_at_once_no_more_than_the_limit_are_watched(api, newsroom):
    alice = person(api, 11, "Alice")
    with newsroom.bot() as bot:
        for number in range(22):
            alice.say(f"/watch topic {number}")
        api.wait(lambda: len(bot_messages(api, 11)) == 22)
        assert len(bot.services.store.watches()) == 20
    assert sum("already watching 20 topics" in message["text"] for message in bot_messages(api, 11)) == 2
