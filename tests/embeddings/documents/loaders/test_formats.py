"""Each format is known by its content, whatever its name; what is broken or hostile is named, in time and memory."""

import io
import re
import zipfile
import zlib

import docx
import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen import canvas

from embeddings.documents.folder import Unreadable, load

PAGE = """<!DOCTYPE html><html><head><title>Fire at the station</title></head><body><article>
<p>Firefighters put out the fire on Monday in the town of Hankendi, officials said.</p></article></body></html>"""


def pdf_bytes(pages, encrypt=None) -> bytes:
    buffer = io.BytesIO()
    drawing = canvas.Canvas(buffer, encrypt=encrypt)
    drawing.setTitle("A report")
    for lines in pages:
        for number, line in enumerate(lines):
            drawing.drawString(72, 750 - 16 * number, line)
        drawing.showPage()
    drawing.save()
    return buffer.getvalue()


def raw_pdf(content: bytes, pages: int = 1) -> bytes:
    """A PDF whose page holds exactly this content object."""
    kids = b"3 0 R " * pages
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[" + kids + b"]/Count %d>>" % pages,
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>",
        content,
    ]
    body, offsets = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return body + b"xref\n0 5\n0000000000 65535 f \n%strailer<</Root 1 0 R/Size 5>>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(body),
    )


def pdf_bomb(mebibytes: int) -> bytes:
    """A PDF of some hundred kilobytes whose one page unpacks to so many MiB: one packed MiB, over and over."""
    packer = zlib.compressobj(9)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    one = packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = head + one * mebibytes + b"\x03\x00" + b"\0\0\0\0"
    return raw_pdf(b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed))


