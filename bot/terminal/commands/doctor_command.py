"""``citebot doctor``: checks everything that can be wrong, and names a remedy for each problem."""

import argparse
import os
import re
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from bot.settings import SETTINGS, Settings, given, read_settings, unknown_variables
from bot.terminal.arguments import flags_of
from bot.terminal.commands.open_engine import change_notice, open_built
from bot.terminal.notices import describe
from bot.terminal.rendering.escape import on_one_line
from bot.terminal.rendering.output import show_parts
from bot.terminal.rendering.wording import counted
from embeddings.documents.folder import scan
from embeddings.encoder.cache_folder import user_cache
from embeddings.encoder.encoder import load_encoder
from embeddings.encoder.onnx_session import count_cores
from embeddings.errors import CitebotError
from embeddings.index.catalogue import NoIndex
from embeddings.index.integrity import Problem
from embeddings.passage_index import verify

PROBLEMS_FOUND = 1
"""Exit status."""
MIN_FREE_BYTES = 200_000_000
"""With less free space the next build or export may fail: an exported encoder and a small index."""
PROBE = "Is anybody there?"
UNIT_TOLERANCE = 1e-3
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{30,}")


@dataclass(frozen=True, slots=True)
class Setup:
    """What is checked: the settings, the folder they were read in, and what is wrong with them."""

    settings: Settings
    cwd: Path
    variables: Mapping[str, str]
    """The CITEBOT_ variables that are set, by environment or ``.env``."""
    complaints: tuple[CitebotError, ...]


Check = Callable[[Setup], Iterator[Problem | str]]


def _check_settings(setup: Setup) -> Iterator[Problem | str]:
    for complaint in setup.complaints:
        name, _, remedy = str(complaint).rpartition(": ")
        yield Problem(name, remedy)
    known = [setting.variable for setting in SETTINGS]
    for name in unknown_variables(setup.variables):
        near = get_close_matches(name, known, n=1)
        meant = (
            f"rename it to {near[0]}, if that is meant" if near else "take it out: docs/settings.md has the right names"
        )
        yield Problem(f"{name} is set, but no setting has that name", meant)
    yield f"{counted(len(setup.variables), 'variable')} set"


def _check_docs(setup: Setup) -> Iterator[Problem | str]:
    docs = setup.settings.docs
    found = scan(docs)
    if not found.files:
        yield Problem(f"the docs folder {docs} holds no files", "put articles there, or set another folder by --docs")
    unreadable = [file.id for file in found.files if not os.access(docs / file.id, os.R_OK)]
    if unreadable:
        yield Problem(
            f"{counted(len(unreadable), 'file')} can't be read, such as {docs / unreadable[0]}",
            "allow it",
        )
    yield f"{counted(len(found.files), 'file')} in {docs}"


def _check_index(setup: Setup) -> Iterator[Problem | str]:
    problems = verify(setup.settings.index)
    yield from problems
    if not problems:
        yield f"{setup.settings.index} is sound"


def _check_writing(setup: Setup) -> Iterator[Problem | str]:
    settings = setup.settings
    for what, folder in (("the index", settings.own_folder), ("exported encoders", user_cache(settings.cache))):
        place = _nearest_existing(folder)
        try:
            with tempfile.TemporaryFile(dir=place):
                pass
        except OSError as error:
            remedy = "make it writable, or choose another folder with CITEBOT_INDEX or CITEBOT_CACHE"
            yield Problem(f"{place}, for {what}, cannot be written ({error.strerror})", remedy)
            continue
        free = shutil.disk_usage(place).free
        if free < MIN_FREE_BYTES:
            yield Problem(
                f"{free / 1e6:,.0f} MB are free for {what} at {place}", f"free at least {MIN_FREE_BYTES / 1e6:,.0f} MB"
            )
        yield f"{free / 1e9:,.1f} GB free for {what}"


def _nearest_existing(folder: Path) -> Path:
    folder = folder.absolute()
    return next(place for place in (folder, *folder.parents) if place.is_dir())


