"""Who wrote an article, when it was published and what it is called, answered where its text says so."""

import io
from datetime import date

from reportlab.pdfgen import canvas

from embeddings.documents.structure import Structure
from embeddings.index.build import build_index
from embeddings.index.snapshot import DocumentFacts
from qa.answering.document_facts import metadata_value
from qa.engine import Engine
from qa.question.about_document import Fact

VISIT = (
    "---\ntitle: A visit to Lachin\nauthor: Anna Lund\ndate: 2023-10-05\n---\n\n"
    "The mission visited the town of Lachin. It came by bus.\n"
)
FERRY = (
    "The ferry of Halsund\n\nBy Per Moe\n\nThe ferry to Halsund takes 25 minutes. A letter to the ferryman was found.\n"
)
PAGE = (
    '<html><head><title>Bridge opens</title><meta name="author" content="Signe Lien"></head><body><article>'
    "<h1>Bridge opens</h1><p>The bridge of Varde was opened by the mayor on Monday. It is 400 metres long.</p>"
    "</article></body></html>"
)


def answer(tmp_path, write_articles, question):
    docs, index = write_articles({"visit.md": VISIT, "ferry.txt": FERRY, "bridge.html": PAGE}), tmp_path / "index"
    build_index(docs, index)
    engine = Engine.open(docs, index)
    told = engine.ask(question)
    for quote in told.quotes:
        assert engine.document(quote.document).text[quote.start : quote.end] == quote.text
    engine.close()
    return told


def test_the_author_is_quoted_from_front_matter(tmp_path, write_articles):
    told = answer(tmp_path, write_articles, "Who wrote the article about the visit to Lachin?")
    assert (told.text, told.quotes[0].document) == ("Anna Lund", "visit.md")


def test_the_author_is_quoted_from_the_byline(tmp_path, write_articles):
    assert answer(tmp_path, write_articles, "Who is the author of the piece about the ferry?").text == "Per Moe"


def test_the_date_and_the_title_are_quoted(tmp_path, write_articles):
    assert answer(tmp_path, write_articles, "When was the article on Lachin published?").text == "2023-10-05"
    assert answer(tmp_path, write_articles, "What is the title of the article on Lachin?").text == "A visit to Lachin"


def test_a_fact_that_only_the_file_states_is_shown_but_not_as_an_answer(tmp_path, write_articles):
    told = answer(tmp_path, write_articles, "Who wrote the article about the bridge of Varde?")
    assert not told.answered
    assert told.quotes and all(quote.answer is None for quote in told.quotes), "nearest passages, no answers"
    assert told.reason == "not in the text of bridge.html, but the file's own data state the author: Signe Lien"


def test_a_letter_that_an_article_tells_of_is_not_the_article(tmp_path, write_articles):
    assert answer(tmp_path, write_articles, "Who wrote the letter to the ferryman?").text != "Per Moe"


def test_an_article_that_is_not_there_has_no_author(tmp_path, write_articles):
    assert not answer(tmp_path, write_articles, "Who wrote the article about penguins?").answered


def test_a_question_that_names_the_title_means_the_document(tmp_path, write_articles):
    assert answer(tmp_path, write_articles, "Who is the author of A visit to Lachin?").text == "Anna Lund"
    assert not answer(tmp_path, write_articles, "Who wrote The visit of the penguins to Lachin?").answered


def test_who_wrote_a_book_is_read_in_the_article_about_it(tmp_path, write_articles):
    about = "The Old Lighthouse\n\nBy Per Moe\n\nThe Old Lighthouse is a novel written by Astrid Falk in 1931.\n"
    docs, index = write_articles({"book.txt": about}), tmp_path / "index"
    build_index(docs, index)
    engine = Engine.open(docs, index)
    assert engine.ask("Who wrote The Old Lighthouse?").text == "Astrid Falk"
    engine.close()


def test_the_day_on_which_a_file_was_made_is_not_stated_as_its_text_s():
    made = Structure(date_of_file=True)
    for structure, shown in ((made, None), (Structure(), "2026-11-27")):
        facts = DocumentFacts("a.pdf", "A", date(2026, 11, 27), None, 9, "", 9, 0, structure)
        assert metadata_value(Fact.DATE, facts) == shown


def test_a_quote_has_the_date_of_its_text_and_not_of_its_file(tmp_path):
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer)
    page.drawString(72, 700, "The ferry to Halsund takes 25 minutes, said the ferryman.")
    page.save()
    docs, index = tmp_path / "docs", tmp_path / "index"
    docs.mkdir()
    (docs / "ferry.pdf").write_bytes(buffer.getvalue())
    build_index(docs, index)
    engine = Engine.open(docs, index)
    told = engine.ask("How long does the ferry to Halsund take?")
    assert (told.quotes[0].document, told.quotes[0].date) == ("ferry.pdf", None)
    engine.close()
