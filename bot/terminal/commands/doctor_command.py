"""``citebot doctor``: everything that can be wrong, checked; each problem with its remedy."""

import argparse
import os
import traceback
from pathlib import Path

from bot.settings import Settings, given, read_settings
from bot.terminal.arguments import flags_of
from bot.terminal.checkup import CHECKS, Patient
from bot.terminal.notices import describe
from bot.terminal.rendering.harmless import on_one_line
from bot.terminal.rendering.show import show_parts
from embeddings.errors import CitebotError
from embeddings.index.integrity import Problem

SICK = 1


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run every check, whatever the others find; return 1 where something is wrong."""
    cwd = Path.cwd()
    _, complaints = read_settings(os.environ, cwd, flags_of(arguments))
    patient = Patient(settings, cwd, given(os.environ, cwd), tuple(complaint.error for complaint in complaints))
    healthy = True
    for title, check in CHECKS:
        problems, facts = [], []
        try:
            for finding in check(patient):
                (problems if isinstance(finding, Problem) else facts).append(finding)
        except Exception as error:
            # Whatever a check dies of is a finding, and the others still run.
            if arguments.debug:
                traceback.print_exc()
            problems.append(_problem(error))
        healthy &= not problems
        _tell(title, problems, facts)
    return 0 if healthy else SICK


def _tell(title: str, problems: list[Problem], facts: list[str]) -> None:
    heading = f"{title}: {'; '.join(facts)}" if facts else title
    parts = [("PROBLEM", "bad") if problems else ("ok     ", "good"), (f"  {on_one_line(heading)}\n", "plain")]
    for problem in problems:
        parts += [
            (f"         {on_one_line(problem.name)}\n", "plain"),
            ("         remedy: ", "label"),
            (f"{on_one_line(problem.remedy)}\n", "plain"),
        ]
    show_parts(parts)


def _problem(error: Exception) -> Problem:
    """Part an error's line into what is wrong and what to do; the remedy stands behind the last colon."""
    line = describe(error)
    name, colon, remedy = line.rpartition(": ")
    if isinstance(error, CitebotError) and colon:
        return Problem(name, remedy)
    return Problem(line, "run `citebot doctor --debug`, and report what it shows")
