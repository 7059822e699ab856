"""The checks of ``citebot doctor``, each of which yields problems with their remedies, and facts in words."""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from bot.settings import TABLE, Settings, unknown_variables
from bot.terminal.commands.opening import has_index, open_built
from bot.terminal.rendering.wording import counted
from embeddings.documents.folder import scan
from embeddings.encoder.cache import user_cache
from embeddings.encoder.cores import count_cores
from embeddings.encoder.encoder import load_encoder
from embeddings.errors import CitebotError
from embeddings.index.integrity import Problem, verify

ROOM_WANTED = 200_000_000
"""Bytes free below which the next build or export may fail: an exported encoder and a small index."""
PROBE = "Is anybody there?"
UNIT_TOLERANCE = 1e-3
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{30,}")


@dataclass(frozen=True, slots=True)
class Patient:
    """What is examined: the settings, the folder they were read in, and what is wrong with them."""

    settings: Settings
    cwd: Path
    variables: Mapping[str, str]
    """The CITEBOT_ variables that are set, by environment or ``.env``."""
    complaints: tuple[CitebotError, ...]


Check = Callable[[Patient], Iterator[Problem | str]]


def _check_settings(patient: Patient) -> Iterator[Problem | str]:
    for complaint in patient.complaints:
        name, _, remedy = str(complaint).rpartition(": ")
        yield Problem(name, remedy)
    known = [setting.variable for setting in TABLE]
    for name in unknown_variables(patient.variables):
        near = get_close_matches(name, known, n=1)
        meant = (
            f"rename it to {near[0]}, if that is meant" if near else "take it out: docs/settings.md has the right names"
        )
        yield Problem(f"{name} is set, but no setting has that name", meant)
    yield f"{counted(len(patient.variables), 'variable')} set"


def _check_docs(patient: Patient) -> Iterator[Problem | str]:
    docs = patient.settings.docs
    found = scan(docs)
    if not found.files:
        yield Problem(f"the docs folder {docs} holds no files", "put articles there, or name another with --docs")
    unreadable = [file.id for file in found.files if not os.access(docs / file.id, os.R_OK)]
    if unreadable:
        yield Problem(
            f"{counted(len(unreadable), 'file')} can't be read, such as {docs / unreadable[0]}",
            "allow it",
        )
    yield f"{counted(len(found.files), 'file')} in {docs}"


def _check_index(patient: Patient) -> Iterator[Problem | str]:
    problems = verify(patient.settings.index)
    yield from problems
    if not problems:
        yield f"{patient.settings.index} is sound"


def _check_writing(patient: Patient) -> Iterator[Problem | str]:
    for what, folder in (("the index", patient.settings.index), ("exported encoders", user_cache())):
        place = _nearest_existing(folder)
        try:
            with tempfile.TemporaryFile(dir=place):
                pass
        except OSError as error:
            remedy = "make it writable, or choose another folder with CITEBOT_INDEX or CITEBOT_CACHE"
            yield Problem(f"{place}, for {what}, cannot be written ({error.strerror})", remedy)
            continue
        free = shutil.disk_usage(place).free
        if free < ROOM_WANTED:
            yield Problem(
                f"{free / 1e6:,.0f} MB are free for {what} at {place}", f"free at least {ROOM_WANTED / 1e6:,.0f} MB"
            )
        yield f"{free / 1e9:,.1f} GB free for {what}"


def _nearest_existing(folder: Path) -> Path:
    folder = folder.absolute()
    return next(place for place in (folder, *folder.parents) if place.is_dir())


def _check_encoder(patient: Patient) -> Iterator[Problem | str]:
    encoder = load_encoder(patient.settings.encoder)
    vector = encoder.encode([PROBE])[0]
    if abs(float(vector @ vector) - 1) > UNIT_TOLERANCE:
        yield Problem(f"the encoder {encoder.name} gives a vector that is not of unit length", "choose another encoder")
    yield f"{encoder.name}, {encoder.dimension} dimensions"


def _check_answering(patient: Patient) -> Iterator[Problem | str]:
    if not has_index(patient.settings.index):
        yield "not tried, for want of an index"
        return
    engine = open_built(patient.settings)
    started = time.perf_counter()
    engine.ask(PROBE)
    seconds, status = time.perf_counter() - started, engine.status()
    changes = engine.changes()
    yield f"reader {status.reader}, {counted(status.documents, 'document')}"
    yield f"a question took {1000 * seconds:,.0f} ms on {count_cores()} cores"
    if changes:
        yield f"{counted(changes.count, 'file')} changed since the build, `citebot index` brings them in"


def _check_telegram(patient: Patient) -> Iterator[Problem | str]:
    settings = patient.settings
    token = settings.telegram_token
    if token is None:
        others = [name for name in patient.variables if name.startswith(("CITEBOT_TELEGRAM_", "CITEBOT_WEBHOOK_"))]
        if others:
            yield Problem(
                f"{others[0]} is set, but CITEBOT_TELEGRAM_TOKEN is not", "set it to the token that BotFather gave"
            )
        yield "no token, and none is needed but by `citebot bot`"
        return
    if not _TOKEN.fullmatch(token):
        yield Problem(
            "CITEBOT_TELEGRAM_TOKEN does not look like a token (it is not shown)",
            "copy it from BotFather whole: digits, a colon, 35 letters and digits",
        )
    if settings.webhook_url and not settings.webhook_secret:
        yield Problem(
            "CITEBOT_WEBHOOK_URL is set without CITEBOT_WEBHOOK_SECRET", "set a long secret of letters and digits"
        )
    yield from _check_env_file(patient.cwd / ".env")
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
