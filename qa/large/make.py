"""Make the larger reader: ``python -m qa.large.make ADAPTERS TARGET PART…``, by qa/large/setup.py.

Puts the encoder together in the folder TARGET, merges the adapters in ADAPTERS into it, exports and quantises it into
TARGET/reader. Writes one JSON object a line on stdout: progress, or the error. It does not choose where, and does not
lock.
"""

import json
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from embeddings.errors import CitebotError
from qa.large.packages import WANTED, LargeUnavailable, assemble_body
from qa.large.setup import ADAPTERS_NAME, failure

STEPS = ("unpacking its encoder", "merging our fine-tuning", "exporting and quantising", "done")
PIPE_BYTES = 4096
SHARES = (0, 25, 35, 100)
"""Of a hundred, where each step begins: as long as they took on two cores."""


def make(adapters: Path, target: Path, parts: Sequence[Path]) -> None:
    """Make the reader.

    Raises:
        LargeUnavailable: the parts are damaged.
        CitebotError: the adapters are of another network.
        OSError: there is no room.
    """
    _tell(0)
    facts = _facts(adapters / ADAPTERS_NAME)
    body = target / "body"
    body.mkdir()
    assemble_body(parts, body, facts["body"], lambda done, total: _tell(0, done / total))
    _tell(1)
    # Imported only now, so that the first steps are seen at once.
    from qa.train.export import export, with_adapters

    model = with_adapters(body, adapters)
    _tell(2)
    # One scale for the inputs of a whole matrix costs this one 0.6 F1, blocks nothing, and half as much time again.
    export(model, body / "tokenizer.json", target / "reader", windows=facts["windows"], quantised=True, everywhere=True)
    for name in WANTED:
        (body / name).unlink()
    _tell(3)


def _facts(path: Path) -> dict[str, str]:
    """Return what the adapters' file says of the run they come from: ``body``, a SHA-256, and ``windows``."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "np") as file:
            facts = file.metadata() or {}
        return {name: facts[name] for name in ("body", "windows")}
    except (SafetensorError, OSError, KeyError) as error:
        raise CitebotError(f"the adapters {path} cannot be read ({error!r}): restore the file") from error


def _tell(step: int, share: float = 0.0) -> None:
    nearer = SHARES[step + 1] - SHARES[step] if step + 1 < len(SHARES) else 0
    _say({"done": round(SHARES[step] + share * nearer), "total": SHARES[-1], "step": STEPS[step]})


def _say(entry: dict) -> None:
    print(json.dumps(entry), file=sys.__stdout__, flush=True)


def _end_with_parent() -> None:
    """Wait for the end of standard input, which is that of the process that wants the reader, and end with it."""
    # Unbuffered: a thread that holds a buffer's lock would abort the interpreter's end.
    while os.read(0, PIPE_BYTES):
        pass
    os._exit(1)


def main() -> int:
    """Run as a program."""
    adapters, target, *parts = map(Path, sys.argv[1:])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.stdout = sys.stderr  # what the libraries print must not come between our lines
    try:
        make(adapters, target, parts)
    except OSError as error:
        _say({"error": str(failure(error)), "packages": False})
        return 1
    except CitebotError as error:
        _say({"error": str(error), "packages": isinstance(error, LargeUnavailable)})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
