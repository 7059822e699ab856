"""What a label of an answer, named by the question, says for it."""

import pytest

from embeddings.documents.structure import Structure, Table
from embeddings.search.passage import Passage
from embeddings.text.offsets import Chunk
from qa.answer import Span
from qa.answering.labels import has_named_label

TABLE = (
    "Permit | Year | Half year | 12 months\nBusiness permit | £240 | £130 | £250\nCarer's permit | free | free | free\n"
)
NOTICE = (
    "The committee met in June. **Next meeting:** 11 January. Interview: Daniel Osei.\nSigned: P. Lovatt, Highways\n"
)


def span(text: str, answer: str, table: bool = False) -> Span:
    header = text.partition("\n")[0]
    tables = (Table(0, len(text), len(header) + 1, header),) if table else ()
    passage = Passage(Chunk("a.md", 0, len(text)), text, "Signed papers", 1.0, {}, structure=Structure(tables=tables))
    start = text.index(answer)
    return Span(passage, start, start + len(answer), 1.0)


@pytest.mark.parametrize(
    ("question", "answer", "named"),
    [
        ("When is the next meeting?", "11 January", True),
        ("When does the committee meet next?", "11 January", True),
        ("When was the last meeting?", "11 January", False),
        ("Who did the interview?", "Daniel Osei", True),
        ("Who took the pictures?", "Daniel Osei", False),
        ("Who signed it?", "P. Lovatt", False),  # the title has that word
        ("What did the committee do in June?", "met", False),
    ],
)
def test_a_label_before_a_colon(question, answer, named):
    assert has_named_label(question, span(NOTICE, answer)) is named


@pytest.mark.parametrize(
    ("question", "answer", "named"),
    [
        ("How much is a business permit for a year?", "£240", True),
        ("How much is a business permit for half a year?", "£130", True),
        ("How much is a business permit?", "£240", False),
        ("How much is a business permit for a month?", "£250", False),
        ("How much is a business permit for 12 months?", "£250", True),
        ("How much is a carer's permit for a year?", "£240", False),
        ("Which permit costs £240 a year?", "Business permit", False),
        ("What does it cost for a year?", "Year", False),
    ],
)
def test_a_row_and_a_column_of_a_table(question, answer, named):
    assert has_named_label(question, span(TABLE, answer, table=True)) is named


def test_a_row_of_two_cells_needs_no_column():
    table = "Error | What it means\nE4 | clock lost\n"
    assert has_named_label("What is E4?", span(table, "clock lost", table=True))
    assert not has_named_label("What is E5?", span(table, "clock lost", table=True))


def test_an_empty_corner_of_a_table_is_a_column():
    table = "– | T4 | T3\nAccuracy | 0.3 °C | 0.8 °C\n"
    for header in (table, table.replace("–", "")):
        assert has_named_label("How accurate is the T3?", span(header, "0.8 °C", table=True))
        assert not has_named_label("How accurate is the T3?", span(header, "0.3 °C", table=True))
