"""Two readers in a row: the quick one chooses, the better one answers."""

import pytest

from embeddings.search.passage import Passage
from embeddings.text.chunk import Chunk
from qa.reading.cascade_reader import CascadeReader
from qa.reading.span_reader import load_span_reader

TEXTS = ("Nobody saw the rain.", "It was noon in Baku.", "Azerbaijani rain.", "", "At noon.")


def passages() -> list[Passage]:
    return [Passage(Chunk(f"{n}.txt", 0, len(text)), text, "", 1.0) for n, text in enumerate(TEXTS)]


@pytest.fixture
def readers(write_reader):
    quick = write_reader({"noon": 5.0, "baku": 1.0}, {"noon": 5.0}, folder="quick")
    better = write_reader({"baku": 5.0, "azerbaijani": 9.0}, {"baku": 5.0, "azerbaijani": 9.0}, folder="better")
    return load_span_reader(quick), load_span_reader(better)


def test_the_better_reader_reads_what_the_quick_one_ranks_best_and_nothing_else(readers):
    read = CascadeReader(*readers, kept=2, passages=5).read("When?", passages())
    assert [reading.passage for reading in read] == passages()
    assert [bool(reading.spans) for reading in read] == [False, True, False, False, True]
    assert read[1] == readers[1].read("When?", [passages()[1]])[0]


def test_as_many_passages_as_are_kept_are_read_by_the_better_one_alone(readers):
    cascade = CascadeReader(*readers, kept=5, passages=8)
    assert cascade.read("When?", passages()) == readers[1].read("When?", passages())
    assert cascade.read("When?", []) == []


def test_it_goes_by_the_better_ones_name(readers):
    assert CascadeReader(*readers, kept=1, passages=8).name == "better"
