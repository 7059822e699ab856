"""``citebot show`` prints what is indexed of a document, a page of it, or the text around a quote."""

import json

from bot.terminal.commands.show_command import AROUND_CHARACTERS


def ask_for(citebot, library, *arguments):
    return citebot("show", *arguments, "--index", library.index)


def first_document(library):
    return next(path for path in sorted(library.docs.rglob("*.txt")))


def test_the_whole_text_is_shown(citebot, library):
    path = first_document(library)
    done = ask_for(citebot, library, path.relative_to(library.docs))
    assert done.returncode == 0
    assert done.stdout.rstrip("\n") == path.read_text(encoding="utf-8").rstrip("\n")


def test_a_quote_is_marked_in_its_text(citebot, library):
    path = first_document(library)
    text = path.read_text(encoding="utf-8")
    done = ask_for(citebot, library, path.relative_to(library.docs), "--around", "3:9")
    assert f"»{text[3:9]}«" in done.stdout
    assert "characters 3 to 9" in done.stdout
    assert len(done.stdout) < 2 * AROUND_CHARACTERS + 200


def test_json_has_the_text_and_the_facts(citebot, library):
    path = first_document(library)
    done = ask_for(citebot, library, path.relative_to(library.docs), "--json")
    shown = json.loads(done.stdout)
    assert shown["text"] == path.read_text(encoding="utf-8")
    assert (shown["start"], shown["end"], shown["pages"]) == (0, len(shown["text"]), None)


def test_a_name_that_is_not_there_is_answered_with_one_that_is(citebot, library):
    path = first_document(library).relative_to(library.docs)
    done = ask_for(citebot, library, f"{path}x")
    assert done.returncode == 1
    assert f"did you mean {path}" in done.stderr


def test_a_name_in_other_case_is_recognised(citebot, library):
    path = first_document(library).relative_to(library.docs)
    assert f"did you mean {path}" in ask_for(citebot, library, str(path).upper()).stderr


def test_a_file_that_was_skipped_says_why(citebot, tmp_path):
    docs, index = tmp_path / "docs", tmp_path / "index"
    docs.mkdir()
    (docs / "fire.txt").write_text("The fire was put out by Signe Lien on Monday.\n")
    (docs / "boat.py").write_text("print(1)\n")
    assert citebot("index", "--docs", docs, "--index", index).returncode == 0
    shown = citebot("show", "boat.py", "--index", index)
    assert (shown.returncode, shown.stdout) == (1, "")
    assert "the file was skipped: program code, not an article" in shown.stderr
    asked = citebot("ask", "Who put out the fire?", "--in", "boat.py", "--in", "Fire.txt", "--index", index)
    assert asked.returncode == 0
    assert "--in boat.py: no document; the file was skipped: program code" in asked.stderr
    assert "--in Fire.txt: no document; did you mean fire.txt?" in asked.stderr


def test_pages_and_places_beyond_the_text_are_refused(citebot, library):
    path = first_document(library).relative_to(library.docs)
    assert "has no pages" in ask_for(citebot, library, path, "--page", "2").stderr
    assert "99999:999999 was asked for" in ask_for(citebot, library, path, "--around", "99999:999999").stderr
    assert ask_for(citebot, library, path, "--around", "a:b").returncode == 2
