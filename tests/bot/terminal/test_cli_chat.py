"""``citebot chat``: follow-ups, commands with a slash, and questions piped in."""

import re

FIRE = "Who put out the fire at the petrol station?"
VISIT = "Which hospital did Minister Anna Keller visit?"


def blocks(text: str) -> list[str]:
    """Parts of piped chat, one a question."""
    return [part for part in re.split(r"(?m)^question: ", text) if part]


def test_questions_can_be_piped_in_and_are_answered_in_order(citebot, library):
    done = citebot("chat", *library.flags, "--threshold", "0", input=f"{FIRE}\n\n{VISIT}\n")
    assert (done.returncode, done.stderr) == (0, "")
    first, second = blocks(done.stdout)
    assert first.startswith(f"{FIRE}\n") and "news/fire.txt" in first
    assert second.startswith(f"{VISIT}\n") and "news/visit.md" in second
    assert "\x1b" not in done.stdout


def test_a_follow_up_is_understood_from_the_turn_before_and_that_is_shown(citebot, library):
    done = citebot("chat", *library.flags, input=f"{VISIT}\nand what did she say about the nurses?\n")
    understood = [line for line in done.stdout.splitlines() if line.startswith("understood as: ")]
    assert len(understood) == 1 and "Keller" in understood[0]


def test_new_forgets_the_turn_before(citebot, library):
    done = citebot("chat", *library.flags, input=f"{VISIT}\n/new\nand what did she say about the nurses?\n")
    assert "Keller" not in " ".join(re.findall("understood as: .*", done.stdout))


def test_filters_can_be_set_and_lifted(citebot, library):
    lines = ["/in essays/*", FIRE, "/in", "/since 2023-11-01", FIRE, "/since", "/until 2023-10-31", FIRE]
    done = citebot("chat", *library.flags, "--threshold", "1", input="\n".join(lines))
    assert done.returncode == 0
    shown = [
        set(re.findall(r"  ((?:essays|news)/\S+), characters", block)) for block in blocks(done.stdout) if FIRE in block
    ]
    assert shown == [{"essays/bees.txt"}, {"news/visit.md"}, {"news/fire.txt"}]
    assert re.findall(r"(\d) of 3 documents are searched", done.stdout) == ["1", "3", "1", "3", "1"]


def test_a_document_with_spaces_in_its_name_can_be_named(citebot, tmp_path):
    for name in ("annual report.txt", "bees.txt"):
        (tmp_path / name).write_text(f"The {name} says that the fire was put out on Monday.\n")
    lines = ["/in annual report.txt", '/in "annual report.txt" bees.txt', "/in anual report.txt"]
    index = tmp_path / ".index"
    done = citebot("chat", "--docs", tmp_path, "--index", index, input="\n".join(lines))
    assert re.findall(r"(\d) of 2 documents are searched", done.stdout) == ["1", "2", "0"]
    assert "annual report.txt" in done.stdout


def test_top_says_how_many_quotes(citebot, library):
    done = citebot("chat", *library.flags, "--threshold", "1", input=f"/top 1\n{FIRE}\n/top 2\n{FIRE}\n")
    assert [block.count("nearest: ") for block in blocks(done.stdout)] == [1, 2]


def test_sources_lists_the_documents_and_help_the_commands(citebot, library):
    done = citebot("chat", *library.flags, input="/sources\n/help\n/quit\n" + FIRE)
    lines = done.stdout.splitlines()
    assert lines[:3] == [
        "  essays/bees.txt  On bees",
        "  news/fire.txt  2023-10-03  Fire at the station",
        "  news/visit.md  2023-11-20  A visit",
    ]
    assert all(any(name in line for line in lines) for name in ("/new", "/top N", "/in GLOB", "/since DATE", "/quit"))
    assert "question: " not in done.stdout


def test_what_cannot_be_done_is_reported_and_the_conversation_continues(citebot, library):
    wrong = ["/foo", "/top none", "/since yesterday", "why " * 3000]
    done = citebot("chat", *library.flags, input="\n".join([*wrong, FIRE]))
    assert done.returncode == 0
    assert len(done.stderr.splitlines()) == len(wrong) and "Traceback" not in done.stderr
    assert len(blocks(done.stdout)) == 1


def test_input_that_is_not_utf8_does_not_end_it(citebot, library):
    done = citebot("chat", *library.flags, input=b"Who \xff?\n" + FIRE.encode(), text=None, encoding=None)
    assert done.returncode == 0 and done.stdout.decode("utf-8").count("question: ") == 2


def test_on_a_terminal_it_prompts_answers_and_ends_with_ctrl_d(terminal, library):
    chat = terminal("chat", *library.flags)
    chat.wait_for("? ")
    chat.type(f"{VISIT}\n")
    chat.wait_for("news/visit.md")
    chat.wait_for("? ")
    chat.type("and what did she say about the nurses?\n")
    chat.wait_for("understood as: ")
    chat.wait_for("? ")
    chat.type("\x1b[A\x1b[A\n")  # arrow up twice: the first question again
    chat.wait_for(VISIT)
    chat.wait_for("? ")
    chat.type("\x04")
    assert chat.end() == 0
    assert "question: " not in chat.text


def test_several_questions_in_a_line_are_answered_one_by_one(citebot, library):
    done = citebot("chat", *library.flags, "--threshold", "0", input=f"Hi! {FIRE} {VISIT} Thanks\n")
    first, second = blocks(done.stdout)
    assert first.startswith(f"{FIRE}\n") and second.startswith(f"{VISIT}\n")


def test_small_talk_and_questions_about_the_articles_are_no_refusals(citebot, library):
    lines = ["hi", "thanks", "😂", "???", "who are you?", "what are the articles about?", "what's new?", "/topics"]
    done = citebot("chat", *library.flags, input="\n".join(lines))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Not in the documents" not in done.stdout
    said = dict(re.findall(r"question: (.*)\n((?:.+\n)*)", done.stdout))
    assert said["thanks"] == "You're welcome.\n"
    assert "citebot" in said["who are you?"] and "3 articles" in said["who are you?"]
    assert said["what are the articles about?"].startswith("3 articles")
    # An article without a date counts by when its file was last changed.
    assert said["what's new?"].splitlines()[1:] == [
        "  On bees  essays/bees.txt",
        "  2023-11-20  A visit  news/visit.md",
        "  2023-10-03  Fire at the station  news/fire.txt",
    ]


def test_small_talk_between_does_not_end_the_conversation(citebot, library):
    done = citebot("chat", *library.flags, input=f"{VISIT}\nthanks\nand what did she say about the nurses?\n")
    assert "Keller" in " ".join(re.findall("understood as: .*", done.stdout))


def test_a_question_in_another_language_is_distinguished_from_one_without_an_answer(citebot, library):
    done = citebot("chat", *library.flags, input="Кто потушил пожар?\nHow tall is Mount Everest?\n")
    foreign, english = blocks(done.stdout)
    assert "Not in the documents" not in foreign and "not in English" in foreign
    assert "Not in the documents" in english


def test_ctrl_c_clears_the_line_first_and_ends_the_chat_the_second_time(terminal, library):
    chat = terminal("chat", *library.flags)
    chat.wait_for("? ")
    chat.type("Which hospital di")
    chat.wait_for("hospital di")
    assert chat.interrupt()
    chat.wait_for("? ")
    chat.type(f"{FIRE}\n")
    chat.wait_for("news/fire.txt")
    chat.wait_for("? ")
    assert "hospital di" not in chat.text.split(FIRE, 1)[1]
    while chat.interrupt():
        chat.wait_for("? ")
    assert chat.end() == 130