def docx_bytes(text: str = "The mission came on Monday.") -> bytes:
    document = docx.Document()
    document.add_paragraph(text)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def docx_with_doctype(doctype: str, text: str) -> bytes:
    """A sound docx but for a document type definition that its text makes use of."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx_bytes("MARK"))) as sound, zipfile.ZipFile(buffer, "w") as changed:
        for member in sound.infolist():
            content = sound.read(member)
            if member.filename == "word/document.xml":
                content = content.replace(b"<w:document", doctype.encode() + b"<w:document", 1)
                content = content.replace(b"MARK", text.encode())
            changed.writestr(member, content)
    return buffer.getvalue()


def zip_of(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def lying_zip() -> bytes:
    """A zip archive whose one big member claims to hold a single byte."""
    data = bytearray(zip_of({"word/document.xml": b"\0" * (1 << 20)}))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(mark) + offset
        data[at : at + 4] = (1).to_bytes(4, "little")
    return bytes(data)


@pytest.fixture
def load_bytes(tmp_path):
    def load_one(name: str, data: bytes):
        (tmp_path / name).write_bytes(data)
        return load(tmp_path, name)

    return load_one


@pytest.mark.parametrize("name", ["fire.html", "fire.txt", "fire.pdf", "fire"])
def test_a_page_is_known_under_any_name(load_bytes, name):
    document = load_bytes(name, PAGE.encode())
    assert document.title == "Fire at the station"
    assert document.text.endswith("in the town of Hankendi, officials said.")


@pytest.mark.parametrize("name", ["report.pdf", "report.html", "report.txt"])
def test_a_pdf_is_known_under_any_name(load_bytes, name):
    document = load_bytes(name, pdf_bytes([["The fire was put out.", "Nobody was hurt."], ["On page two."]]))
    assert document.title == "A report"
    assert document.text == "The fire was put out.\nNobody was hurt.\n\nOn page two."


@pytest.mark.parametrize("name", ["visit.docx", "visit.zip", "visit.txt"])
def test_a_docx_is_known_under_any_name(load_bytes, name):
    assert load_bytes(name, docx_bytes()).text == "The mission came on Monday."


@pytest.mark.parametrize(
    "text", ["Tags\n\nThe <p> tag opens a paragraph.\n", "<Sic> was written on the wall.\n", "a < b and b > c\n"]
)
def test_text_with_tags_in_it_stays_as_it_is(load_bytes, text):
    assert load_bytes("tags.txt", text.encode()).text == text


LAUGHS = '<!DOCTYPE l [<!ENTITY a0 "lol">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
HOSTILE = {
    "encrypted PDF": lambda: pdf_bytes([["secret"]], encrypt=StandardEncryption("password")),
    "damaged PDF": lambda: b"%PDF-1.7\n" + b"garbage" * 100,
    "PDF without a text layer": lambda: pdf_bytes([[], []]),
    "pdf that crashes its parser or needs too much memory": lambda: pdf_bomb(1100),
    "PDF of 6000 pages": lambda: raw_pdf(b"<<>>", pages=6000),
    "zip archive: unpack it": lambda: zip_of({"a.txt": b"hello"}),
    "damaged xlsx": lambda: zip_of({"xl/workbook.xml": b"<x/>"}),
    "damaged epub": lambda: zip_of({"META-INF/container.xml": b"<x/>"}),
    "damaged zip archive or docx": lambda: b"PK\x03\x04" + b"\0" * 200,
    "docx that unpacks to more than 200 MiB": lambda: zip_of({"word/document.xml": b"\0" * (201 << 20)}),
    "damaged .*docx": lying_zip,
    "zip archive of 5001 members": lambda: zip_of({f"{n}": b"" for n in range(5001)}),
    r"damaged docx \(XMLSyntaxError\)": lambda: docx_with_doctype(LAUGHS + "]>", "&a11;"),
    "docx without text": lambda: docx_bytes(" "),
    "HTML page nested too deep": lambda: b"<html><body>" + b"<div>" * 100_000 + b"deep words",
    "HTML page without text": lambda: b"<html><body><script>var a=1</script></body></html>",
    "gzip": lambda: b"\x1f\x8b\x08" + b"\0" * 50,
    "old Word": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "picture": lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 60,
    "binary file": lambda: bytes(range(256)) * 20,
    "text larger than 10 MiB": lambda: b"word " * (10 << 20),
}


@pytest.mark.parametrize("reason", HOSTILE)
def test_what_cannot_be_read_is_named_on_one_line(load_bytes, reason):
    with pytest.raises(Unreadable) as caught:
        load_bytes("some.file", HOSTILE[reason]())
    assert re.match(reason, caught.value.reason)
    assert str(caught.value) == f"some.file: {caught.value.reason}"
    assert len(str(caught.value).splitlines()) == 1


def test_the_file_after_a_bomb_is_read(load_bytes):
    with pytest.raises(Unreadable, match="memory"):
        load_bytes("bomb.pdf", pdf_bomb(1100))
    assert load_bytes("report.pdf", pdf_bytes([["The fire was put out."]])).text == "The fire was put out."


def test_no_entity_of_a_docx_reads_another_file(load_bytes, tmp_path):
    (tmp_path / "secret").write_text("the secret words")
    doctype = f'<!DOCTYPE l [<!ENTITY e SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
    assert "secret" not in load_bytes("a.docx", docx_with_doctype(doctype, "Before. &e;")).text


def test_a_small_docx_with_endless_text_is_named(load_bytes):
    data = docx_with_doctype("", ("word " * 200_000 + "</w:t></w:r></w:p><w:p><w:r><w:t>") * 11)
    with pytest.raises(Unreadable, match="characters of text"):
        load_bytes("a.docx", data)


def test_a_date_in_the_path_counts_where_the_file_states_none(tmp_path):
    (tmp_path / "2023/10/05").mkdir(parents=True)
    (tmp_path / "2023/10/05/a.txt").write_text("Text.")
    (tmp_path / "2023/10/05/b.txt").write_text("---\ndate: 4 October 2023\n---\nText.")
    assert str(load(tmp_path, "2023/10/05/a.txt").date) == "2023-10-05"
    assert str(load(tmp_path, "2023/10/05/b.txt").date) == "2023-10-04"
