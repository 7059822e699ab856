"""Each format is known by its content and read; what is broken or hostile is named, in time and memory."""

import io
import zipfile

import docx
import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen import canvas

from embeddings.corpus import Unreadable, load
from embeddings.loaders.isolated import Worker
from embeddings.loaders.loaded import LoadError

PAGE = """<!DOCTYPE html><html><head><title>Fire at the station</title>
<meta property="article:published_time" content="2023-10-05T10:00:00Z">
<link rel="canonical" href="https://example.org/fire"></head><body>
<nav><a href="/">Home</a> <a href="/news">All the news</a></nav><article><h1>Fire at the station</h1>
<p>Firefighters put out the fire on Monday in the town of Hankendi, officials said.</p>
<p>Nobody was hurt, and the station will open again &amp; sell fuel next week.</p></article></body></html>"""


def pdf_bytes(pages, title="", encrypt=None) -> bytes:
    buffer = io.BytesIO()
    drawing = canvas.Canvas(buffer, encrypt=encrypt)
    drawing.setTitle(title)
    for lines in pages:
        for number, line in enumerate(lines):
            drawing.drawString(72, 750 - 16 * number, line)
        drawing.showPage()
    drawing.save()
    return buffer.getvalue()


def docx_bytes() -> bytes:
    document = docx.Document()
    document.add_heading("A visit", 0)
    document.add_paragraph("The mission came on Monday.")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Doctors", "12"
    document.add_paragraph("It will come again.")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@pytest.fixture
def load_bytes(tmp_path):
    def load_one(name: str, data: bytes):
        (tmp_path / name).write_bytes(data)
        return load(tmp_path, name)

    return load_one


@pytest.mark.parametrize("name", ["fire.html", "fire.txt", "fire"])
def test_a_page_is_its_article_with_title_date_and_address(load_bytes, name):
    document = load_bytes(name, PAGE.encode())
    assert (document.title, str(document.date), document.url) == (
        "Fire at the station",
        "2023-10-05",
        "https://example.org/fire",
    )
    assert "Firefighters put out the fire on Monday" in document.text
    assert "will open again & sell fuel" in document.text
    assert "All the news" not in document.text


def test_a_page_in_another_encoding_is_read_as_it_declares(load_bytes):
    page = PAGE.replace("<head>", '<head><meta charset="windows-1251">').replace("Hankendi", "Ханкенди")
    assert "Ханкенди" in load_bytes("fire.html", page.encode("cp1251")).text


@pytest.mark.parametrize(
    "text", ["Tags\n\nThe <p> tag opens a paragraph.\n", "<Sic> was written on the wall.\n", "a < b and b > c\n"]
)
def test_text_with_tags_in_it_stays_as_it_is(load_bytes, text):
    assert load_bytes("tags.txt", text.encode()).text == text


@pytest.mark.parametrize("name", ["report.pdf", "report.html"])
def test_a_pdf_is_its_pages(load_bytes, name):
    document = load_bytes(
        name, pdf_bytes([["The fire was put out.", "Nobody was hurt."], ["On page two."]], "A report")
    )
    assert document.title == "A report"
    assert document.text == "The fire was put out.\nNobody was hurt.\n\nOn page two."


def test_a_docx_is_paragraphs_and_tables_in_order(load_bytes):
    document = load_bytes("visit.zip", docx_bytes())
    assert document.title == "A visit"
    assert document.text == "A visit\n\nThe mission came on Monday.\n\nDoctors | 12\n\nIt will come again."


def zip_of(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a0 "lol">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    + "]><w:document>&a11;</w:document>"
).encode()

HOSTILE = {
    "encrypted PDF": ("a.pdf", lambda: pdf_bytes([["secret"]], encrypt=StandardEncryption("password"))),
    "damaged PDF": ("a.pdf", lambda: b"%PDF-1.7\n" + b"garbage" * 100),
    "text layer": ("a.pdf", lambda: pdf_bytes([[], []])),
    "zip archive, not a docx": ("a.docx", lambda: zip_of({"a.txt": b"hello"})),
    "damaged zip": ("a.docx", lambda: b"PK\x03\x04" + b"\0" * 200),
    "unpacks to more": ("bomb.docx", lambda: zip_of({"word/document.xml": b"\0" * (210 << 20)})),
    "docx": ("laughs.docx", lambda: zip_of({"word/document.xml": LAUGHS, "[Content_Types].xml": b"<Types/>"})),
    "gzip": ("a.txt", lambda: b"\x1f\x8b\x08" + b"\0" * 50),
    "old Word": ("a.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
    "picture": ("a.txt", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 60),
    "text larger": ("line.txt", lambda: b"word " * (10 << 20)),
}


@pytest.mark.parametrize("reason", HOSTILE)
def test_what_cannot_be_read_is_named(load_bytes, reason):
    name, make = HOSTILE[reason]
    with pytest.raises(Unreadable, match=reason) as caught:
        load_bytes(name, make())
    assert str(caught.value).startswith(name + ": ")
    assert "\n" not in str(caught.value)


def test_a_page_nested_beyond_reason_does_no_harm(load_bytes):
    page = b"<html><body>" + b"<div>" * 60_000 + b"deep words in here" + b"</div>" * 60_000 + b"</body></html>"
    try:
        assert "deep words" in load_bytes("deep.html", page).text
    except Unreadable as error:
        assert error.reason


def test_a_page_without_text_is_named(load_bytes):
    with pytest.raises(Unreadable, match="without text"):
        load_bytes("empty.html", b"<html><body><script>var a=1</script></body></html>")


def test_a_parser_that_takes_too_long_is_stopped_and_the_next_file_is_read(tmp_path):
    (tmp_path / "fire.html").write_bytes(PAGE.encode())
    hasty = Worker(seconds=0.0)
    with pytest.raises(LoadError, match="takes more than"):
        hasty.load(PAGE.encode(), "html")
    hasty.seconds = 60.0
    assert "Firefighters" in hasty.load(PAGE.encode(), "html").text
    hasty.stop()


def test_a_worker_that_dies_is_replaced(tmp_path):
    (tmp_path / "fire.html").write_bytes(PAGE.encode())
    worker = Worker()
    assert worker.load(PAGE.encode(), "html").title
    worker._process.kill()
    worker._process.wait()
    assert worker.load(PAGE.encode(), "html").title
    worker.stop()
