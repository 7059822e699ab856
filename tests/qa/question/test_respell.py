"""Words spelled as the articles spell them: unknown ones alone, and only as words that are there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.search.passage import Passage
from embeddings.text.offsets import Chunk
from embeddings.text.words import tokenize
from qa.question.respell import respell

TEXTS = (
    "After the explosion in Hankendi, Klyge praised the firefighters. Nobody heard Ilham.",
    "Services are provided in Hangkendi, said the Ministry of Labor. An application helps, and Bayramov's office.",
)
KNOWN = {term for text in TEXTS for term in tokenize(text)}


def respelled(question: str) -> str:
    passages = [Passage(Chunk("a.txt", 0, len(text)), text, "", 1.0) for text in TEXTS]
    return respell(question, passages, KNOWN.__contains__)


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("what happened in Khankendi", "what happened in Hankendi"),
        ("what happened in khankendi", "what happened in Hankendi"),
        ("What did Kluge praise in Khankendi?", "What did Klyge praise in Hankendi?"),
        ("Was Ilhan heard?", "Was Ilham heard?"),
        ("Whose is Bairamov's office?", "Whose is Bayramov's office?"),
        ("Is there an applicatoin?", "Is there an application?"),
    ],
)
def test_a_word_that_no_article_holds_is_read_as_the_most_similar_one(asked, read):
    assert respelled(asked) == read


@pytest.mark.parametrize(
    "asked",
    [
        "What happened in Hangkendi?",
        "Who praised the firefighters?",
        "What happened in Yerevan?",
        "Who was in the ministri?",
        "What about 2023 and X?",
        "Who is it?",
        "Кто потушил пожар?",
    ],
)
def test_what_is_known_or_like_no_name_stays(asked):
    assert respelled(asked) == asked


@pytest.mark.parametrize(("asked", "written"), [("Iran", "Iraq"), ("Austria", "Australia"), ("Slovakia", "Slovenia")])
def test_another_country_is_not_the_one_that_the_articles_have(asked, written):
    text = f"The president of {written} spoke."
    known = {*tokenize(text), *tokenize("Who is")}
    question = f"Who is the president of {asked}?"
    assert respell(question, [Passage(Chunk("a.txt", 0, len(text)), text, "", 1.0)], known.__contains__) == question


def test_without_passages_nothing_changes():
    assert respell("What happened in Khankendi?", [], lambda term: False) == "What happened in Khankendi?"


@given(st.text(max_size=80))
def test_no_question_breaks_it_and_a_second_time_changes_nothing_more(question):
    once = respelled(question)
    assert respelled(once) == once
