"""The primary of two database servers dies and its standby takes its place: the bot goes on by itself."""

import tempfile
from pathlib import Path

import pytest
from running_bot import bot_in_thread

from embeddings.errors import CitebotError
from embeddings.passage_index import build
from embeddings.postgres.address import Database
from qa.engine import Engine

ARTICLE = "The depot\n\nAzerbaijani firefighters put out the fire at the depot.\n"
QUESTION = "Who put out the fire?"


@pytest.fixture
def pair(server):
    """A server of its own, as it is to die, and a streaming standby of it."""
    started = []
    for number in range(2):
        # As in ``server``: not below pytest's own folder.
        folder = Path(tempfile.mkdtemp(prefix=f"citebot-pair-{number}-"))
        started.append(type(server)(folder, *started))
    yield started
    for one in started:
        one.start()  # the one that was killed, to be stopped in order
        one.stop()


def test_a_bot_with_the_address_of_both_servers_goes_on_at_the_standby(api, pair, tmp_path, write_articles, alice):
    primary, standby = pair
    hosts = ",".join(str(one._server.pgdata) for one in pair)
    both = Database(f"postgresql://postgres@/postgres?host={hosts}&target_session_attrs=read-write")
    docs = write_articles({"fire.txt": ARTICLE})
    build(docs, both)
    api.wait(lambda: standby.has_replayed(primary))
    reader = Engine.open(docs, Database(standby.url("postgres")))
    assert "firefighters" in reader.ask(QUESTION).text, "a standby answers questions"
    with pytest.raises(CitebotError, match="read only, as a standby is"):
        build(docs, Database(standby.url("postgres")))
    with bot_in_thread(api, tmp_path, Engine.open(docs, both), index=both) as bot:
        assert "firefighters" in alice.ask(QUESTION)["text"]
        bot.services.store.set_language(alice.id, "tr")
        api.wait(lambda: not bot.services.store.unanswered())
        api.wait(lambda: standby.has_replayed(primary))
        primary.kill()
        with pytest.raises(CitebotError, match="see that it runs"):
            bot.services.engine.ask(QUESTION)
        standby.run("SELECT pg_promote()")
        assert "firefighters" in reader.ask(QUESTION).text, "who asked the standby notices nothing"
        assert "firefighters" in alice.ask("Who put out the fire at the depot?")["text"]
        assert bot.services.store.languages() == {alice.id: "tr"}
        write_articles({"mill.txt": "The mill\n\nThe mill was sold to a baker from Barda.\n"})
        assert build(docs, both).new == ("mill.txt",)
        api.wait(lambda: "baker" in (bot.services.engine.ask("Who was the mill sold to?").text or ""))
        reader.close()
