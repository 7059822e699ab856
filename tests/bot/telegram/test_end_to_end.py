"""The program itself, ``citebot bot``, with the real engine on the seed article, from the first poll to the last."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fake_api.people import wait_message, wait_text
from fake_api.server import PATIENCE_S
from running_bot import PROGRAM, ROOT, start_process

from qa.engine import Engine

FIRE = "Who liquidated the fire after the explosion at the gas station?"
ABSENT = "What is the boiling point of tungsten?"


@pytest.fixture
def folder(tmp_path, seeds, seed_index) -> Path:
    """A folder with copies of the seed article and its index."""
    shutil.copytree(seeds, tmp_path / "docs")
    shutil.copytree(seed_index, tmp_path / "index")
    return tmp_path


@pytest.fixture
def program(api, folder):
    process = start_process(api, folder, PROGRAM)
    yield process
    if process.poll() is None:
        process.kill()
        process.wait()


def test_the_bot_answers_as_the_engine_does_and_proves_it(api, program, folder, alice):
    answer = alice.ask(FIRE)
    engine = Engine.open(folder / "docs", folder / "index")
    expected = engine.ask(FIRE)
    assert expected.text is not None
    assert answer["text"].split("\n")[0] == expected.text
    assert expected.quotes[0].text.strip() in answer["text"]
    assert expected.quotes[0].title in answer["text"]
    refusal = alice.ask(ABSENT)
    assert refusal["text"] == "I couldn't find an answer to that in the articles."
    assert "torch" not in Path(f"/proc/{program.pid}/maps").read_text()
    program.send_signal(signal.SIGTERM)
    assert program.wait(PATIENCE_S) == 0


def test_a_new_article_is_answered_from_within_seconds_without_a_restart(api, program, folder, alice):
    question = "Who opened the new harbour of Sumqayit?"
    assert alice.ask(question)["text"] == "I couldn't find an answer to that in the articles."
    (folder / "docs" / "harbour.txt").write_text(
        "The harbour\n\nThe new harbour of Sumqayit was opened by Leyla Mammadova.\n"
    )
    where = ("--docs", folder / "docs", "--index", folder / "index")
    command = [sys.executable, "-m", "bot", "index", "--move", *where]
    subprocess.run(command, check=True, cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True)
    deadline = time.monotonic() + PATIENCE_S
    while "Leyla Mammadova" not in (text := alice.ask(question)["text"]):
        assert time.monotonic() < deadline
    assert text.startswith("Leyla Mammadova")


def test_without_an_index_the_bot_builds_one_first(api, folder, alice):
    shutil.rmtree(folder / "index")
    process = start_process(api, folder, PROGRAM)
    try:
        alice.say("/sources")
        assert wait_message(api, alice.id, 0)["text"].startswith("Articles (1):\n1. ")
    finally:
        process.kill()
        process.wait()


def test_context_and_article_of_a_real_answer(api, program, folder, alice):
    answer = alice.ask(FIRE)
    alice.press(answer, "Context")
    opened = wait_text(api, alice.id, answer["message_id"], "In context:")
    text = next((folder / "docs").glob("*.txt")).read_bytes().decode()
    shown = opened["text"].split("\n", 1)[1].rsplit("\n", 1)[0]
    assert shown in text
    assert text.split("\n")[0] in alice.ask("/article 1")["text"]


def test_a_bot_builds_and_answers_from_a_database_and_its_password_is_seen_nowhere(
    api, tmp_path, seeds, server, database, alice
):
    shutil.copytree(seeds, tmp_path / "docs")
    url = database.url.replace("postgres:@", "postgres:s3cret@")  # the server trusts local users whatever they say
    process = start_process(api, tmp_path, PROGRAM, CITEBOT_INDEX=url)
    try:
        answer = alice.ask(FIRE)
        assert answer["text"].split("\n")[0] == Engine.open(tmp_path / "docs", database).ask(FIRE).text
        kept = server.run(
            "SELECT number FROM citebot_bot_" + api.token.split(":")[0] + ".counts",
            database.url.partition("?")[0].rpartition("/")[2],
        )
        assert kept == [(1,)], "what the bot counts is in the database"
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    finally:
        process.kill()
    assert "s3cret" not in (tmp_path / "log").read_text()
