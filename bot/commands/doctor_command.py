"""``citebot doctor``: everything that can be wrong, checked; each problem with its remedy."""

import argparse
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.settings import Settings
from embeddings.corpus import scan
from embeddings.encoder import load_encoder
from embeddings.errors import CitebotError
from embeddings.integrity import Problem, verify
from embeddings.snapshot import open_snapshot
from qa.readers import load_reader

ROOM_WANTED = 200_000_000
"""Bytes free on the index's disk below which the next build may fail: an encoder's export and a small index."""
_TOKEN = re.compile(r"\d+:[\w-]{30,}")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run every check; return 1 where something is wrong."""
    sick = False
    for title, check in CHECKS:
        problems = _told(check, settings)
        sick |= bool(problems)
        print(f"{'ok     ' if not problems else 'PROBLEM'}  {title}")
        for problem in problems:
            print(f"         {problem.name}\n         remedy: {problem.remedy}")
    return 1 if sick else 0


def _told(check: Callable[[Settings], Iterator[Problem]], settings: Settings) -> list[Problem]:
    try:
        return list(check(settings))
    except CitebotError as error:
        name, _, remedy = str(error).rpartition(": ")
        return [Problem(name or str(error), remedy)]


def _check_docs(settings: Settings) -> Iterator[Problem]:
    found = scan(settings.docs)
    if not found.files:
        yield Problem(
            f"the docs folder {settings.docs} holds no files", "put articles there, or name another with --docs"
        )


def _check_index(settings: Settings) -> Iterator[Problem]:
    yield from verify(settings.index)


def _check_permissions(settings: Settings) -> Iterator[Problem]:
    folder = settings.index if settings.index.exists() else settings.index.absolute().parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield Problem(
            f"{folder} cannot be written ({error.strerror})", "asking works; to build, free it or set --index"
        )
        return
    if (free := shutil.disk_usage(folder).free) < ROOM_WANTED:
        yield Problem(f"{free / 1e6:.0f} MB are free at {folder}", f"free at least {ROOM_WANTED / 1e6:.0f} MB")


def _check_models(settings: Settings) -> Iterator[Problem]:
    encoder = load_encoder(settings.encoder)
    vector = encoder.encode(["a probe"])[0]
    if abs(float(vector @ vector) - 1) > 1e-3:
        yield Problem(f"the encoder {encoder.name} gives vectors that are not of unit length", "export it anew")
    load_reader(settings.reader, encoder, lambda terms: dict.fromkeys(terms, 1.0))
    snapshot = open_snapshot(settings.index)
    if snapshot.facts["encoder_identity"] != encoder.identity:
        yield Problem(
            f"the index was built with {snapshot.facts['encoder']}, set is {encoder.name}",
            "run `citebot index`, or set CITEBOT_ENCODER to that of the index",
        )


def _check_token(settings: Settings) -> Iterator[Problem]:
    # No token is no problem: it is needed by the bot alone.
    if settings.telegram_token is not None and not _TOKEN.fullmatch(settings.telegram_token):
        yield Problem(
            "CITEBOT_TELEGRAM_TOKEN does not look like a token", "copy it from BotFather: digits, a colon, letters"
        )
    if settings.webhook_url and not settings.webhook_secret:
        yield Problem("CITEBOT_WEBHOOK_URL is set without CITEBOT_WEBHOOK_SECRET", "set a secret of letters and digits")
    env_file = Path(".env")
    if settings.telegram_token and env_file.is_file() and os.name == "posix" and env_file.stat().st_mode & 0o077:
        yield Problem(f"{env_file} can be read by others and may hold the token", f"chmod 600 {env_file}")


CHECKS = (
    ("the folder of articles", _check_docs),
    ("the index: every hash, every row", _check_index),
    ("permissions and room on the disk", _check_permissions),
    ("encoder and reader", _check_models),
    ("Telegram token and webhook", _check_token),
)
