"""``citebot eval``: a table for people, one JSON object for programs, a picture where one is asked for."""

import json

import pytest

RECORDS = [
    {"id": "a", "question": "Who put out the fire at the petrol station?", "answers": ["Firefighters from Agdam"]},
    {"id": "b", "question": "Who decoded the dance of the honey bee?", "answers": ["Karl von Frisch"]},
    {"id": "c", "question": "What is the price of gold in Peru?", "answers": []},
]


@pytest.fixture
def questions(tmp_path):
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in RECORDS))
    return path


def test_a_table_tells_answerable_and_unanswerable_apart(citebot, library, questions):
    done = citebot("eval", questions, *library.flags)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert {"answerable", "unanswerable", "retrieval"} <= set(lines)
    told = dict(line.strip().rsplit(None, 1) for line in lines if line.startswith("  ") and not line.endswith(" ms"))
    assert told["not equal to the document"] == "0"


def test_json_is_one_object_with_each_questions_result(citebot, library, questions):
    done = citebot("eval", questions, *library.flags, "--json")
    (line,) = done.stdout.splitlines()
    report = json.loads(line)
    assert [result["id"] for result in report["results"]] == ["a", "b", "c"]
    assert (report["answerable"]["questions"], report["unanswerable"]["questions"], report["faults"]) == (2, 1, 0)
    assert report["recall"]["10"] == 1.0 and 0 <= report["calibration_error"] <= 1


def test_the_plot_is_drawn(citebot, library, questions, tmp_path):
    done = citebot("eval", questions, *library.flags, "--json", "--plot", tmp_path / "curves.png")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["missing.json"], "missing.json"),
        (["broken.jsonl"], "broken.jsonl, line 1"),
        (["questions.jsonl", "--plot", "curves.gif"], "curves.gif"),
        (["questions.jsonl", "--plot", "no-folder/curves.png"], "no-folder"),
    ],
)
def test_what_cannot_be_read_or_drawn_is_reported_before_anything_is_measured(
    citebot, library, questions, arguments, told
):
    (questions.parent / "broken.jsonl").write_text('{"question": "Who?"}\n')
    done = citebot("eval", *arguments, *library.flags)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1 and told in done.stderr
