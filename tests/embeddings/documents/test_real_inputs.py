"""Small inputs of every kind that people have, each with what a careful reader finds in it."""

import io
import zipfile

import docx
import pytest

from embeddings.documents.folder import Unreadable, load

PROSE = (
    "The harbour board met on Monday and spoke of the quay, which has been closed to ships since the storm of March."
)
MORE = (
    "Nobody was hurt when the old crane fell, and the ferry to Sundby goes as it always did, at seven in the morning."
)


def page(body, head="<title>Quay closed</title>"):
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"


def article(body, head="<title>Quay closed</title>"):
    return page(f"<article><h1>Quay closed</h1><p>{PROSE}</p>{body}<p>{MORE}</p></article>", head)


def archive(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, text in members.items():
            made.writestr(name, text)
    return buffer.getvalue()


def word(build):
    document, buffer = docx.Document(), io.BytesIO()
    build(document)
    document.save(buffer)
    return buffer.getvalue()


def odt(text):
    office = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<office:document-content xmlns:office="{office}office:1.0" xmlns:text="{office}text:1.0"><office:body>'
        f'<office:text><text:h text:outline-level="1">Bell</text:h><text:p>{text}</text:p></office:text>'
        "</office:body></office:document-content>"
    )
    return archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def epub(text):
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The bell</dc:title></metadata><manifest>'
        '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/>'
        "</spine></package>"
    )
    chapter = f'<html xmlns="http://www.w3.org/1999/xhtml"><body><h1>One</h1><p>{text}</p></body></html>'
    return archive(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": container,
            "book.opf": package,
            "a.xhtml": chapter,
        }
    )


def pptx(text, place=""):
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/main"
    shapes = "http://schemas.openxmlformats.org/presentationml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    slide = (
        f'<p:sld xmlns:p="{shapes}" xmlns:a="{drawing}"><p:cSld><p:spTree><p:sp>{place}<p:txBody><a:p><a:r><a:t>'
        f"{text}</a:t>"
        "</a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>"
    )
    presentation = (
        f'<p:presentation xmlns:p="{shapes}" xmlns:r="{relations}"><p:sldIdLst><p:sldId id="256" r:id="rId1"/>'
        "</p:sldIdLst></p:presentation>"
    )
    linked = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        f'Type="{relations}/slide" Target="slides/slide1.xml"/></Relationships>'
    )
    return archive(
        {
            "ppt/presentation.xml": presentation,
            "ppt/_rels/presentation.xml.rels": linked,
            "ppt/slides/slide1.xml": slide,
        }
    )


def slides_with_notes(text, note):
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/main"
    shapes = "http://schemas.openxmlformats.org/presentationml/2006/main"
    notes = (
        f'<p:notes xmlns:p="{shapes}" xmlns:a="{drawing}"><p:cSld><p:spTree><p:sp><p:nvSpPr><p:nvPr><p:ph type="body"/>'
        f"</p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>{note}</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld>"
        "</p:notes>"
    )
    with zipfile.ZipFile(io.BytesIO(pptx(text))) as made:
        members = {name: made.read(name) for name in made.namelist()}
    linked = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/notesSlide" '
        'Target="../notesSlides/notesSlide1.xml"/></Relationships>'
    )
    added = {"ppt/notesSlides/notesSlide1.xml": notes, "ppt/slides/_rels/slide1.xml.rels": linked}
    return archive(members | added)


def word_table(*rows):
    def build(document):
        table = document.add_table(len(rows), len(rows[0]))
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                table.cell(row, column).text = text

    return word(build)


def word_with_power(document):
    paragraph = document.add_paragraph("About 10")
    paragraph.add_run("5").font.superscript = True
    paragraph.add_run(" bricks; the 10")
    paragraph.add_run("th").font.superscript = True
    paragraph.add_run(" day.")


