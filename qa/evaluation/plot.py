"""The picture of a report: risk against coverage, what confidence is worth, and what a threshold lets through."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings.errors import CitebotError
from qa.evaluation.metrics import expected_calibration_error
from qa.evaluation.report import Report, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANEL_INCHES = 4.8
DOTS_PER_INCH = 150
# Okabe and Ito 2008: told apart by colour-blind readers too.
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#777777"
COLOURS = {"answerable": BLUE, "all": ORANGE}
LABELS = {"answerable": "answerable questions", "all": "all questions"}


def draw(report: Report, path: Path) -> None:
    """Draw a report into a file; its suffix says the format (png, svg, pdf).

    Panels: risk-coverage curves; the reliability diagram with the counts of its bins; and, where the report has both
    kinds of questions, the share answered of each as the threshold falls.

    Raises:
        CitebotError: matplotlib is missing, the suffix is of no picture, or the file cannot be written.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise CitebotError(f"matplotlib is missing ({error}): install it with `pip install citebot[plot]`") from error
    both_kinds = bool(report.answerable.questions and report.unanswerable.questions)
    figure = Figure(figsize=((3 if both_kinds else 2) * PANEL_INCHES, PANEL_INCHES), layout="constrained")
    panels = figure.subplots(1, 3 if both_kinds else 2)
    _draw_risk(panels[0], report)
    _draw_reliability(panels[1], report)
    if both_kinds:
        _draw_kinds(panels[2], report)
    try:
        figure.savefig(path, dpi=DOTS_PER_INCH)
    except OSError as error:
        raise CitebotError(f"{path} cannot be written ({error.strerror or error}): name another place") from error
    except ValueError as error:
        raise CitebotError(f"{path} cannot be drawn ({error}): name a file that ends in .png, .svg or .pdf") from error


def _draw_risk(axes: "Axes", report: Report) -> None:
    highest = 0.0
    for scope in _scopes(report):
        points = report.risk_coverage[scope]
        if not points:
            continue
        coverage, risk = [point.coverage for point in points], [point.risk for point in points]
        highest = max(highest, *risk)
        aurc = report.trust[scope]["exact"].aurc
        axes.plot(coverage, risk, color=COLOURS[scope], linewidth=2, label=f"{LABELS[scope]} (AURC {aurc:.3f})")
        at_threshold = [point for point in points if point.threshold >= report.threshold]
        if at_threshold:
            last = at_threshold[-1]
            axes.plot(last.coverage, last.risk, "o", color=COLOURS[scope], markersize=8)
    axes.plot([], [], "o", color=GREY, label=f"threshold {report.threshold:.2f}")
    _label(
        axes,
        "Risk against coverage",
        "share of questions answered (coverage)",
        "share of answers not an exact match (risk)",
    )
    axes.set_ylim(0, min(1.02, highest * 1.25) or 1.0)
    axes.legend(loc="best", framealpha=0.9, edgecolor="none")


def _draw_reliability(axes: "Axes", report: Report) -> None:
    bins = report.reliability["all"]
    axes.plot([0, 1], [0, 1], "--", color=GREY, linewidth=1, label="perfect")
    for one in bins:
        axes.bar(one.low, one.accuracy, one.high - one.low, align="edge", color=BLUE, alpha=0.35, edgecolor=BLUE)
        axes.annotate(
            f"{one.count:,}",
            ((one.low + one.high) / 2, one.accuracy),
            (0, 7),
            textcoords="offset points",
            ha="center",
            fontsize=8,
        )
    axes.plot(
        [one.confidence for one in bins],
        [one.accuracy for one in bins],
        "o",
        color=ORANGE,
        clip_on=False,
        label="mean confidence of the bin",
    )
    axes.axvline(report.threshold, color=GREY, linestyle=":", label=f"threshold {report.threshold:.2f}")
    error = expected_calibration_error(bins)
    title = "Reliability" if error is None else f"Reliability (expected calibration error {error:.3f})"
    _label(axes, title, "confidence (above the bars: questions)", "share that is an exact match")
    axes.set_ylim(0, 1.06)
    axes.legend(loc="upper left", framealpha=0.9, edgecolor="none")


def _draw_kinds(axes: "Axes", report: Report) -> None:
    thresholds = np.unique([one.confidence for one in report.results])[::-1]
    kinds = ([one for one in report.results if one.answerable is kind] for kind in (True, False))
    answerable, unanswerable = ([0.0, *_answered(results, thresholds)] for results in kinds)
    axes.plot(unanswerable, answerable, color=BLUE, linewidth=2, label=f"AUROC {report.auroc_answerable:.3f}")
    axes.plot([0, 1], [0, 1], "--", color=GREY, linewidth=1, label="chance")
    here = (report.unanswerable.answered, report.answerable.answered)
    axes.plot(
        *here,
        "o",
        color=BLUE,
        markersize=8,
        label=f"threshold {report.threshold:.2f}: {here[0]:.0%} and {here[1]:.0%} answered",
    )
    _label(
        axes, "Answerable or not", "share of unanswerable questions answered", "share of answerable questions answered"
    )
    axes.set_ylim(0, 1.02)
    axes.legend(loc="lower right", framealpha=0.9, edgecolor="none")


def _answered(results: Sequence[Result], thresholds: np.ndarray) -> np.ndarray:
    """Return the share of results answered at each threshold."""
    sure = np.sort([one.confidence for one in results if one.answer is not None])
    return (len(sure) - np.searchsorted(sure, thresholds, side="left")) / len(results)


def _scopes(report: Report) -> list[str]:
    return [scope for scope in report.risk_coverage if scope == "answerable" or report.unanswerable.questions]


def _label(axes: "Axes", title: str, across: str, up: str) -> None:
    axes.set_title(title, fontsize=11)
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.set_xlim(0, 1)
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
