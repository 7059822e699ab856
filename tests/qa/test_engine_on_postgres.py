"""An engine whose passages are in a real PostgreSQL gives the answers that a folder's gives."""

import shutil
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest

from embeddings.errors import CitebotError
from embeddings.passage_index import build
from qa.engine import Engine

QUESTIONS = (
    "Who put out the fire?",
    "Where was the explosion?",
    "Through which organization was medical evacuation organized?",
    "Who was the regional director of the WHO?",
    "What is protected by the police?",
    "Is power supply carried out?",
    "Who is the president of Azerbaijan, and where was the explosion?",
    "What is the weather in Khankendi today?",
    "How tall is Mount Everest?",
)
COLOUR = "What is the colour of the flag?"


def answer_of(engine, question):
    """An answer without what the last digits of a cosine may change."""
    answer = engine.ask(question)
    quotes = [replace(quote, score=round(quote.score, 4)) for quote in answer.quotes]
    return replace(answer, confidence=round(answer.confidence, 4), quotes=quotes)


def flags(hue):
    return {f"{n}.txt": f"Report {n}\n\nThe colour of the flag is {hue}. Report {n} ends.\n" for n in range(4)}


def test_the_same_questions_get_the_same_answers(seeds, seed_index, database):
    build(seeds, database)
    folder, postgres = Engine.open(seeds, seed_index), Engine.open(seeds, database)
    for question in QUESTIONS:
        assert answer_of(postgres, question) == answer_of(folder, question), question
    one, other = postgres.status(), folder.status()
    assert (one.documents, one.chunks, one.generation) == (other.documents, other.chunks, other.generation)
    assert not postgres.changes()
    postgres.close()


def test_a_quote_is_proven_on_disk_and_where_there_is_no_folder_against_the_database(
    tmp_path, write_articles, database
):
    docs = write_articles(flags("red"))
    build(docs, database)
    engine = Engine.open(docs, database)
    assert engine.ask(COLOUR, threshold=0.0).text
    write_articles(flags("blue"))
    assert not any("red" in quote.text for quote in engine.ask(COLOUR, threshold=0.0).quotes)
    shutil.rmtree(docs)
    assert "red" in engine.ask(COLOUR, threshold=0.0).quotes[0].text
    assert not engine.changes()


def test_questions_amid_rebuilds_are_answered_from_one_generation(write_articles, database):
    """An answer never mixes old and new wording: a reader without files sees what its transaction sees."""
    docs = write_articles(flags("red"))
    build(docs, database)
    engine = Engine.open(docs / "not-here", database)
    answers, done, failed = [], threading.Event(), []

    def ask():
        try:
            while not done.is_set():
                answers.append(engine.ask(COLOUR, top=4, threshold=0.0))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for hue in ("green", "red", "green", "red", "green"):
        write_articles(flags(hue))
        build(docs, database)
    while len(answers) < 10 and not failed:
        time.sleep(0.05)
    done.set()
    for thread in threads:
        thread.join()
    assert failed == []
    for answer in answers:
        hues = {hue for quote in answer.quotes for hue in ("red", "green") if hue in quote.text}
        assert len(hues) == 1


def test_a_server_killed_amid_questions_is_told_once_and_answers_again_when_it_is_back(
    write_articles, database, server
):
    docs = write_articles(flags("red"))
    build(docs, database)
    engine = Engine.open(docs, database)
    assert engine.ask(COLOUR, threshold=0.0).text
    server.kill()
    with pytest.raises(CitebotError, match="see that it runs") as told:
        engine.ask(COLOUR, threshold=0.0)
    assert "\n" not in str(told.value)
    assert not engine.refresh()
    assert "see that it runs" in engine.trouble
    server.start()
    assert engine.ask(COLOUR, threshold=0.0).text
    engine.refresh()
    assert engine.trouble is None
    # Every connection that waited is dead now, and a question of several threads finds new ones.
    server.kill()
    server.start()
    assert engine.ask(COLOUR, threshold=0.0).text


def test_an_index_built_anew_with_another_encoder_is_refused_by_an_open_engine(write_articles, database, small_encoder):
    docs = write_articles(flags("red"))
    build(docs, database)
    engine = Engine.open(docs, database)
    build(docs, database, encoder=small_encoder)
    for ask in (engine.ask, engine.search):
        with pytest.raises(CitebotError, match=r"was built with the encoder .* set CITEBOT_ENCODER"):
            ask(COLOUR)
    assert not engine.refresh()
    assert "was built with the encoder" in engine.trouble


def test_the_commands_take_an_address_and_never_print_its_password(citebot, seeds, database):
    url = database.url.replace("postgres:@", "postgres:s3cret@")  # the server trusts local users whatever they say
    told = []
    for command in (
        ("index", "--docs", seeds),
        ("ask", "Who put out the fire?", "--json"),
        ("search", "fire"),
        ("show", "000_4fae22fe13dc8cd8.txt", "--around", "10:20"),
        ("status", "--json"),
        ("doctor",),
    ):
        done = citebot(*command, env={"CITEBOT_INDEX": url})
        assert done.returncode == 0, done.stderr + done.stdout
        told.append(done.stdout + done.stderr)
    assert "firefighters" in told[1]
    missing = citebot("status", "--index", url.replace("/test_", "/none_"))
    assert missing.returncode == 1
    assert "create it, or correct CITEBOT_INDEX" in missing.stderr
    assert "s3cret" not in "".join(told) + missing.stderr + missing.stdout


def test_no_driver_is_imported_where_no_database_is_named(seeds, seed_index, repository):
    code = (
        "import sys; from pathlib import Path; from qa.engine import Engine;"
        f"Engine.open(Path({str(seeds)!r}), Path({str(seed_index)!r})).ask('Who put out the fire?');"
        "assert not any(name.startswith('psycopg') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=repository)
