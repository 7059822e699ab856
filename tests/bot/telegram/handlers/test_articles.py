"""/sources, /article and /status."""

from fake_api.people import bot_messages, wait_text
from running_bot import bot_in_thread
from toy_engine import FIRE, ToyEngine


def test_articles_are_listed_ten_a_page_and_pages_turn(api, tmp_path, alice):
    many = {f"a{i:02}.txt": f"Title <{i}> & more\nText." for i in range(23)}
    with bot_in_thread(api, tmp_path, ToyEngine(documents=many)):
        listed = alice.ask("/sources")
        assert listed["text"].startswith("Articles (23):\n1. Title <0> & more · 2023-10-05")
        assert "10. Title <9>" in listed["text"]
        assert "11." not in listed["text"]
        alice.press(listed, "2 ›")
        second = wait_text(api, alice.id, listed["message_id"], "11. Title <10>")
        assert second["text"].endswith("page 2 of 3")
        alice.press(second, "3 ›")
        third = wait_text(api, alice.id, listed["message_id"], "23. Title <22>")
        assert [k["text"] for row in third["reply_markup"]["inline_keyboard"] for k in row] == ["‹ 2"]


def test_no_articles_is_said(api, tmp_path, alice):
    engine = ToyEngine()
    engine.documents_by_id = {}
    with bot_in_thread(api, tmp_path, engine):
        assert alice.ask("/sources")["text"] == "There are no articles yet."


def test_an_article_is_shown_whole_and_sent_as_a_file(api, bot, alice):
    shown = alice.ask("/article 1")
    assert shown["text"] == "1. " + FIRE.replace("depot\n\n", "depot\n")
    alice.press(shown, "As a file")
    api.wait(lambda: any("document" in message for message in bot_messages(api, alice.id)))
    document = next(m["document"] for m in bot_messages(api, alice.id) if "document" in m)
    assert document["file_name"] == "fire.txt"
    assert api.world.files[document["file_id"]][1].decode() == FIRE


def test_a_long_article_is_paged_without_losing_a_character(api, tmp_path, alice):
    text = "Long\n" + " ".join(f"word{i}" for i in range(3000))
    with bot_in_thread(api, tmp_path, ToyEngine(documents={"long.txt": text})):
        message = alice.ask("/article long.txt")
        pages = []
        for number in range(2, 20):
            pages.append(message["text"].split("\n", 1)[1].rsplit("\n", 1)[0])
            keys = [k["text"] for row in message["reply_markup"]["inline_keyboard"] for k in row]
            if f"{number} ›" not in keys:
                break
            alice.press(message, f"{number} ›")
            message = wait_text(api, alice.id, message["message_id"], f"page {number} of")
        assert "".join(pages).split() == text.split()[1:]


def test_status_says_what_is_held(bot, alice):
    assert alice.ask("/status")["text"].startswith("Articles: 2, passages: 7.\nIndexed: 2026-01-02 03:04 UTC.")
