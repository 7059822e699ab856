"""What a person at a terminal sees: the answer marked in its quote, within the width, and no tricks of an article."""

import re

import pytest

QUESTION = "Who put out the fire at the petrol station?"
STYLE = re.compile(r"\x1b\[[0-9;]*m")


def bare(text: str) -> str:
    return STYLE.sub("", text)


def test_the_answer_is_marked_inside_its_quote_with_title_place_and_confidence(show, citebot, library):
    status, screen = show("ask", QUESTION, *library.flags, "--threshold", "0", "--top", "1")
    answer = citebot("ask", QUESTION, *library.flags, "--threshold", "0").stdout.splitlines()[0]
    assert status == 0
    assert re.search(rf"\x1b\[1;4;\d+m{re.escape(answer)}\x1b\[0m", screen)
    text = bare(screen)
    assert re.match(rf"{re.escape(answer)}  \(\d+%, [a-z ]+\)\n\n  “", text)
    assert "\n  Fire at the station\n" in text
    assert re.search(r"(line|paragraph) \d+ of \d+ · 2023-10-03 · news/fire\.txt, characters \d+–\d+", text)


def test_a_refusal_says_so_and_shows_the_nearest(show, library):
    status, screen = show("ask", QUESTION, *library.flags, "--threshold", "1")
    assert status == 0
    assert bare(screen).startswith("Not in the documents.\n") and "\nnearest:\n  “" in bare(screen)


@pytest.mark.parametrize("columns", [30, 50, 100, 200])
@pytest.mark.parametrize("command", ["ask", "search"])
def test_no_line_is_wider_than_the_terminal(show, library, command, columns):
    status, screen = show(command, QUESTION, *library.flags, "--top", "3", columns=columns)
    assert status == 0
    assert max(len(line) for line in bare(screen).splitlines()) <= columns


@pytest.mark.parametrize("columns", [60, 120])
def test_search_shows_every_channels_rank_and_score(show, library, columns):
    status, screen = show("search", QUESTION, *library.flags, columns=columns)
    text = bare(screen)
    assert status == 0 and "news/fire.txt" in text
    assert all(name in text for name in ("fused", "dense", "words", "trigrams"))
    assert re.search(r"#1 \d+\.\d{3}", text)


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_without_colours_none_are_sent(show, library, env):
    status, screen = show("ask", QUESTION, *library.flags, env=env)
    assert status == 0
    codes = {code for style in re.findall(r"\x1b\[([0-9;]*)m", screen) for code in style.split(";")}
    assert not {code for code in codes if code[:1] in ("3", "4", "9") and len(code) > 1}


def test_an_article_cannot_control_the_terminal_yet_stays_exact_in_json(show, citebot, tmp_path):
    docs = tmp_path / "docs"
    docs.mkdir()
    trick = "The fire was put out by \x1b]0;owned\x07\x1b[2J\u202efirefighters\u202c of Agdam."
    calm = "The station stands at the edge of the town, and no one was hurt. " * 4
    (docs / "trick.txt").write_text(f"Fire \x1b[31mred\n\n{trick}\n\n{calm}\n", encoding="utf-8")
    assert citebot("index", "--docs", docs).returncode == 0
    flags = ("--docs", docs, "--index", tmp_path / ".citebot", "--threshold", "0")
    status, screen = show("ask", "Who put out the fire?", *flags)
    assert status == 0
    assert "\x1b]" not in screen and "\x1b[2J" not in screen and "\x1b[31m" not in screen and "\u202e" not in screen
    assert "␛]0;owned␇" in bare(screen).replace("\n  ", "")
    plain = citebot("ask", "Who put out the fire?", *flags)
    assert not set(plain.stdout) & set("\x1b\x07\u202e")
    assert r"\u001b]0;owned\u0007\u001b[2J" in citebot("ask", "Who put out the fire?", *flags, "--json").stdout


def test_a_build_draws_a_bar_on_the_terminal_and_one_line_stays(show, write_articles, tmp_path):
    docs = write_articles({f"{n}.txt": f"Article {n}\n\nThis is article number {n} of many.\n" for n in range(60)})
    status, screen = show("index", "--docs", docs, "--index", tmp_path / "index")
    assert status == 0
    bar, after = screen.rsplit("\x1b[?25h", 1)  # the cursor, hidden while the bar is drawn, comes back
    assert "indexing" in bar and "/60" in bar
    assert re.fullmatch(
        r"60 documents, 60 chunks: 60 new; 60 chunks encoded in \d+\.\d s", bare(after).strip().split("\x1b[2K")[-1]
    )


def test_ctrl_c_ends_quietly(terminal, library):
    chat = terminal("chat", *library.flags)
    chat.wait_for("? ")
    while chat.interrupt():
        chat.wait_for("? ")
    assert chat.end() == 130
    assert "Traceback" not in chat.text
