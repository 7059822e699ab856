"""An article is deleted by an admin, and comes back."""

from fake_api.people import person, wait_message, wait_text


def test_an_article_is_deleted_after_a_confirmation_and_comes_back(api, admin_bot, admin, engine):
    docs = admin_bot.services.settings.docs
    for document, text in engine.documents_by_id.items():
        (docs / document).parent.mkdir(exist_ok=True)
        (docs / document).write_text(text)
    admin.say("/delete")
    assert "Which article?" in wait_message(api, admin.id, 0)["text"]
    admin.say("/delete 99")
    wait_message(api, admin.id, 1)
    admin.say("/delete news/trade.txt")
    ask = wait_message(api, admin.id, 2)
    assert ask["text"].startswith("Delete “") and "(news/trade.txt)" in ask["text"]
    forged = person(api, 66, "Mallory").press({**ask, "chat": {"id": 66, "type": "private"}}, "Delete")
    assert "admins" in forged["text"]
    admin.press(ask, "Delete")
    done = wait_text(api, admin.id, ask["message_id"], "“news/trade.txt” has been deleted.")
    assert not (docs / "news/trade.txt").exists()
    undo = done["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    admin.press(done, "Undo")
    wait_text(api, admin.id, ask["message_id"], "Everything is back as it was.")
    assert (docs / "news/trade.txt").read_text() == engine.documents_by_id["news/trade.txt"]
    admin.press(done, undo)
    assert "already been undone" in wait_message(api, admin.id, 3)["text"]