def _check_encoder(setup: Setup) -> Iterator[Problem | str]:
    encoder = load_encoder(setup.settings.encoder, setup.settings.cache)
    vector = encoder.encode([PROBE])[0]
    if abs(float(vector @ vector) - 1) > UNIT_TOLERANCE:
        yield Problem(f"the encoder {encoder.name} gives a vector that is not of unit length", "choose another encoder")
    yield f"{encoder.name}, {encoder.dimension} dimensions"


def _check_answering(setup: Setup) -> Iterator[Problem | str]:
    try:
        engine = open_built(setup.settings)
    except NoIndex:
        yield "not tried: there is no index yet"
        return
    started = time.perf_counter()
    engine.ask(PROBE)
    seconds, status = time.perf_counter() - started, engine.status()
    changes = engine.changes()
    yield f"reader {status.reader}, {counted(status.documents, 'document')}"
    yield f"a question took {1000 * seconds:,.0f} ms on {count_cores()} cores"
    if changes:
        yield change_notice(engine, changes)


def _check_telegram(setup: Setup) -> Iterator[Problem | str]:
    settings = setup.settings
    token = settings.telegram_token
    if token is None:
        others = [name for name in setup.variables if name.startswith(("CITEBOT_TELEGRAM_", "CITEBOT_WEBHOOK_"))]
        if others:
            yield Problem(
                f"{others[0]} is set, but CITEBOT_TELEGRAM_TOKEN is not", "set it to the token that BotFather gave"
            )
        yield "no token; only `citebot bot` needs one"
        return
    if not _TOKEN.fullmatch(token):
        yield Problem(
            "CITEBOT_TELEGRAM_TOKEN does not look like a token (it is not shown)",
            "copy all of it from BotFather: digits, a colon, 35 letters and digits",
        )
    yield from _check_env_file(setup.cwd / ".env")
    yield "webhook" if settings.webhook_url else "long polling"
    yield f"{len(settings.telegram_allowed)} ids let in" if settings.telegram_allowed else "everyone is let in"


def _check_env_file(path: Path) -> Iterator[Problem]:
    if os.name == "posix" and path.is_file() and path.stat().st_mode & 0o077:
        text = path.read_text(encoding="utf-8", errors="replace")
        if "CITEBOT_TELEGRAM_TOKEN" in text or "CITEBOT_WEBHOOK_SECRET" in text:
            yield Problem(f"{path} holds secrets, and others on this machine can read it", f"run `chmod 600 {path}`")


CHECKS: tuple[tuple[str, Check], ...] = (
    ("settings", _check_settings),
    ("articles", _check_docs),
    ("index", _check_index),
    ("writing", _check_writing),
    ("encoder", _check_encoder),
    ("answering", _check_answering),
    ("Telegram", _check_telegram),
)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run every check; return 1 where something is wrong."""
    cwd = Path.cwd()
    _, complaints = read_settings(os.environ, cwd, flags_of(arguments))
    setup = Setup(settings, cwd, given(os.environ, cwd), tuple(complaint.error for complaint in complaints))
    sound = True
    for title, check in CHECKS:
        problems, facts = [], []
        try:
            for finding in check(setup):
                (problems if isinstance(finding, Problem) else facts).append(finding)
        except Exception as error:
            # An exception in a check is a finding; the other checks still run.
            if arguments.debug:
                traceback.print_exc()
            problems.append(_problem(error))
        sound &= not problems
        _print_check(title, problems, facts)
    return 0 if sound else PROBLEMS_FOUND


def _print_check(title: str, problems: list[Problem], facts: list[str]) -> None:
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
    """Split an error message into problem and remedy, which follows the last colon."""
    line = describe(error)
    name, colon, remedy = line.rpartition(": ")
    if isinstance(error, CitebotError) and colon:
        return Problem(name, remedy)
    return Problem(line, "run `citebot doctor --debug`, and report what it shows")
