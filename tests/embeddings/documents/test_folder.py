"""The folder of articles: what counts, what is left out and named, and that nothing outside it is opened."""

import hashlib
import os
import socket
import subprocess
import sys
import threading
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings.documents.folder import MAX_FILE_BYTES, Scan, Unreadable, load, scan
from embeddings.errors import CitebotError

MARKS = [b"%PDF-1.7\n", b"PK\x03\x04", b"<!doctype html><html>", b"\xff\xfe", b"\xef\xbb\xbf", b"---\ntitle: ", b"\xff"]
"""What files begin with that are taken for something."""


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


@pytest.mark.parametrize(
    "identifier",
    [
        "",
        ".",
        "/",
        "a//b.txt",
        "./a.txt",
        "a.txt/",
        "a/../a.txt",
        "a.txt/b",
        "none.txt",
        "a\0.txt",
        "\ud800",
        "x" * 5000,
    ],
)
def test_what_is_no_path_of_a_file_inside_is_refused(write_articles, identifier):
    with pytest.raises(Unreadable) as caught:
        load(write_articles({"a.txt": "text", "a/b.txt": "text"} if "//" in identifier else {"a.txt": "t"}), identifier)
    str(caught.value).encode("utf-8")


def test_a_link_to_itself_is_named(write_articles):
    docs = write_articles({"a.txt": "text"})
    (docs / "self.txt").symlink_to("self.txt")
    assert [one.id for one in scan(docs).skipped] == ["self.txt"]
    with pytest.raises(Unreadable):
        load(docs, "self.txt")


def test_a_docs_folder_that_is_a_link_is_read(write_articles, tmp_path):
    docs = write_articles({"a.txt": "text"})
    (tmp_path / "link").symlink_to(docs, target_is_directory=True)
    assert [file.id for file in scan(tmp_path / "link").files] == ["a.txt"]
    assert load(tmp_path / "link", "a.txt").text == "text"


def test_a_folder_that_becomes_a_link_out_gives_nothing_away(write_articles, tmp_path):
    docs = write_articles({"in/a.txt": "inside"})
    write_articles({"a.txt": "the secret"}, tmp_path / "out")
    done = threading.Event()

    def swap():
        while not done.is_set():
            (docs / "in").rename(docs / "kept")
            (docs / "in").symlink_to(tmp_path / "out", target_is_directory=True)
            (docs / "in").unlink()
            (docs / "kept").rename(docs / "in")

    swapping = threading.Thread(target=swap)
    swapping.start()
    seen = set()
    try:
        for _ in range(3000):
            try:
                seen.add(load(docs, "in/a.txt").text)
            except Unreadable as error:
                seen.add(error.reason)
    finally:
        done.set()
        swapping.join()
    assert "the secret" not in seen
    assert load(docs, "in/a.txt").text == "inside"


@pytest.fixture
def deep_folder(write_articles):
    """A docs folder that holds a chain of folders deeper than Python recurses, or longer than a path may be.

    It goes when the test ends: pytest's own cleaning recurses, and would fail on it.
    """
    made = []

    def make(name: str, depth: int) -> Path:
        docs = write_articles({"a.txt": "text"})
        made.append(docs)
        folder = os.open(docs, os.O_RDONLY)
        for _ in range(depth):
            os.mkdir(name, dir_fd=folder)
            inner = os.open(name, os.O_RDONLY, dir_fd=folder)
            os.close(folder)
            folder = inner
        os.close(os.open("deep.txt", os.O_WRONLY | os.O_CREAT, dir_fd=folder))
        os.close(folder)
        return docs

    yield make
    subprocess.run(["rm", "-rf", *made], check=True)


def test_folders_in_folders_without_end_are_walked(deep_folder):
    assert [Path(file.id).name for file in scan(deep_folder("d", 1500)).files] == ["a.txt", "deep.txt"]


def test_a_folder_that_cannot_be_listed_is_named_and_the_rest_goes_on(deep_folder):
    found = scan(deep_folder("d" * 200, 25))
    assert [file.id for file in found.files] == ["a.txt"]
    assert [one.reason for one in found.skipped] == ["folder that cannot be listed (File name too long)"]


def test_pipes_and_sockets_are_named_and_do_not_block(write_articles, monkeypatch):
    docs = write_articles({"a.txt": "text"})
    monkeypatch.chdir(docs)  # The address of a socket must be short.
    os.mkfifo("pipe.txt")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.txt")
        found = scan(docs)
        assert [(one.id, one.reason) for one in found.skipped] == [
            ("pipe.txt", "not a regular file"),
            ("socket.txt", "not a regular file"),
        ]
        for one in found.skipped:
            with pytest.raises(Unreadable, match=r"regular|cannot be read"):
                load(docs, one.id)


def test_a_file_beyond_the_cap_is_named_unread(write_articles):
    docs = write_articles({"a.txt": "text"})
    with (docs / "huge.pdf").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    (skipped,) = scan(docs).skipped
    assert (skipped.id, skipped.reason) == ("huge.pdf", "larger than 100 MiB: split it")
    with pytest.raises(Unreadable, match="larger than 100 MiB"):
        load(docs, "huge.pdf")


