"""What admins ask for, and what they are told without asking."""

from fake_api.people import bot_messages, wait_button


def test_stats_counts_questions_refusals_and_votes(api, admin_bot, admin):
    answer = admin.ask("Who put out the fire?")
    admin.ask("How tall is Everest?")
    admin.press(answer, "👎")
    wait_button(api, answer, "👎 1")
    assert admin.ask("/stats")["text"].startswith("Last 7 days: 2 questions, 1 without an answer, 0 👍, 1 👎.")


def test_admins_are_told_of_an_index_that_cannot_be_used_and_of_a_second_poller(api, admin_bot, admin, engine):
    engine.trouble = "the index is of another encoder"
    api.wait(lambda: any("can't be used" in m["text"] for m in bot_messages(api, admin.id)))
    engine.trouble = None
    api.spoil("getUpdates", times=1, code=409, description="Conflict: terminated by other getUpdates request")
    admin.say("hi")
    api.wait(lambda: any("same token" in m["text"] for m in bot_messages(api, admin.id)))
