"""The picture of a report: every kind of report can be drawn, and what is drawn is what the report says."""

import struct
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from embeddings.errors import CitebotError
from qa.evaluation.plot import curves, draw
from qa.evaluation.report import Result, summarise


def results(gold: tuple[str, ...], confidences: list[float], answer: str | None = "x") -> list[Result]:
    return [
        Result(
            id=f"{gold}{index}",
            question="?",
            gold=gold,
            answer=answer,
            confidence=confidence,
            exact=float(bool(gold) and index % 2 == 0),
            f1=float(bool(gold)),
            quote=None,
            gold_in_quote=False,
            located=False,
            answer_rank=None,
            quotes=0,
            faults=(),
            unusable=False,
            seconds=0.1,
        )
        for index, confidence in enumerate(confidences)
    ]


ANSWERABLE = results(("x",), [0.95, 0.92, 0.85, 0.4])
UNANSWERABLE = results((), [0.6, 0.3, 0.12])


def texts(path: Path) -> str:
    # Matplotlib writes each text as a comment beside its outlines.
    parser = ElementTree.XMLParser(target=ElementTree.TreeBuilder(insert_comments=True))
    root = ElementTree.parse(path, parser).getroot()
    return "\n".join(node.text.strip() for node in root.iter(ElementTree.Comment))


def test_both_kinds_of_questions_and_what_is_right_are_drawn_by_threshold(tmp_path):
    report = summarise(ANSWERABLE + UNANSWERABLE, 0.5)
    drawn = {label: dict(points) for label, _, points in curves(report)}

    assert drawn["answerable questions answered"][0.0] == 1.0
    assert drawn["answerable questions answered"][0.92] == 2 / 4
    assert drawn["unanswerable questions answered"][0.4] == 1 / 3
    # Right at 0.95 and 0.85; at 0.6 four answers are given.
    assert drawn["answers given that are an exact match"][0.6] == 2 / 4
    assert 1.0 not in drawn["answers given that are an exact match"]
    draw(report, tmp_path / "report.svg")
    said = texts(tmp_path / "report.svg")
    for label in (*drawn, "threshold 0.50", "What a threshold answers"):
        assert label in said


def test_a_kind_that_was_not_asked_has_no_curve():
    assert [label for label, _, _ in curves(summarise(ANSWERABLE, 0.5))] == [
        "answerable questions answered",
        "answers given that are an exact match",
    ]


@pytest.mark.parametrize(
    ("some", "threshold"),
    [
        ([], 0.5),
        (UNANSWERABLE, 0.5),
        (ANSWERABLE + UNANSWERABLE, 1.5),
        (results(("x",), [0.0, 0.0], None) + results((), [0.0], None), 0.5),
        (results(("x",), [0.7] * 3), 0.7),
        (results(("x",), [0.0, 1.0]), 0.0),
    ],
    ids=["no questions", "unanswerable alone", "all refused", "nothing found", "one confidence", "the ends"],
)
def test_any_report_becomes_a_png(tmp_path, some, threshold):
    path = tmp_path / "report.png"

    draw(summarise(some, threshold), path)

    data = path.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    assert (width, height) == (1080, 720)


def test_a_suffix_of_no_picture_is_reported(tmp_path):
    with pytest.raises(CitebotError, match=r"report\.docx cannot be drawn .*docx.* name a file that ends in \.png"):
        draw(summarise(ANSWERABLE, 0.5), tmp_path / "report.docx")


def test_a_folder_that_is_not_there_is_reported(tmp_path):
    with pytest.raises(CitebotError, match=r"report\.png cannot be written \(No such file or directory\)"):
        draw(summarise(ANSWERABLE, 0.5), tmp_path / "none" / "report.png")


def test_the_extra_is_named_where_matplotlib_is_missing(tmp_path, repository):
    # A folder that shadows the package makes an environment without matplotlib out of this one.
    (tmp_path / "matplotlib").mkdir()
    (tmp_path / "matplotlib" / "__init__.py").write_text("raise ImportError('not here')")
    program = (
        "from pathlib import Path; from qa.evaluation.plot import draw; from qa.evaluation.report import summarise; "
        "from embeddings.errors import CitebotError\n"
        "try: draw(summarise([], 0.5), Path('x.png'))\n"
        "except CitebotError as error: print(error)\n"
    )

    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{tmp_path}:{repository}"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout == "matplotlib is missing (not here): install it with `pip install citebot[plot]`\n"


def test_measuring_loads_matplotlib_only_to_draw(repository):
    program = (
        "import sys, qa.evaluation.evaluate, qa.evaluation.plot; "
        "print([name for name in ('matplotlib', 'scipy', 'sklearn', 'torch') if name in sys.modules])"
    )

    ran = subprocess.run([sys.executable, "-c", program], cwd=repository, capture_output=True, text=True, check=True)

    assert ran.stdout == "[]\n"