def test_names_that_are_no_text_or_control_a_terminal_are_named(write_articles):
    docs = write_articles({"a.txt": "text"})
    Path(os.fsdecode(os.fsencode(docs) + b"/\xff.txt")).write_text("text")
    (docs / "two\nlines\x1b[2J.txt").write_text("text")
    found = scan(docs)
    assert [file.id for file in found.files] == ["a.txt"]
    assert [one.reason for one in found.skipped] == [
        "name that is not UTF-8: rename it",
        "name with control characters: rename it",
    ]
    assert found.skipped[1].id == r"two\nlines\x1b[2J.txt"


def test_the_same_article_twice_is_two_documents(write_articles):
    docs = write_articles({"a.txt": "The same.", "b/a.txt": "The same."})
    first, second = (load(docs, file.id) for file in scan(docs).files)
    assert (first.text, first.sha256) == (second.text, second.sha256)
    assert first.id != second.id


def test_an_empty_folder_holds_nothing(tmp_path):
    assert scan(tmp_path) == Scan((), ())


def test_one_word_is_a_document(write_articles):
    document = load(write_articles({"a.txt": "Fire"}), "a.txt")
    assert (document.text, document.title) == ("Fire", "Fire")


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
        ("![logo](a.png)\n<p align=center>\n\n**[A title](https://example.org)**\n", "A title"),
        ("---\ntitle: A\n  title\ntags: [x]\n---\nText.", "A title"),
        ("A\x1b[2J title\u202e\n", "A [2J title"),
        ("Über   uns\n===\n", "Über uns"),
    ],
)
def test_the_title_is_stated_or_the_heading_or_the_first_line(write_articles, text, title):
    assert load(write_articles({"name.md": text}), "name.md").title == title


def test_a_long_first_line_makes_a_short_title(write_articles):
    title = load(write_articles({"a.txt": "word " * 500}), "a.txt").title
    assert len(title) <= 201 and title.endswith("word…")


def test_of_a_sentence_that_is_no_title_the_beginning_stands_for_one(write_articles):
    text = "Last night the barn of Mr Froude at Nether Wick burned to the ground, and two horses with it. He wept.\n"
    assert load(write_articles({"a.txt": text}), "a.txt").title == (
        "Last night the barn of Mr Froude at Nether Wick burned to the ground, and two…"
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.one_of(st.text(st.characters(codec="utf-8")), st.text(st.sampled_from("ab \n\r\ufeff\u0130#-:{}<>é𝒜"))))
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_text_is_the_file_decoded_unchanged(tmp_path, name, text):
    (tmp_path / name).write_bytes(text.encode("utf-8"))
    try:
        assert load(tmp_path, name).text == text
    except Unreadable as error:
        controls = sum(unicodedata.category(character) == "Cc" for character in text)
        blank = not text.strip("\ufeff").strip()
        assert (error.reason == "empty" and blank) or (error.reason.startswith(("binary", "UTF-16")) and controls)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=3000), st.sampled_from(MARKS).flatmap(lambda mark: st.binary().map(mark.__add__))))
@pytest.mark.parametrize("name", ["a.txt", "a.html", "a"])
def test_any_bytes_are_a_document_or_a_named_refusal(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    try:
        document = load(tmp_path, name)
    except Unreadable as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert document.title and document.text.strip()
        assert document.sha256 == hashlib.sha256(data).hexdigest()
        document.text.encode("utf-8")


def test_reading_plain_text_loads_no_parser(repository):
    code = "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path;"
    code += "from embeddings.documents.folder import load;"
    code += "load(Path(sys.argv[1]) / 'seeds', '000_4fae22fe13dc8cd8.txt');"
    code += "print(sorted({'trafilatura', 'lxml', 'docx', 'pypdfium2', 'chardet'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code, repository], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def ids(docs, *exclude):
    return [file.id for file in scan(docs, exclude).files]


def test_gitignore_files_apply_and_deeper_ones_win(write_articles):
    docs = write_articles(
        {"a.txt": "A.", "b.log.txt": "B.", "old/c.txt": "C.", "old/keep.txt": "K.", "drafts/d.txt": "D."}
    )
    (docs / ".gitignore").write_text("*.log.txt\ndrafts/\nold/*\n")
    assert ids(docs) == ["a.txt"]
    (docs / "old" / ".gitignore").write_text("!keep.txt\n")
    assert ids(docs) == ["a.txt", "old/keep.txt"]


def test_globs_leave_files_out_as_gitignore_would(write_articles):
    docs = write_articles({"a.txt": "A.", "news/b.txt": "B.", "news/c.md": "C."})
    assert ids(docs, "*.md") == ["a.txt", "news/b.txt"]
    assert ids(docs, "news/") == ["a.txt"]


def test_an_index_among_the_articles_is_none_of_them(write_articles):
    docs = write_articles({"a.txt": "A.", "own/catalogue.sqlite": "x", "own/build.lock": "", "own/b.txt": "B."})
    assert ids(docs) == ["a.txt"]
    assert scan(docs).skipped == ()
    for name in ("catalogue.sqlite", "catalogue.sqlite-wal", "dense-000001.faiss", "words-000001.safetensors"):
        (docs / name).write_bytes(b"x")
    assert ids(docs) == ["a.txt"]


def test_what_a_browser_saved_with_a_page_is_no_article(write_articles):
    docs = write_articles(
        {"Bridge.html": "<html><body><p>It opens.</p></body></html>", "Bridge_files/frame.html": "<p>x</p>"}
    )
    assert ids(docs) == ["Bridge.html"]
    (docs / "Bridge.html").rename(docs / "Road.html")
    assert ids(docs) == ["Bridge_files/frame.html", "Road.html"]
