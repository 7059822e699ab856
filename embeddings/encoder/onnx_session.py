"""Opens ONNX models the one way citebot runs them: on this machine's processor, one thread a run, telling nobody."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


def open_session(model: bytes) -> "InferenceSession":
    """Open a model for any number of calling threads; each run stays on the thread that calls.

    onnxruntime's own builds send telemetry since 1.29 and leave a device id in the user's cache. Who asks a folder of
    articles expects neither, and it can be prevented only before onnxruntime is imported (its Privacy.md): import
    onnxruntime through here. A user who has set ``ORT_DISABLE_TELEMETRY`` is left the choice.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def count_cores() -> int:
    """Return the number of cores this process may run on: a container or ``taskset`` may allow fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
