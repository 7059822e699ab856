"""Copies of an article count once; what only resembles it stays."""

from hypothesis import given
from hypothesis import strategies as st

from embeddings.search.near_duplicates import SAME, fold_copies, resemblance, shingle
from embeddings.search.passage import Passage
from embeddings.text.offsets import Chunk

TEXT = (
    "Firefighters put out the fire at the gas station on Monday, and nobody was hurt, the ministry said in a statement."
)


def passage(document: str, text: str, start: int = 0) -> Passage:
    return Passage(Chunk(document, start, start + len(text)), text, "Title", 1.0)


def test_copies_fold_into_the_first_and_are_named():
    found = [
        passage("a.txt", TEXT),
        passage("b.txt", TEXT + " "),
        passage("c.txt", TEXT.upper()),
        passage("d.txt", "Other words."),
    ]
    kept = fold_copies(found, 10)
    assert [one.chunk.document for one in kept] == ["a.txt", "d.txt"]
    assert [copy.document for copy in kept[0].copies] == ["b.txt", "c.txt"]


def test_copies_do_not_use_up_the_limit():
    found = [passage(f"{n}.txt", TEXT) for n in range(20)] + [passage("z.txt", "Something else was written here.")]
    assert [one.chunk.document for one in fold_copies(found, 2)] == ["0.txt", "z.txt"]


def test_a_rewritten_article_stays():
    other = "The blaze at a petrol station was extinguished; no one was injured, according to officials on Monday."
    assert len(fold_copies([passage("a.txt", TEXT), passage("b.txt", other)], 10)) == 2


@given(st.lists(st.text("abcd ", max_size=60), max_size=12), st.integers(1, 12))
def test_folding_is_that_of_comparing_all_with_all(texts, limit):
    kept: list[list[int]] = []
    for number, text in enumerate(texts):
        twin = next((one for one in kept if resemblance(shingle(texts[one[0]]), shingle(text)) >= SAME), None)
        if twin is not None:
            twin.append(number)
        elif len(kept) < limit:
            kept.append([number])
    folded = fold_copies([passage(str(number), text) for number, text in enumerate(texts)], limit)
    assert [[int(one.chunk.document), *(int(copy.document) for copy in one.copies)] for one in folded] == kept


def test_overlapping_chunks_of_one_document_stay():
    assert len(fold_copies([passage("a.txt", TEXT), passage("a.txt", TEXT, 500)], 10)) == 2


def test_the_jaccard_index_of_shingles():
    one, other = shingle("a b c d"), shingle("a b c e")
    assert one == {("a", "b", "c"), ("b", "c", "d")}
    assert resemblance(one, other) == 1 / 3
    assert resemblance(frozenset(), frozenset()) == 1.0


@given(st.text())
def test_the_words_of_a_shingle_are_the_same_in_ascii_and_beyond(text):
    """An apostrophe beyond ASCII at the end takes the other way to the words, and is none."""
    assert shingle(text) == shingle(text + " \u2019")


def test_an_underscore_is_part_of_a_word_and_punctuation_none():
    assert shingle("It's snake_case, 3.5") == {
        ("it", "s", "snake_case"),
        ("s", "snake_case", "3"),
        ("snake_case", "3", "5"),
    }
