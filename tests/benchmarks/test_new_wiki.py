"""The articles of new_wiki as files: contexts to the letter, and gaps that are real gaps."""

import gzip
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from qa.evaluation.labelled_questions import read_questions


@pytest.fixture(scope="module")
def new_wiki(repository):
    spec = importlib.util.spec_from_file_location("new_wiki", repository / "benchmarks" / "new_wiki.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def paragraph(name: str, *questions: str, end: str = "\n") -> dict:
    context = f"  {name} stands\nhere – alone.{end}"
    asked = [
        {"id": q, "question": q, "answers": [{"text": "here", "answer_start": context.index("here")}]}
        for q in questions
    ]
    return {"context": context, "qas": asked}


@pytest.fixture
def data(tmp_path) -> Path:
    """Fourteen articles, out of order; the last twelve are the development set."""
    articles = [
        {"title": f"T{n:02}_(x)%E2%80%93y", "paragraphs": [paragraph(f"T{n} p{i}", f"{n}-{i}?") for i in range(3)]}
        for n in reversed(range(14))
    ]
    last = articles[0]["paragraphs"]
    last[0] = paragraph("first", "Same?", "13-0?", end="")
    last[1] = paragraph("second", "same? ", "13-1?", end="\n\n")
    folder = tmp_path / "data"
    folder.mkdir()
    with gzip.open(folder / "squadshifts_new_wiki.json.gz", "wt", encoding="utf-8") as file:
        json.dump({"version": "1.0", "data": articles}, file)
    return folder


def test_articles_are_title_and_paragraphs_to_the_letter(new_wiki, data, tmp_path):
    written = new_wiki.write_articles(data, tmp_path / "out")

    names = [f"T{n:02}_(x)–y.txt" for n in range(14)]
    assert sorted(path.name for path in written.articles.iterdir()) == names
    text = (written.articles / names[13]).read_bytes().decode()
    assert text == (
        "T13 (x)–y\n\n"
        "  first stands\nhere – alone.\n\n"
        "  second stands\nhere – alone.\n\n\n"
        "  T13 p2 stands\nhere – alone.\n\n"
    )
    assert written.questions == {name: tmp_path / "out" / f"{name}.json" for name in ("dev", "train", "all")}


def test_questions_are_split_by_title_with_contexts_that_are_in_their_files(new_wiki, data, tmp_path):
    written = new_wiki.write_articles(data, tmp_path / "out")

    questions = {name: read_questions(path) for name, path in written.questions.items()}
    assert {question.title for question in questions["train"]} == {"T00 (x)–y", "T01 (x)–y"}
    assert len({question.title for question in questions["dev"]}) == 12
    assert questions["all"] == questions["train"] + questions["dev"]
    for question in questions["all"]:
        text = (written.articles / f"{question.title.replace(' ', '_')}.txt").read_bytes().decode()
        assert text.count(question.context) == 1


def test_without_dev_the_questions_of_missing_articles_have_no_answer(new_wiki, data, tmp_path):
    new_wiki.write_articles(data, tmp_path / "out")
    written = new_wiki.write_articles(data, tmp_path / "out", without_dev=True)

    assert sorted(path.name for path in written.articles.iterdir()) == ["T00_(x)–y.txt", "T01_(x)–y.txt"]
    assert sorted(path.name for path in (tmp_path / "out").glob("*.json")) == ["dev_absent.json", "train.json"]
    absent = read_questions(written.questions["dev_absent"])
    assert len(absent) == 38
    assert not any(question.answerable for question in absent)
    raw = json.loads(written.questions["dev_absent"].read_text(encoding="utf-8"))
    assert raw["data"][0]["paragraphs"][0]["qas"][0]["absent_answers"] == [{"text": "here", "answer_start": 15}]


def test_held_out_paragraphs_are_gone_and_their_questions_have_no_answer(new_wiki, data, tmp_path):
    written = new_wiki.write_articles(data, tmp_path / "out", hold_out_paragraphs=True)

    text = (written.articles / "T13_(x)–y.txt").read_bytes().decode()
    assert text == "T13 (x)–y\n\n  first stands\nhere – alone.\n\n  T13 p2 stands\nhere – alone.\n\n"
    assert "T1 p1" in (written.articles / "T01_(x)–y.txt").read_bytes().decode()
    asked = {question.id: question.answerable for question in read_questions(written.questions["dev_held_out"])}
    # "same? " is asked of the kept paragraph too, so it is answered there and left out.
    assert {name: kept for name, kept in asked.items() if name.startswith(("13", "S", "s"))} == {
        "Same?": True,
        "13-0?": True,
        "13-1?": False,
        "13-2?": True,
    }
    assert sum(not kept for kept in asked.values()) == 12


def test_a_context_that_is_not_in_its_file_is_never_written(new_wiki):
    article = new_wiki.Article("T", "T.txt", (paragraph("x", "q?"),))

    with pytest.raises(AssertionError, match="q\\?"):
        new_wiki.check([article], {"T": "other text"})


def test_the_script_tells_what_it_wrote_and_what_is_missing(data, tmp_path, repository):
    script = [sys.executable, str(repository / "benchmarks" / "new_wiki.py")]
    ran = subprocess.run([*script, data, tmp_path / "out"], capture_output=True, text=True, check=True)
    assert "articles: 14 articles" in ran.stdout
    assert "dev.json: 38 questions, 0 of them not answered there" in ran.stdout

    ran = subprocess.run([*script, tmp_path, tmp_path / "out"], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "squadshifts_new_wiki.json.gz is not there: DATA_DIR is the folder that holds it" in ran.stderr
