"""Files sent by admins: who may is asked at every step; what is sent is read before it is kept."""

from fake_api.people import person, wait_message, wait_text
from hypothesis import given
from hypothesis import strategies as st
from running_bot import bot_in_thread

from bot.telegram.handlers import uploads
from bot.telegram.handlers.uploads import MAX_NAME_BYTES, safe_name

ARTICLE = b"The harbour opens\n\nThe new harbour of Sumqayit was opened by Leyla Mammadova in May 2021.\n"


def docs_of(bot) -> list[str]:
    return sorted(path.name for path in bot.services.settings.docs.iterdir())


def test_a_confirmed_file_is_added_and_indexed_in_one_message(api, admin_bot, admin, engine):
    admin.upload("harbour.txt", ARTICLE)
    offer = wait_message(api, admin.id, 0)
    assert offer["text"] == "Add “harbour.txt” (1 KB) to the articles?"
    assert docs_of(admin_bot) == []
    admin.press(offer, "Add")
    done = wait_text(api, admin.id, offer["message_id"], "has been added.")
    assert "Articles: 1, passages: 1; 1 new" in done["text"]
    assert docs_of(admin_bot) == ["harbour.txt"]
    assert (admin_bot.services.settings.docs / "harbour.txt").read_bytes() == ARTICLE
    again = admin.ask("/reindex")
    assert "0 new, 0 changed" in wait_text(api, admin.id, again["message_id"], "Done:")["text"]
    assert engine.refreshed


def test_a_cancelled_file_leaves_nothing(api, admin_bot, admin):
    admin.upload("harbour.txt", ARTICLE)
    offer = wait_message(api, admin.id, 0)
    add = offer["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    admin.press(offer, "Cancel")
    wait_text(api, admin.id, offer["message_id"], "Cancelled.")
    assert "too old" in admin.press(offer, add)["text"]
    assert docs_of(admin_bot) == []


def test_an_unreadable_file_is_left_out_with_the_reason(api, admin_bot, admin):
    admin.upload("broken.pdf", b"%PDF-1.4 this is no pdf at all")
    offer = wait_message(api, admin.id, 0)
    admin.press(offer, "Add")
    said = wait_text(api, admin.id, offer["message_id"], "I couldn't read")["text"]
    assert "“broken.pdf”" in said
    assert docs_of(admin_bot) == []


def test_files_of_other_kinds_and_too_large_ones_are_not_taken(api, admin_bot, admin):
    admin.upload("song.mp3", b"x")
    assert "I can't read this kind of file. I can read" in wait_message(api, admin.id, 0)["text"]
    admin.upload("big.txt", b"x", size=21 * 1024 * 1024)
    assert "up to 20 MB" in wait_message(api, admin.id, 1)["text"]


def test_replacing_an_article_is_asked_about(api, admin_bot, admin):
    (admin_bot.services.settings.docs / "harbour.txt").write_bytes(b"old")
    admin.upload("../harbour.txt", ARTICLE)
    assert "will replace the article of that name" in wait_message(api, admin.id, 0)["text"]


def test_files_sent_together_are_asked_about_once_and_built_once(api, admin_bot, admin, engine, monkeypatch):
    monkeypatch.setattr(uploads, "GATHER_SECONDS", 5.0)  # a busy machine takes more than a second from file to file
    (admin_bot.services.settings.docs / "harbour.txt").write_bytes(b"old")
    for name, body in (("harbour.txt", ARTICLE), ("a.txt", b"The fair began."), ("a.txt", b"The fair ended.")):
        admin.upload(name, body)
    admin.upload("broken.pdf", b"%PDF-1.4 this is no pdf at all")
    offer = wait_message(api, admin.id, 0)
    assert offer["text"].splitlines() == [
        "Add these 4 files to the articles?",
        "• harbour.txt (1 KB) – replaces the article of that name",
        "• a.txt (1 KB)",
        "• a (2).txt (1 KB)",
        "• broken.pdf (1 KB)",
    ]
    admin.press(offer, "Add")
    done = wait_text(api, admin.id, offer["message_id"], "3 files have been added.")
    assert "I couldn't read “broken.pdf”" in done["text"]
    assert docs_of(admin_bot) == ["a (2).txt", "a.txt", "harbour.txt"]
    admin.press(done, "Undo")
    wait_text(api, admin.id, offer["message_id"], "Everything is back as it was.")
    assert (admin_bot.services.settings.docs / "harbour.txt").read_bytes() == b"old"
    assert docs_of(admin_bot) == ["a (2).txt", "a.txt", "harbour.txt"]


def test_nobody_else_may_add_or_confirm(api, admin_bot, admin):
    mallory = person(api, 66, "Mallory")
    mallory.upload("harbour.txt", ARTICLE)
    assert "only read text" in wait_message(api, mallory.id, 0)["text"]
    admin.upload("harbour.txt", ARTICLE)
    offer = wait_message(api, admin.id, 0)
    forged = {**offer, "chat": {"id": mallory.id, "type": "private"}}
    assert "admins" in mallory.press(forged, offer["reply_markup"]["inline_keyboard"][0][0]["callback_data"])["text"]
    assert docs_of(admin_bot) == []


@given(
    st.one_of(
        st.text(max_size=400), st.just("a" * 300 + ".txt"), st.sampled_from(["..", "/", "C:\\x\\y.txt", ".hidden.md"])
    )
)
def test_a_file_name_is_never_a_path_nor_hidden(name):
    safe = safe_name(name)
    assert safe
    assert not set(safe) & set("/\\\0\n")
    assert not safe.startswith(".")
    assert len(safe.encode()) <= MAX_NAME_BYTES


def test_two_files_of_one_name_never_overwrite_silently(api, tmp_path):
    (tmp_path / "docs").mkdir(parents=True)
    with bot_in_thread(api, tmp_path, telegram_admins=frozenset({5})):
        boss = person(api, 5, "Boss")
        offers = []
        for number, body in enumerate((b"The first one was built in 1901.", b"The second one was built in 1902.")):
            boss.upload("same.txt", body)
            offers.append(wait_message(api, boss.id, number))
        boss.press(offers[0], "Add")
        wait_text(api, boss.id, offers[0]["message_id"], "has been added")
        boss.press(offers[1], "Add")
        wait_text(api, boss.id, offers[1]["message_id"], "was added meanwhile")
    assert "first" in (tmp_path / "docs" / "same.txt").read_text()
