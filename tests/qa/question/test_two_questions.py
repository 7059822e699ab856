"""Two questions in one are told apart, and one question is left whole."""

import doctest

import pytest

import qa.question.two_questions
from qa.question.two_questions import split_two


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(qa.question.two_questions).failed == 0


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("When and where was she born?", ("When was she born?", "where was she born?")),
        (
            "How long is the cableway and how many gondolas does it have?",
            ("How long is the cableway?", "how many gondolas does it have?"),
        ),
        ("Who built the bridge?\nWhat did it cost?", ("Who built the bridge?", "What did it cost?")),
        ("Could you tell me who wrote it and when it was printed", ("who wrote it?", "when it was printed?")),
    ],
)
def test_two_questions(question, parts):
    assert split_two(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "Who and what?",
        "Which rivers flow through Pitt and Penn?",
        "The vault is locked. How can I fix that?",
        "",
        "and",
    ],
)
def test_one_question(question):
    assert split_two(question) == ()