def xlsx(rows):
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    cells = "".join(
        f'<row r="{number}">'
        + "".join(
            f'<c r="{chr(65 + column)}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
            for column, cell in enumerate(row)
        )
        + "</row>"
        for number, row in enumerate(rows, start=1)
    )
    types = (
        f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        'ContentType="application/xml"/></Types>'
    )
    return archive(
        {
            "[Content_Types].xml": types,
            "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets><sheet name="Fares" '
            'sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
        }
    )


MAIL = "From: Olga Berg <olga@x.example>\nSubject: Lunch\nDate: Thu, 5 Oct 2023 10:00:00 +0200\nMIME-Version: 1.0\n"
MIXED = (
    MAIL + 'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nThe rules are attached.\n'
)
ATTACHED = '--b\nContent-Type: {}\nContent-Disposition: attachment; filename="{}"\n\n{}\n'
CONSENT = '<div id="cookie-consent"><p>We use cookies for the best mattress.</p></div>'
LINKED = (
    '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2021-04-03T10:00:00Z",'
    '"author":{"name":"Ida Holm"},"publisher":{"name":"The Daily"},"articleBody":"'
    + f"{PROSE} {MORE} " * 3
    + '"}</script>'
)
FARES = (
    "<table><tr><th>Who</th><th>Single</th><th>Return</th></tr><tr><td>Child</td><td>21</td><td>35</td></tr></table>"
)

