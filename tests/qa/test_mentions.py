"""Which documents mention a topic: its words together, spelled otherwise too, not merely somewhere."""

import pytest

from embeddings.index.build import build_index
from qa.engine import Engine
from qa.mentions import find_mentions

ARTICLES = {
    "floods.txt": "High water\n\nThe floods of spring closed the road to Varde. Nobody was hurt.\n",
    "blood.txt": "Donors\n\nThe hospital asks for blood. The floor of its hall was painted.\n",
    "president.txt": "A visit\n\nPresident Aliev flew to Vienna. He stayed for two days.\n",
    "bus.txt": "Going by bus\n\nPublic transport in Varde is free on Sundays. Twelve buses run.\n",
    "court.txt": "The court\n\nThe trial was public, and the street was full. A van waited behind the court for the"
    " transport of the two men to the prison of Rovik.\n",
    "minister.txt": "Keller\n\nShe was born in Basel. Later she taught history at a school.\n",
}


@pytest.fixture(scope="module")
def mentioned(tmp_path_factory):
    """Tell which of the articles mention a topic."""
    docs = tmp_path_factory.mktemp("mentions")
    for name, text in ARTICLES.items():
        (docs / name).write_text(text, encoding="utf-8")
    index = docs.parent / "mentions-index"
    build_index(docs, index)
    engine = Engine.open(docs, index)
    yield lambda topic: {quote.document for quote in find_mentions(engine, topic, sorted(ARTICLES))}
    engine.close()


def test_a_word_counts_spelled_otherwise_but_not_as_another_word(mentioned):
    assert mentioned("Aliyev") == {"president.txt"}
    assert mentioned("floods") == {"floods.txt"}


def test_words_that_merely_stand_in_the_same_passage_do_not_count(mentioned):
    assert mentioned("public transport") == {"bus.txt"}


def test_a_title_counts_with_every_sentence_below_it(mentioned):
    assert mentioned("Keller Basel") == {"minister.txt"}


def test_nothing_is_mentioned_by_a_topic_without_words(mentioned):
    assert mentioned("?!") == set()
