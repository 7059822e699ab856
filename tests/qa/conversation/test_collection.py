"""What the articles are, what is new, and what they are about."""

import pytest

from embeddings.index.build import build_index
from qa.conversation.collection import newest_first, topics
from qa.engine import Engine

ARTICLES = {
    "harbour.md": "---\ntitle: Berg builds\ndate: 2023-05-01\n---\nThe harbour of Rovik is old. On Monday Olav Berg"
    " said that Rovik needs another. In Rovik many agree with Olav Berg.",
    "school.txt": "A school\n\nThe school of Rovik has a roof again. Rovik is glad, and so is Rovik's mayor.",
    "tin.txt": "Tin\n\nMost Tin comes from Bolivia. The tin of Bolivia is pure; miners of Bolivia say so.",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    docs = tmp_path_factory.mktemp("collection")
    for name, text in ARTICLES.items():
        (docs / name).write_text(text, encoding="utf-8")
    index = docs.parent / "collection-index"
    build_index(docs, index)
    engine = Engine.open(docs, index)
    yield engine
    engine.close()


def test_topics_are_the_names_that_most_articles_say_most(engine):
    found = topics(engine)
    assert (found[0].name, found[0].articles) == ("Rovik", 2)
    assert {topic.name for topic in found} >= {"Olav Berg", "Bolivia"}


def test_weekdays_and_words_that_begin_sentences_are_no_topics(engine):
    assert not {topic.name for topic in topics(engine)} & {"Monday", "The", "Most", "On"}


def test_at_most_so_many_topics_as_wanted(engine):
    assert len(topics(engine, 1)) == 1


def test_the_newest_article_comes_first_and_one_without_a_date_counts_by_its_file(engine):
    order = [facts.id for facts in newest_first(engine.documents())]
    assert sorted(order) == sorted(ARTICLES) and order[-1] == "harbour.md"
