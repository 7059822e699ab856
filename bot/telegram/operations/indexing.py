"""Indexing in a child process, which may load torch, and does not block the event loop.

Run as ``python -m bot.telegram.operations.indexing NICENESS DOCS [ENCODER]``, with the index in ``CITEBOT_INDEX``, or
``… NICENESS --check DOCS ID`` to try one file.
It writes one JSON object a line: progress, then the report or the error.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

from bot.settings import Settings, as_place
from embeddings.child_process import child_environment
from embeddings.errors import CitebotError
from embeddings.postgres.address import Database

NICENESS = 10
"""How much the child gives way to others: answering has priority."""

CHECK_SECONDS = 60.0
"""A file that can't be read within this is left out."""


async def build(settings: Settings) -> AsyncIterator[dict[str, Any]]:
    """Bring the index up to date in a child process; yield its progress, then ``{"report": {…}}``.

    Raises:
        CitebotError: the build failed, with its reason.
    """
    arguments = [str(settings.docs), *([settings.encoder] if settings.encoder else [])]
    # Other users of the machine can read a command line, and the address of a database holds a password.
    index = settings.index.url if isinstance(settings.index, Database) else str(settings.index)
    more = {"CITEBOT_INDEX": index} | ({"CITEBOT_CACHE": str(settings.cache)} if settings.cache else {})
    async with aclosing(_lines(arguments, more)) as lines:
        async for entry in lines:
            yield entry


async def check(docs: Path, identifier: str) -> None:
    """Read one file below ``docs`` in a child process.

    Raises:
        CitebotError: it can't be read (the reason), or not within a minute.
    """
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            async with aclosing(_lines(["--check", str(docs), identifier])) as lines:
                async for _ in lines:
                    pass
    except TimeoutError as error:
        raise CitebotError(f"reading it took more than {CHECK_SECONDS:.0f} s") from error


async def _lines(arguments: list[str], more: dict[str, str] | None = None) -> AsyncIterator[dict[str, Any]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.telegram.operations.indexing",
        str(NICENESS),
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        env=child_environment(**more or {}),
    )
    try:
        async for line in process.stdout:
            entry = json.loads(line)
            if "error" in entry:
                raise CitebotError(entry["error"])
            yield entry
        if await process.wait():
            raise CitebotError(f"the indexing process ended with status {process.returncode}: see the bot's log")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _write(entry: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(entry) + "\n")
    sys.stdout.flush()


def _build(docs: str, encoder: str | None = None) -> None:
    from embeddings.passage_index import build as build_index

    def progress(done: Any) -> None:
        _write({"done": done.documents_done, "total": done.documents_total, "passages": done.chunks})

    report = build_index(Path(docs), as_place(os.environ["CITEBOT_INDEX"]), encoder_name=encoder, on_progress=progress)
    counts = {name: len(getattr(report, name)) for name in ("new", "changed", "deleted", "skipped")}
    _write(
        {
            "report": {
                "documents": report.documents,
                "passages": report.chunks,
                "seconds": round(report.seconds, 1),
                **counts,
            }
        }
    )


def _check(docs: str, identifier: str) -> None:
    from embeddings.documents.folder import load

    load(Path(docs), identifier)


def _main(arguments: list[str]) -> int:
    niceness, *rest = arguments
    os.nice(int(niceness))
    try:
        if rest[0] == "--check":
            _check(*rest[1:])
        else:
            _build(*rest)
    except CitebotError as error:
        _write({"error": str(error)})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
