"""Articles that admins replace or delete are kept, and come back whole or not at all."""

import pytest

from bot.telegram.operations.article_files import KEPT, ArticleFiles
from embeddings.errors import CitebotError


@pytest.fixture
def docs(tmp_path):
    docs = tmp_path / "docs"
    (docs / "news").mkdir(parents=True)
    (docs / "a.txt").write_text("first")
    (docs / "news/b.md").write_text("second")
    return docs


@pytest.fixture
def articles(docs, tmp_path):
    return ArticleFiles(docs, tmp_path / "index")


def sent(tmp_path, text):
    (tmp_path / "part").write_text(text)
    return tmp_path / "part"


def test_one_change_of_several_files_is_taken_back_at_once(docs, articles, tmp_path):
    assert articles.put("c1", "a.txt", sent(tmp_path, "new a"))
    assert not articles.put("c1", "c.txt", sent(tmp_path, "new c"))
    assert articles.put("c1", "news/b.md", sent(tmp_path, "new b"))
    assert sorted(articles.undo("c1")) == ["a.txt", "news/b.md"]
    assert [(docs / name).read_text() for name in ("a.txt", "news/b.md", "c.txt")] == ["first", "second", "new c"]


def test_nothing_is_put_back_over_a_later_change(docs, articles, tmp_path):
    articles.put("c1", "a.txt", sent(tmp_path, "new a"))
    articles.put("c1", "news/b.md", sent(tmp_path, "new b"))
    (docs / "a.txt").write_text("newer")
    with pytest.raises(CitebotError, match=r"a\.txt has been changed since"):
        articles.undo("c1")
    assert (docs / "news/b.md").read_text() == "new b"
    articles.delete("c2", "news/b.md")
    (docs / "news/b.md").write_text("another one")
    with pytest.raises(CitebotError, match="has been changed since"):
        articles.undo("c2")


def test_what_is_not_there_can_neither_be_deleted_nor_put_back(articles):
    with pytest.raises(CitebotError, match="no longer in the docs folder"):
        articles.delete("c1", "ghost.txt")
    with pytest.raises(CitebotError, match="too long ago"):
        articles.undo("c9")


def test_the_latest_changes_are_kept(docs, articles, tmp_path):
    for number in range(KEPT + 2):
        articles.put(f"c{number}", "a.txt", sent(tmp_path, f"version {number}"))
    with pytest.raises(CitebotError, match="too long ago"):
        articles.undo("c0")
    assert articles.undo(f"c{KEPT + 1}") == ["a.txt"]
