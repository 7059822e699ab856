"""Which reader a setting names, and the calibration that belongs to it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from embeddings.encoder.encoder import Encoder
from embeddings.errors import CitebotError
from qa.answering.confidence import CALIBRATION_NAME, FOLDER, Calibration, load_calibration
from qa.large import OnStep
from qa.reading.reader import Reader
from qa.reading.sentence_reader import SentenceReader

log = logging.getLogger("citebot")

MODELS = Path(__file__).parents[1] / "models"
TRAINED = "small"
"""The trained reader that comes with citebot."""
LARGE = "large"
"""The better one, whose encoder comes in packages of its own."""
UNTRAINED = "sentences"
"""The reader that needs no model."""
LARGE_LOOKS_AT = 8
LARGE_READS = 3
"""Of the passages `small` looks at, those `large` reads; benchmarks/read_depth.py shows what others cost and bring."""


def load_reader(
    setting: str,
    encoder: Encoder,
    weigh: Callable[[Sequence[str]], Mapping[str, float]],
    on_step: OnStep | None = None,
) -> tuple[Reader, Calibration]:
    """Load the reader a setting names: ``small`` (the default), ``large``, ``sentences``, or a model's folder.

    ``large`` is set up at its first use, which takes minutes: ``on_step`` is told how far it is. Where its packages are
    missing, a warning says how to get them, and ``small`` is loaded in its stead.

    Raises:
        CitebotError: there is no such reader, or its files are damaged.
    """
    if setting == UNTRAINED:
        return SentenceReader(encoder, weigh), load_calibration(FOLDER / "sentences.json")
    if setting == LARGE and (folder := _large_folder(on_step)):
        return _load_large(folder, on_step)
    return _load_trained(TRAINED if setting == LARGE else setting)


def prepare_reader(setting: str, on_step: OnStep | None = None) -> None:
    """Set up what a setting names, where that needs any; a warning says where it cannot be.

    Raises:
        CitebotError: the set-up failed.
    """
    if setting == LARGE:
        _large_folder(on_step)


def _large_folder(on_step: OnStep | None, *, anew: bool = False) -> Path | None:
    """Return where the larger reader lies, set up if it was not; None, and a warning, where it cannot be had."""
    from qa.large.packages import LargeUnavailable
    from qa.large.setup import obtain_large

    try:
        return obtain_large(MODELS / LARGE, on_step, anew=anew)
    except LargeUnavailable as error:
        log.warning("%s; meanwhile `%s` answers", error, TRAINED)
        return None


def _load_trained(setting: str) -> tuple[Reader, Calibration]:
    folder = MODELS / TRAINED if setting == TRAINED else Path(setting).expanduser()
    if not folder.is_dir():
        raise CitebotError(
            f"no reader {setting!r}: set CITEBOT_READER to {TRAINED}, {LARGE}, {UNTRAINED}, or the folder of an"
            " exported model"
        )
    from qa.reading.span_reader import load_span_reader

    reader = load_span_reader(folder, name=setting)
    own = folder / CALIBRATION_NAME
    # A model that nobody calibrated borrows the trained one's: better than none, and `citebot eval` shows how good.
    return reader, load_calibration(own if own.is_file() else MODELS / TRAINED / CALIBRATION_NAME)


def _load_large(folder: Path, on_step: OnStep | None) -> tuple[Reader, Calibration]:
    from qa.reading.cascade_reader import CascadeReader
    from qa.reading.span_reader import load_span_reader

    try:
        better = load_span_reader(folder, name=LARGE)
    except CitebotError as damage:
        log.warning("%s: setting it up anew", damage)
        folder = _large_folder(on_step, anew=True)
        if folder is None:
            return _load_trained(TRAINED)
        better = load_span_reader(folder, name=LARGE)
    quick, _ = _load_trained(TRAINED)
    reader = CascadeReader(quick, better, kept=LARGE_READS, passages=LARGE_LOOKS_AT)
    return reader, load_calibration(MODELS / LARGE / CALIBRATION_NAME)
