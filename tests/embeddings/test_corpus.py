"""The folder of articles: what counts, what is left out and named, and that nothing outside it is opened."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings.corpus import Unreadable, load, scan
from embeddings.errors import CitebotError


def test_files_are_listed_below_the_folder_in_order(write_articles):
    docs = write_articles(
        {"b.txt": "b", "a/z.md": "z", "a/b/c.txt": "c", ".hidden": "no", ".git/x": "no", "draft.txt~": "no"}
    )
    assert [file.id for file in scan(docs).files] == ["a/b/c.txt", "a/z.md", "b.txt"]


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.write_text("a file")])
def test_a_missing_folder_is_one_line_with_the_remedy(tmp_path, make):
    make(tmp_path / "docs")
    with pytest.raises(CitebotError, match="--docs"):
        scan(tmp_path / "docs")


def test_links_out_of_the_folder_are_named_and_never_opened(write_articles, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    docs = write_articles({"in.txt": "inside"})
    (docs / "out.txt").symlink_to(secret)
    (docs / "up.txt").symlink_to("../secret.txt")
    (docs / "folder").symlink_to(tmp_path, target_is_directory=True)
    (docs / "loop").symlink_to(docs, target_is_directory=True)
    (docs / "gone.txt").symlink_to(docs / "nowhere")
    (docs / "same.txt").symlink_to(docs / "in.txt")
    found = scan(docs)
    assert [file.id for file in found.files] == ["in.txt", "same.txt"]
    assert [one.id for one in found.skipped] == ["folder", "gone.txt", "loop", "out.txt", "up.txt"]
    for name in ("out.txt", "up.txt", "../secret.txt", str(secret), "folder/secret.txt", "in.txt/../../secret.txt"):
        with pytest.raises(Unreadable):
            load(docs, name)


def test_a_pipe_is_named_and_does_not_block(write_articles):
    docs = write_articles({"a.txt": "text"})
    os.mkfifo(docs / "pipe.txt")
    assert [(one.id, one.reason) for one in scan(docs).skipped] == [("pipe.txt", "not a regular file")]
    with pytest.raises(Unreadable, match="regular"):
        load(docs, "pipe.txt")


def test_a_name_that_is_not_utf8_is_named(write_articles):
    docs = write_articles({"a.txt": "text"})
    Path(os.fsdecode(os.fsencode(docs) + b"/\xff.txt")).write_text("text")
    (skipped,) = scan(docs).skipped
    assert "UTF-8" in skipped.reason
    skipped.id.encode("utf-8")


@pytest.mark.parametrize("content", ["", " \n\t", "\ufeff\n"])
def test_an_empty_file_is_named(write_articles, content):
    with pytest.raises(Unreadable, match="empty"):
        load(write_articles({"a.txt": content}), "a.txt")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("A title\n\nText.", "A title"),
        ("\ufeff\r\n\r\n  A title  \r\nText.", "A title"),
        ("-----\nA title\n", "A title"),
        ("# A title #\n\nText.", "A title"),
        ("kicker\n\n# A title\n\nText.", "A title"),
        ("---\ntitle: A title\n---\nOther first line.", "A title"),
        ("…\n", "name"),
    ],
)
def test_the_title_is_stated_or_the_heading_or_the_first_line(write_articles, text, title):
    assert load(write_articles({"name.md": text}), "name.md").title == title


def test_a_long_first_line_makes_a_short_title(write_articles):
    title = load(write_articles({"a.txt": "word " * 500}), "a.txt").title
    assert len(title) <= 201 and title.endswith("word…")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(
        lambda text: text.strip().strip("\ufeff\0")
    )
)
def test_text_is_the_file_decoded_unchanged(tmp_path, text):
    (tmp_path / "a.txt").write_bytes(text.encode("utf-8"))
    try:
        assert load(tmp_path, "a.txt").text == text
    except Unreadable as error:
        assert error.reason == "empty" or "%PDF-" in text or text.startswith("PK")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=3000))
def test_any_bytes_are_a_document_or_a_named_refusal(tmp_path, data):
    (tmp_path / "a.txt").write_bytes(data)
    try:
        document = load(tmp_path, "a.txt")
    except Unreadable as error:
        assert error.reason
    else:
        assert document.title and document.text


def test_reading_plain_text_loads_no_parser(repository):
    code = "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; from embeddings.corpus import load;"
    code += "load(Path(sys.argv[1]) / 'seeds', '000_4fae22fe13dc8cd8.txt');"
    code += "print(sorted({'trafilatura', 'lxml', 'docx', 'pypdfium2', 'chardet'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code, repository], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
