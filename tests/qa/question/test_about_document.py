"""Questions about a document itself are told from questions about what documents tell."""

import pytest

from qa.question.about_document import Fact, read_about_document


@pytest.mark.parametrize(
    ("question", "fact", "topic"),
    [
        ("Who wrote the article about the ferry?", Fact.AUTHOR, {"ferri"}),
        ("who is the author of the piece on Lachin?", Fact.AUTHOR, {"lachin"}),
        ("who's the article about Lachin by?", Fact.AUTHOR, {"lachin"}),
        ("author of the plum stew recipe", Fact.AUTHOR, {"plum", "stew"}),
        ("When was the report on the harbour published?", Fact.DATE, {"harbour"}),
        ("When did the article on Lachin come out?", Fact.DATE, {"lachin"}),
        ("publication date of the article on Lachin", Fact.DATE, {"lachin"}),
        ("What is the title of the article on Lachin?", Fact.TITLE, {"lachin"}),
        ("What is the piece about Lachin called?", Fact.TITLE, {"lachin"}),
    ],
)
def test_a_question_about_a_document_is_recognised(question, fact, topic):
    about = read_about_document(question)
    assert (about.fact, about.topic) == (fact, topic)


@pytest.mark.parametrize(
    ("question", "fact", "topic"),
    [
        ("Who wrote The Glassblower of Cold Fell?", Fact.AUTHOR, {"glassblow", "cold", "fell"}),
        ("Who is the author of Keeping a Sourdough Starter?", Fact.AUTHOR, {"keep", "sourdough", "starter"}),
        ("When was Keeping a Starter first published?", Fact.DATE, {"keep", "starter"}),
    ],
)
def test_a_title_may_stand_for_its_document(question, fact, topic):
    about = read_about_document(question)
    assert (about.fact, about.topic, about.named) == (fact, topic, True)


@pytest.mark.parametrize(
    "question",
    [
        "Who wrote the symphony?",
        "When was the bridge opened?",
        "What is the ship called?",
        "Who put out the fire?",
        "When did the article of the constitution change the law?",
        "Who signed the paper?",
        "",
    ],
)
def test_other_questions_are_not(question):
    assert read_about_document(question) is None
