"""Example questions are made from the articles, and each is one that the engine answers."""

import pytest

from qa.conversation.examples import candidates, example_questions
from qa.engine import Engine


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "The Grand Bazaar was built in 1455, and burnt down.",
            [("When was the Grand Bazaar built?", "1455")],
        ),
        (
            "Her deputy, Erik Holm, will lead the town until the election on 6 June.",
            [("Who will lead the town until the election on 6 June?", "Erik Holm")],
        ),
        ("Adolphe Sax invented the saxophone.", [("Who invented the saxophone?", "Adolphe Sax")]),
    ],
)
def test_a_clause_about_a_name_becomes_a_question(text, wanted):
    assert list(candidates(text)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Olav Berg won it.",
        "He invented the saxophone.",
        "Olav Berg said that he was tired of the whole matter.",
        "Tin resisted.",
        "The town was quiet in 1990.",
    ],
)
def test_what_leans_on_its_sentences_before_makes_no_question(text):
    assert not list(candidates(text))


def test_examples_are_answered_by_the_engine_and_stay_the_same(seeds, seed_index):
    engine = Engine.open(seeds, seed_index)
    found = example_questions(engine)
    assert found and all(engine.ask(question).answered for question in found)
    assert example_questions(engine) is found
    engine.close()