READ = {
    # name of the input: (file name, its bytes or text, what the text holds, what it does not hold)
    "a list of bare items in the body": ("a.html", page(f"<p>{PROSE}</p><ul><li>Berg</li><li>Lie</li></ul><p>{MORE}</p>"), ["- Berg\n- Lie"], []),
    "a list of paragraphs": ("a.html", article("<ul><li><p>Berg sells boats.</p></li><li><p>Lie mends them.</p></li></ul>"), ["- Berg sells boats.\n- Lie mends them."], []),
    "a list of links in the text": ("a.html", article('<p>The sellers:</p><ul><li><a href="/a">Berg</a></li><li><a href="/b">Lie</a></li></ul>'), ["- Berg\n- Lie"], []),
    "a numbered list": ("a.html", article("<ol><li>Cut the rope.</li><li>Tie the knot.</li></ol>"), ["Cut the rope.", "Tie the knot."], []),
    "a menu": ("a.html", page(f'<nav><ul><li><a href="/">Mattresses</a></li></ul></nav><article><p>{PROSE}</p><p>{MORE}</p></article>'), [PROSE, MORE], ["Mattresses"]),
    "a consent box": ("a.html", page(CONSENT + f"<article><p>{PROSE}</p><p>{MORE}</p></article>"), [PROSE], ["mattress"]),
    "a script": ("a.html", article("<script>var mattress = 1;</script>"), [MORE], ["mattress"]),
    "a table with heads": ("a.html", article(FARES), ["Who | Single | Return\nChild | 21 | 35"], ["---", "| Who"]),
    "a table with an empty cell": ("a.html", article(FARES.replace("<td>21</td>", "<td></td>")), ["Child | – | 35"], []),
    "a caption over a table": ("a.html", article(FARES.replace("<table>", "<table><caption>Fares</caption>")), ["Who | Single | Return\nChild | 21 | 35"], []),
    "an article in the page's metadata alone": ("a.html", page('<div id="root"></div>', f"<title>Quay</title>{LINKED}"), [PROSE, MORE], ["NewsArticle"]),
    "entities": ("a.html", article("<p>Berg &amp; Lie paid &pound;5.</p>"), ["Berg & Lie paid £5."], ["&amp;"]),
    "a page in Latin 1": ("a.html", page(f'<p>{PROSE}</p><p>The café of Øystein is open.</p>', '<meta charset="iso-8859-1">').encode("latin-1"), ["The café of Øystein is open."], []),
    "a mark of a note after a number": ("a.html", article('<p>It cost 4,512<sup><a href="#n2">2</a></sup> crowns.<sup>[3]</sup> The bell weighs 88<a href="#fn3" role="doc-noteref">3</a> kg.</p>'), ["It cost 4,512 crowns. The bell weighs 88 kg."], []),
    "an exponent": ("a.html", article("<p>It took 10<sup>5</sup> bricks on 3 km<sup>2</sup> of land, on the 10<sup>th</sup> day.</p>"), ["It took 10⁵ bricks on 3 km² of land, on the 10th day."], []),
    "tools of a wiki": ("a.html", article('<div id="toc" class="toc"><ul><li>1 Mattresses</li></ul></div><h2>The crane<span class="mw-editsection">[edit]</span></h2><p>It fell.</p>'), ["The crane\n\nIt fell."], ["edit", "Mattress"]),
    "a promotion in the text": ("a.html", article('<div class="promo"><p>Subscribe to the mattress now!</p></div>'), [PROSE, MORE], ["mattress"]),
    "a table after a table": ("a.html", article(FARES + "<table><tr><th>Day</th><th>Opens</th></tr><tr><td>Monday</td><td>9.00</td></tr></table>"), ["Child | 21 | 35\n\nDay | Opens\nMonday | 9.00"], []),
    "cells over several columns and rows": ("a.html", article("<table><tr><th rowspan=2>Who</th><th colspan=2>Crowns in</th></tr><tr><th>Summer</th><th>Winter</th></tr><tr><td>Child</td><td>22</td><td>18</td></tr><tr><td>Dog</td><td colspan=2>free</td></tr></table>"), ["Who | Crowns in Summer | Crowns in Winter\nChild | 22 | 18\nDog | free | free"], []),
    "a title over a table": ("a.html", article(FARES.replace("<table>", "<table><tr><th colspan=3>Fares</th></tr>")), ["Fares\n\nWho | Single | Return\nChild | 21 | 35"], []),
    "line breaks in a paragraph": ("a.html", article("<p>The wave machine was built in 1988<br>and repaired in 2015.<br><br>It is loud.</p>"), ["built in 1988\nand repaired in 2015.\n\nIt is loud."], []),
    "a list of definitions": ("a.html", article("<dl><dt>Lost property</dt><dd>Kept by Vera Blom.</dd></dl>"), ["Lost property: Kept by Vera Blom."], []),
    "plain text": ("a.txt", "Title\n\nThe bell  weighs 812 kg.\n", ["Title\n\nThe bell  weighs 812 kg.\n"], []),
    "old Mac line ends": ("a.txt", "Title\r\rThe bell weighs 812 kg.\r", ["Title\r\rThe bell weighs 812 kg.\r"], []),
    "a bad byte in UTF-8": ("a.txt", "The café – “Karin” – is öpen.".encode() + b"\x96", ["The café – “Karin” – is öpen.\ufffd"], []),
    "Windows 1252": ("a.txt", (PROSE + " It cost €5 – “cheap”.").encode("cp1252"), ["It cost €5 – “cheap”."], []),
    "Windows 1251": ("a.txt", "Колокол отлит в 1644 году мастером из города. Он весит 812 килограммов.".encode("cp1251"), ["Колокол отлит в 1644 году"], []),
    "Turkish": ("a.txt", "İstanbul’da yağmur yağıyor ve sokaklar boş.".encode("cp1254"), ["yağmur yağıyor"], []),
    "UTF-16 with its mark": ("a.txt", "The bell of Lübeck.".encode("utf-16"), ["The bell of Lübeck."], []),
    "UTF-16 without its mark": ("a.txt", "The bell of Lübeck.".encode("utf-16-le"), ["The bell of Lübeck."], []),
    "Markdown": ("a.md", "# Bell\n\nIt weighs **812** kg.\n", ["It weighs **812** kg."], []),
    "text about tags": ("a.txt", "The <b> tag makes text bold.\n", ["The <b> tag makes"], []),
    "a mail in quoted-printable": ("a.eml", MAIL + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nAt the caf=C3=A9 of =\nOlga.\n", ["At the café of Olga."], ["=C3", "Subject:"]),
    "a mail in base64": ("a.eml", MAIL + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nQXQgdGhlIGNhZsOpIG9mIE9sZ2Eu\n", ["At the café of Olga."], ["QXQg"]),
    "a mail with two bodies": ("a.eml", MAIL + 'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain\n\nAt the quay.\n--b\nContent-Type: text/html\n\n<p>At the <b>mattress</b>.</p>\n--b--\n', ["At the quay."], ["mattress", "<b>"]),
    "a mail in HTML": ("a.eml", MAIL + f"Content-Type: text/html; charset=utf-8\n\n<html><body><p>{PROSE}</p></body></html>\n", [PROSE], ["<p>"]),
    "a mail under another name": ("mail", MAIL + "Content-Type: text/plain\n\nAt the quay.\n", ["At the quay."], ["Subject:"]),
    "a saved page": ("a.mhtml", 'From: <Saved>\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\nContent-Type: text/html; charset="utf-8"\nContent-Transfer-Encoding: quoted-printable\n\n<html><head><title>Saved</title></head><body><p>Painted by =C3=98ystein Rud in 19=\n77.</p></body></html>\n--b--\n', ["Painted by Øystein Rud in 1977."], ["=C3", "--b"]),
    "a saved page that only its content declares": ("a.mhtml", 'From: <Saved by Blink>\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<html><head><meta charset=3D"utf-8"></head><body><p>Painted by =C3=98ystein Rud.</p></body></html>\n--b--\n', ["Painted by Øystein Rud."], ["\ufffd"]),
    "a mail that states no encoding": ("a.eml", (MAIL + "Content-Type: text/plain\n\nAt the café of Øystein.\n").encode(), ["At the café of Øystein."], ["\ufffd"]),
    "a mail with a text attached": ("a.eml", MIXED + ATTACHED.format("text/plain", "rules.txt", "Rules\n\nThe fine is 20 crowns.") + "--b--\n", ["The rules are attached.\n\nrules.txt\n\nRules\n\nThe fine is 20 crowns."], []),
    "a mail with a sheet attached": ("a.eml", MIXED + ATTACHED.format("text/csv", "fares.csv", "Ticket;Adult\nSingle;40") + "--b--\n", ["fares.csv\n\nTicket | Adult\nSingle | 40"], []),
    "a mail with a mail attached": ("a.eml", MIXED + "--b\nContent-Type: message/rfc822\n\n" + MAIL + "Content-Type: text/plain\n\nThe key is with Olga.\n--b--\n", ["The key is with Olga."], []),
    "a feed of several days": ("feed.xml", '<?xml version="1.0"?><rss><channel><item><title>Fire</title><pubDate>Mon, 06 Feb 2023 09:00:00 GMT</pubDate><description>It burned.</description></item><item><title>Rain</title><pubDate>Wed, 08 Mar 2023 09:00:00 GMT</pubDate><description>It rained.</description></item></channel></rss>', ["Fire\n\nPublished: 6 February 2023\n\nIt burned.", "Rain\n\nPublished: 8 March 2023"], []),
    "XML with values": ("a.xml", "<?xml version='1.0'?><list><plant><name>Bloodroot</name><price>2.44</price></plant><plant><name>Marigold</name><price>6.81</price></plant></list>", ["name: Marigold\nprice: 6.81", "2.44\n\nname"], []),
    "an RSS feed": ("feed.xml", '<?xml version="1.0"?><rss><channel><title>News</title><item><title>Fire</title><description>&lt;p&gt;It was put out by &lt;b&gt;Signe&lt;/b&gt;.&lt;/p&gt;</description></item><item><title>Rain</title><description>It rained.</description></item></channel></rss>', ["Fire\n\nIt was put out by Signe.", "Rain\n\nIt rained."], ["<", "channel"]),
    "a mail whose plain text only says that there is another": ("a.eml", MIXED.replace("mixed", "alternative").replace("The rules are attached.", "See HTML.") + '--b\nContent-Type: text/html\n\n<p>Arrival on Friday from 3 pm, in room No. 5 with a view of the lake.</p>\n--b--\n', ["Arrival on Friday from 3 pm"], ["See HTML"]),
    "a mail that answers another": ("a.eml", MAIL + "Content-Type: text/plain\n\nYes.\n\nOn 3 May Ida wrote:\n> > Is it open? I\n> > hope so.\n> It is > 3 metres.\n", ["wrote:\nIs it open? I\nhope so.\nIt is > 3 metres."], []),
    "a calendar": ("a.ics", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;TZID=Europe/Oslo:20250712T193000\r\nSUMMARY:Concert\r\nLOCATION:St. Olave\\, Upper Wick\r\nDESCRIPTION:Works by\r\n  Byrd.\\nFree.\r\nBEGIN:VALARM\r\nDESCRIPTION:Wake\r\nEND:VALARM\r\nEND:VEVENT\r\nBEGIN:VTODO\r\nSUMMARY:Tune\r\nDUE;VALUE=DATE:20250901\r\nRRULE:FREQ=WEEKLY;BYDAY=TU\r\nEND:VTODO\r\nEND:VCALENDAR\r\n", ["Concert\nStart: 12 July 2025, 19:30\nPlace: St. Olave, Upper Wick\nDescription: Works by Byrd.\nFree.\n\nTune\nDue: 1 September 2025\nRepeats: weekly on Tuesday"], ["Wake", "VEVENT"]),
    "contacts": ("a.vcf", "BEGIN:VCARD\nVERSION:2.1\nN:Marsh;Tiberius;;Colonel;\nORG:Railway;Works\nTEL;CELL:+44 7700\nitem1.EMAIL:mailto:t@x.example\nADR;TYPE=HOME:;;Viaduct Cottage;Marl;;VM7;UK\nBDAY:1951-04-09\nEND:VCARD\n", ["Colonel Tiberius Marsh\nOrganisation: Railway, Works\nPhone (mobile): +44 7700\nEmail: t@x.example\nAddress (home): Viaduct Cottage, Marl, VM7, UK\nBirthday: 9 April 1951"], ["VCARD", ";"]),
    "WebVTT with speakers": ("a.vtt", "WEBVTT\n\n00:01.000 --> 00:03.000\n<v.loud Ruth Ives>The archive burned\n\n00:03.000 --> 00:04.000\n<v Ruth Ives>in 1943.\n\n00:04.000 --> 00:05.000\n<v Omar>What was lo<b>st</b>?\n", ["Ruth Ives: The archive burned in 1943.\n\nOmar: What was lost?"], ["<v"]),
    "CSV below a comment": ("a.csv", "# exported 2025-02-01, by hand\n\nid|material\nP-1|cast iron, old\nP-2|PVC\n", ["# exported 2025-02-01, by hand\n\nid | material\nP-1 | cast iron, old\nP-2 | PVC"], []),
    "a table in RTF": ("a.rtf", r"{\rtf1\ansi Stock.\par\trowd\cellx9\cellx99\intbl Article\cell Pieces\cell\row\trowd\cellx9\cellx99\intbl Candles\cell 144\cell\row\pard The end.}", ["Article | Pieces\nCandles | 144"], ["\ue000"]),
    "a raised mark behind a full stop of an e-book": ("a.epub", epub("It broke.<sup>1</sup> It was 4 m<sup>2</sup> wide."), ["It broke. It was 4 m² wide."], ["^"]),
    "bullets on a slide": ("a.pptx", pptx("Gales</a:t></a:r></a:p><a:p><a:r><a:t>Fog", '<p:nvSpPr><p:nvPr><p:ph idx="1"/></p:nvPr></p:nvSpPr>'), ["- Gales\n- Fog"], []),
    "a text box on a slide": ("a.pptx", pptx("Gales</a:t></a:r></a:p><a:p><a:r><a:t>Fog"), ["Gales\n\nFog"], []),
    "an Atom feed": ("feed.atom", '<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><entry><title>Fire</title><updated>2023-10-05T10:00:00Z</updated><content type="html">&lt;p&gt;Signe put it out.&lt;/p&gt;</content></entry></feed>', ["Fire\n\nSigne put it out."], ["&lt;", "entry"]),
    "XML with text": ("a.xml", "<?xml version='1.0'?><book><author>Ida Holm</author><p>The <i>old</i> bell.</p></book>", ["Ida Holm", "The old bell."], ["<", "book"]),
    "a drawing with words": ("a.svg", '<svg xmlns="http://www.w3.org/2000/svg"><style>.a{}</style><text>The old bell</text></svg>', ["The old bell"], [".a{}"]),
    "subtitles": ("a.srt", "1\n00:00:01,000 --> 00:00:03,000\nThe captain is\n<i>Greta Olsen</i>.\n\n2\n00:00:04,000 --> 00:00:05,000\nShe\n\n3\n00:00:06,000 --> 00:00:07,000\nsails.\n", ["The captain is Greta Olsen.\n\nShe sails."], ["-->", "<i>", "1\n"]),
    "WebVTT": ("a.vtt", "WEBVTT\n\n00:01.000 --> 00:03.000\nThe captain is Greta.\n", ["The captain is Greta."], ["WEBVTT", "-->"]),
    "a notebook": ("a.ipynb", '{"cells":[{"cell_type":"markdown","source":["# Probe\\n","It is owned by Ivar."]},{"cell_type":"code","source":["mattress = 1"]}],"metadata":{},"nbformat":4}', ["# Probe\nIt is owned by Ivar."], ["mattress", "cells"]),
    "JSON": ("a.json", '{"lamp": {"colour": "red"}, "sizes": [3, 4], "on": true}', ["colour: red", "sizes: 3, 4"], ["{", "true"]),
    "JSON with records": ("a.json", '[{"maker": "Isaac", "place": {"room": "Green Hall"}}, {"maker": "Fritz"}]', ["maker: Isaac\nroom: Green Hall\n\nmaker: Fritz"], []),
    "JSON line by line": ("a.jsonl", '{"text": "The bakery opened."}\n{"text": "Its head is Gudrun."}\n', ["text: The bakery opened.\n\ntext: Its head is Gudrun."], ["{"]),
    "CSV with commas in its cells": ("a.csv", "Name;Goals;Remark\nBerg, Ida;14;fast, tall\nLie, Per;9;\n", ["Berg, Ida | 14 | fast, tall\nLie, Per | 9 | –"], [";"]),
    "CSV": ("a.csv", 'Ticket,Adult,Child\nSingle,40,20\n"Return, day",70,35\n', ["Ticket | Adult | Child\nSingle | 40 | 20\nReturn, day | 70 | 35"], ['"']),
    "CSV with semicolons": ("a.csv", "Ticket;Adult\nSingle;40\n", ["Ticket | Adult\nSingle | 40"], [";"]),
    "values separated by tabs": ("a.tsv", "Ticket\tAdult\nSingle\t40\nReturn\t\n", ["Ticket | Adult\nSingle | 40\nReturn | –"], ["\t"]),
    "RTF": ("a.rtf", r"{\rtf1\ansi{\fonttbl{\f0 Times;}}\f0 The king is {\b Olaf}.\par He is old.}", ["The king is", "Olaf", "He is old."], ["\\b", "fonttbl"]),
    "RTF with notes and raised figures": ("a.rtf", r"{\rtf1\ansi It cost 4,512{\super\chftn}{\footnote\pard {\super\chftn} Paid {\b by} Olga.} crowns and 10{\super 5} bricks.\par The end.}", ["It cost 4,512 crowns and 10⁵ bricks.", "The end.", "Paid by Olga."], ["Paid by Olga. crowns"]),
    "OpenDocument": ("a.odt", odt("The bell was cast in 1644."), ["Bell", "The bell was cast in 1644."], ["text:p"]),
    "an e-book": ("a.epub", epub("The bell was cast in 1644."), ["One", "The bell was cast in 1644."], ["<p>", "opf"]),
    "slides": ("a.pptx", pptx("The bell was cast in 1644."), ["The bell was cast in 1644."], ["<a:t>"]),
    "slides with raised figures": ("a.pptx", pptx('It took 10</a:t></a:r><a:r><a:rPr baseline="30000"/><a:t>5</a:t></a:r><a:r><a:t> bricks.'), ["It took 10⁵ bricks."], []),
    "slides with words in several runs": ("a.pptx", pptx('The har</a:t></a:r><a:r><a:rPr b="1"/><a:t>bour</a:t></a:r><a:r><a:t> has 4,51</a:t></a:r><a:r><a:t>2 boats.'), ["The harbour has 4,512 boats."], []),
    "slides with notes for the speaker": ("a.pptx", slides_with_notes("The bell was cast in 1644.", "Thank Olga for the picture."), ["The bell was cast in 1644.\n\nThank Olga for the picture."], []),
    "signs and words in part bold of an e-book": ("a.epub", epub("The har<b>bour</b> has 4,51<i>2</i> <code>boats</code> (big *) for 3*4 crowns_each."), ["The harbour has 4,512 boats (big *) for 3*4 crowns_each."], ["\\\\"]),
    "notes and links of an e-book": ("a.epub", epub('It cost 4,512<a href="#n1">1</a> crowns and 10<sup>5</sup> bricks, says <a href="https://x.example/a">the board</a>.'), ["It cost 4,512 crowns and 10⁵ bricks, says the board."], ["](", "#n1"]),
    "a sheet with a title and two tables": ("a.xlsx", xlsx([["Fares of 2023", "", ""], ["Ticket", "Adult", "Child"], ["Return", "70", "35"], ["", "", ""], ["Oven", "Maker", "Year"], ["A", "Berg", "2004"]]), ["Fares of 2023\n\nTicket | Adult | Child\nReturn | 70 | 35\n\nOven | Maker | Year\nA | Berg | 2004"], []),
    "docx with empty cells": ("a.docx", word_table(["Item", "Income", "Expense"], ["Seeds", "", "1,215"], ["Fees", "4,080", ""]), ["Item | Income | Expense\nSeeds | – | 1,215\nFees | 4,080 | –"], []),
    "docx with an exponent": ("a.docx", word(word_with_power), ["About 10⁵ bricks; the 10th day."], []),
    "a sheet": ("a.xlsx", xlsx([["Ticket", "Adult"], ["Return", "70"]]), ["Ticket | Adult\nReturn | 70"], ["---"]),
    "docx with a list": ("a.docx", word(lambda d: [d.add_paragraph("Cut the rope.", "List Bullet"), d.add_paragraph("Tie it.", "List Bullet")]), ["- Cut the rope.\n- Tie it."], []),
    "docx with numbers": ("a.docx", word(lambda d: [d.add_paragraph("Cut the rope.", "List Number"), d.add_paragraph("Tie it.", "List Number")]), ["1. Cut the rope.\n2. Tie it."], []),
    "docx with a head on each page": ("a.docx", word(lambda d: [setattr(d.sections[0].header.paragraphs[0], "text", "mattress"), d.add_paragraph(PROSE)]), [PROSE], ["mattress"]),
}  # fmt: skip

REFUSED = {
    "program code": ("a.py", "print('The bell')\n", "program code, not an article"),
    "a script": ("a.js", "var bell = 1;\n", "program code"),
    "a style sheet": ("a.css", "p { color: red }\n", "style sheet"),
    "settings": ("a.yaml", "bell: 1\n", "settings of a program"),
    "an archive": ("a.zip", archive({"a.txt": "The bell"}), "zip archive: unpack it"),
    "a gzip archive": ("a.gz", b"\x1f\x8b\x08\0rest", "gzip archive"),
    "a picture": ("a.png", b"\x89PNG\r\n\x1a\n\0", "picture"),
    "an old Word file": ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "old Word"),
    "JSON without text": ("a.json", '{"a": [1, 2], "b": true}', "JSON without text"),
    "damaged JSON": ("a.json", '{"a": ', "damaged JSON"),
    "damaged XML": ("a.xml", "<?xml version='1.0'?><a><b></a>", "damaged XML"),
    "XML with entities that grow": ("a.xml", '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bell"><!ENTITY c "&b;&b;">]><a>&c;</a>', "XML without text"),
    "XML with a file in it": ("a.xml", '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "XML without text"),
    "a damaged sheet": ("a.xlsx", archive({"xl/workbook.xml": "<x/>"}), "damaged xlsx"),
    "slides without text": ("a.pptx", pptx(" "), "pptx without text"),
    "damaged slides": ("a.pptx", archive({"ppt/presentation.xml": "<x"}), "damaged pptx"),
    "a damaged e-book": ("a.epub", archive({"META-INF/container.xml": "<x/>"}), "damaged epub"),
    "a mail without text": ("a.eml", MAIL + 'Content-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n', "mail without text"),
    "a feed without text": ("a.rss", "<rss><channel><item></item></channel></rss>", "feed without text"),
    "subtitles without text": ("a.srt", "1\n00:00:01,000 --> 00:00:03,000\n\n", "subtitles without text"),
    "an empty file": ("a.txt", "", "empty"),
}  # fmt: skip


def written(folder, name, content):
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return load(folder, name)


@pytest.mark.parametrize("kind", READ)
def test_what_people_have_is_read_right(tmp_path, kind):
    name, content, held, not_held = READ[kind]
    document = written(tmp_path, name, content)
    for text in held:
        assert text in document.text
    for text in not_held:
        assert text not in document.text
    for heading in document.structure.headings:
        line = document.text[heading.start : heading.end]
        assert " ".join(heading.text.split()) in " ".join(line.strip("# ").split())
    for table in document.structure.tables:
        assert document.text[table.start : table.header_end].endswith(table.header) or name.endswith(".md")


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_article_is_refused_by_name(tmp_path, kind):
    name, content, reason = REFUSED[kind]
    with pytest.raises(Unreadable, match=reason):
        written(tmp_path, name, content)


@pytest.mark.parametrize(
    ("name", "content", "facts"),
    [
        ("a.html", article("", f"<title>Quay closed | The Daily</title>{LINKED}"), ("Quay closed", "2021-04-03", "Ida Holm", "The Daily")),
        ("a.html", article("", '<meta property="og:title" content="The quay - The Daily"><meta property="og:site_name" content="The Daily">'), ("The quay", None, None, "The Daily")),
        ("a.html", article("", '<meta name="author" content="By Ida Holm"><meta property="article:published_time" content="2020-02-01">'), ("Quay closed", "2020-02-01", "Ida Holm", None)),
        ("a.html", article('<aside><time itemprop="datePublished" datetime="2011-01-01">then</time></aside>'), ("Quay closed", None, None, None)),
        ("a.html", article("<p>On <time datetime='1999-05-05'>5 May 1999</time> the quay was built by the people of the town, who had asked for it.</p>"), ("Quay closed", None, None, None)),
        ("a.md", '---\ntitle: "Bell: a life"\nauthor: [Ida Holm, Per Lie]\ndate: 2020-02-01\n---\nText of the bell.\n', ("Bell: a life", "2020-02-01", "Ida Holm, Per Lie", None)),
        ("a.md", '+++\ntitle = "Bell"\ndate = 2020-02-01\n+++\nText of the bell.\n', ("Bell", "2020-02-01", None, None)),
        ("a.eml", MAIL + "Content-Type: text/plain\n\nAt the quay.\n", ("Lunch", "2023-10-05", "Olga Berg", None)),
        ("feed.atom", READ["an Atom feed"][1], ("News", "2023-10-05", None, None)),
        ("a.epub", epub("The bell."), ("The bell", None, None, None)),
    ],
)  # fmt: skip
def test_title_date_author_and_site_are_the_article_s_own(tmp_path, name, content, facts):
    document = written(tmp_path, name, content)
    found = (document.title, document.date, document.structure.author, document.structure.site)
    assert tuple(str(one) if one else None for one in found) == facts
