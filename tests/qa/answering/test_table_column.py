"""A figure in a table's row comes from the column that the question names."""

import pytest

from embeddings.documents.structure import Structure, Table
from embeddings.search.passage import Passage
from embeddings.text.offsets import Chunk
from qa.answer import Span
from qa.answering.table_column import fit_column

FARES = (
    "Fares\n\nTicket | Single | Return | 10-trip card\nDog | £3.00 | £5.00 | –\nCar | £46 | £84 | £390\n\nNo refunds."
)
LAKES = "Lake | Area (km²) | Max. depth (m) | Altitude (m)\nBrennwater | 14,2 | 71,5 | 183"
MARKDOWN = "| Meadow | 1998 | 2018 |\n|---|---|---|\n| Mill Meadow | 16 | 9 |"


def moved(question: str, text: str, pointed: str, offset: int = 40) -> str:
    head = next(line for line in text.splitlines() if "|" in line)
    start = offset + text.index(head)
    header_end = start + len(head) + 1
    table = Table(start, offset + len(text), header_end, head.strip("| "))
    passage = Passage(Chunk("a.txt", offset, offset + len(text)), text, "", 1.0, structure=Structure(tables=(table,)))
    at = offset + text.rindex(pointed)
    return text[slice(*fit_column(Span(passage, at, at + len(pointed), 1.0), question))]


@pytest.mark.parametrize(
    ("question", "text", "pointed", "answer"),
    [
        ("How much does a single for a dog cost?", FARES, "£5.00", "£3.00"),
        ("How much is a 10-trip card for a car?", FARES, "£84", "£390"),
        ("How deep is Brennwater?", LAKES, "14,2", "71,5"),
        ("What is the area of Brennwater?", LAKES, "183", "14,2"),
        ("How many pairs bred at Mill Meadow in 2018?", MARKDOWN, "16", "9"),
    ],
)
def test_the_column_that_is_named_is_answered(question, text, pointed, answer):
    assert moved(question, text, pointed) == answer


@pytest.mark.parametrize(
    ("question", "text", "pointed"),
    [
        ("How much is a dog?", FARES, "£3.00"),  # names no column
        ("How much is a single or a return for a car?", FARES, "£46"),  # names two
        ("How much is a 10-trip card for a dog?", FARES, "£5.00"),  # that cell is empty
        ("Which lake has a depth of 71,5 m?", LAKES, "Brennwater"),  # asks for the row
        ("What does a return cost?", FARES, "Fares"),  # not in the table
    ],
)
def test_a_span_stays_where_no_other_column_is_meant(question, text, pointed):
    assert moved(question, text, pointed) == pointed
