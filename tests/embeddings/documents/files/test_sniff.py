"""What a file is, its content says; an article about tags or formats stays an article."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.files.sniff import sniff
from embeddings.documents.loaded import LoadError

PAGE = b"<!doctype html><html><head><title>A</title></head><body><p>Text.</p></body></html>"


@pytest.mark.parametrize("name", ["a.html", "a.txt", "a.md", "a.php", "a"])
@pytest.mark.parametrize(
    "data",
    [
        PAGE,
        b"\xef\xbb\xbf\r\n" + PAGE,
        PAGE.decode().encode("utf-16"),
        b'<?xml version="1.0"?>\n<!-- a --><!-- b -->' + PAGE,
        PAGE.removeprefix(b"<!doctype html>"),
    ],
)
def test_a_page_is_html_under_any_name(name, data):
    assert sniff(data, name) == "html"


@pytest.mark.parametrize(
    "data",
    [
        b"The <p> tag opens a paragraph.",
        b"<html> is the root of every page.",
        b"<!DOCTYPE html> stands first, then <head> and <title>.",
        b'<p align="center"><img src="logo.png"></p>\n\n# A project\n',
        b"<Sic> was written on the wall.",
        b"<!-- a comment --> and then an article",
        b"A file that begins with %PDF-1.7 is a PDF.",
        b"GIF89a is how a picture begins.",
        b"Rar! said the lion.",
        b"BZh is no word.",
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.MD"])
def test_an_article_about_formats_stays_text(name, data):
    assert sniff(data, name) == "text"


def test_a_part_of_a_page_is_html_only_by_its_name():
    assert sniff(b"<p>Text.</p>", "a.htm") == "html"
    assert sniff(b"<p>Text.</p>", "a.txt") == "text"
    assert sniff(b"No tag in it.", "a.html") == "text"


def test_a_pdf_may_have_other_bytes_before_its_mark():
    assert sniff(b"%PDF-1.4\n", "a.txt") == "pdf"
    assert sniff(b"\n\n%PDF-1.4\n1 0 obj\n<<>>\nendobj\n", "a.txt") == "pdf"


@pytest.mark.parametrize("head", [b"<!---->" * 585, b"<p " * 400_000, b"<!--" * 1000, b"<?xml " * 600, b" " * 4096])
@pytest.mark.parametrize("name", ["a.txt", "a.html"])
def test_hostile_beginnings_take_no_time(head, name):
    # In exponential or quadratic time this would run into the time limit of the suite.
    assert sniff(head + b"Text", name) == "text"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Word"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"\x89PNG\r\n\x1a\n\0", "picture"),
    ],
)
def test_known_formats_that_are_not_read_are_named(data, reason):
    with pytest.raises(LoadError, match=reason):
        sniff(data, "a.txt")


KINDS = {"text", "html", "pdf", "docx", "rtf", "mail", "mhtml", "xml"}


@given(st.binary(max_size=300), st.sampled_from(["a.txt", "a.html", "a"]))
def test_any_bytes_are_of_some_kind(data, name):
    try:
        assert sniff(data, name) in KINDS
    except LoadError as error:
        assert str(error)
