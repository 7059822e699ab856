"""The plot of a report: what each threshold answers of either kind of question, and how often it is then right."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from embeddings.errors import CitebotError
from qa.evaluation.report import Report

SIZE_INCHES = (7.2, 4.8)
DOTS_PER_INCH = 150
# Okabe and Ito 2008: distinct for colour-blind readers too.
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#777777"


def draw(report: Report, path: Path) -> None:
    """Draw a report into a file; its suffix says the format (png, svg, pdf).

    Raises:
        CitebotError: matplotlib is missing, the suffix is of no picture, or the file cannot be written.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise CitebotError(f"matplotlib is missing ({error}): install it with `pip install citebot[plot]`") from error
    figure = Figure(figsize=SIZE_INCHES, layout="constrained")
    axes = figure.subplots()
    for label, colour, points in curves(report):
        axes.step(*zip(*points, strict=True), where="pre", color=colour, linewidth=2, label=label)
    axes.axvline(report.threshold, color=GREY, linestyle=":", label=f"threshold {report.threshold:.2f}")
    axes.set(xlabel="threshold", ylabel="share", xlim=(0, 1), ylim=(0, 1.02), title="What a threshold answers")
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="best", framealpha=0.9, edgecolor="none")
    try:
        figure.savefig(path, dpi=DOTS_PER_INCH)
    except OSError as error:
        raise CitebotError(f"{path} cannot be written ({error.strerror or error}): name another place") from error
    except ValueError as error:
        raise CitebotError(f"{path} cannot be drawn ({error}): name a file that ends in .png, .svg or .pdf") from error


def curves(report: Report) -> list[tuple[str, str, list[tuple[float, float]]]]:
    """Return label, colour and points (threshold, share) of each curve that has a value somewhere."""
    given = [one for one in report.results if one.answer is not None]
    kinds = (
        ("answerable questions answered", BLUE, report.answerable.questions, [one for one in given if one.answerable]),
        (
            "unanswerable questions answered",
            ORANGE,
            report.unanswerable.questions,
            [one for one in given if not one.gold],
        ),
    )
    thresholds = np.unique([0.0, *(one.confidence for one in given), 1.0])
    found = [
        (label, colour, list(zip(thresholds, _reached(some, thresholds) / questions, strict=True)))
        for label, colour, questions, some in kinds
        if questions
    ]
    answered = _reached(given, thresholds)
    right = _reached([one for one in given if one.exact == 1.0], thresholds)
    shares = [(at, hits / count) for at, hits, count in zip(thresholds, right, answered, strict=True) if count]
    return [*found, ("answers given that are an exact match", GREEN, shares)] if shares else found


def _reached(results: Sequence, thresholds: np.ndarray) -> np.ndarray:
    """Return how many results are answered at each threshold."""
    ordered = np.sort([one.confidence for one in results])
    return len(ordered) - np.searchsorted(ordered, thresholds, side="left")
