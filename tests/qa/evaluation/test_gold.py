"""Where gold answers are in the documents, and at which rank passages cover them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.search.passage import Passage
from embeddings.text.offsets import Chunk
from qa.evaluation.gold import Place, answer_rank, find_contexts, is_located
from qa.evaluation.labelled_questions import Question

untimed = settings(deadline=None)
TEXT = "Fire\n\nThe fire was put out by firefighters. Nobody slept.\n\nIt rained."
CONTEXT = "The fire was put out by firefighters. Nobody slept."
PLACES = (Place("fire.txt", 6, 57),)
WHO = Question("1", "Who?", ("firefighters", "men"), CONTEXT, None, (24, None))


def passage(start: int, end: int, document: str = "fire.txt", copies: tuple[Chunk, ...] = ()) -> Passage:
    return Passage(Chunk(document, start, end), TEXT[start:end], "Fire", 1.0, copies=copies)


def test_contexts_are_found_in_every_document_that_holds_them():
    texts = [("fire.txt", TEXT), ("copy.txt", f"{CONTEXT} {CONTEXT}"), ("other.txt", "Nothing.")]

    assert find_contexts(texts, [CONTEXT, "It snowed."]) == {
        CONTEXT: (*PLACES, Place("copy.txt", 0, 51), Place("copy.txt", 52, 103)),
        "It snowed.": (),
    }


@untimed
@given(before=st.text(max_size=30), context=st.text(min_size=1, max_size=10), after=st.text(max_size=30))
def test_a_place_is_the_context_to_the_letter(before, context, after):
    text = before + context + after

    places = find_contexts([("a", text)], [context])[context]

    assert places
    assert all(text[place.start : place.end] == context for place in places)


def test_a_question_is_located_by_its_paragraph_and_an_answer_in_it():
    assert is_located(WHO, PLACES)
    assert not is_located(WHO, ())
    assert not is_located(Question("1", "Who?", ("men",), CONTEXT, None, (None,)), PLACES)
    assert not is_located(Question("1", "Who?", ("men",)), ())


@pytest.mark.parametrize(
    ("passages", "rank"),
    [
        ([passage(6, 43)], 1),
        ([passage(44, 57), passage(30, 42)], 2),
        ([passage(31, 57), passage(6, 41)], None),
        ([passage(6, 57, "other.txt")], None),
        ([passage(6, 57, "other.txt", copies=(Chunk("fire.txt", 6, 57),))], 1),
        ([], None),
    ],
)
def test_the_answer_is_reached_by_the_first_passage_that_covers_it_whole(passages, rank):
    assert answer_rank(passages, WHO, PLACES) == rank


@pytest.mark.parametrize(
    "question", [Question("1", "Who?", ("Firefighters",)), Question("1", "Who?", ("Firefighters",), "?", None, (None,))]
)
def test_without_a_place_the_words_of_an_answer_decide(question):
    passages = [passage(44, 57), passage(31, 57), passage(6, 43, "other.txt")]

    assert answer_rank(passages, question, ()) == 3
