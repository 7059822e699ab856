"""docx by python-docx: paragraphs and tables in reading order. Runs in the worker process only."""

import io
import zipfile

from embeddings.loaders.loaded import Loaded, LoadError

MAX_MEMBERS = 5_000
MAX_UNPACKED_BYTES = 200 << 20
"""Bytes that all members may claim; what a member really holds is held against its claim by zipfile."""


def load_docx(data: bytes) -> Loaded:
    """Read a Word document's paragraphs and tables.

    Raises:
        LoadError: another zip archive, a damaged one, or one beyond the caps.
    """
    import docx

    _check_archive(data)
    try:
        document = docx.Document(io.BytesIO(data))
    except Exception as error:  # python-docx raises whatever its parsers raise
        raise LoadError(f"damaged docx ({type(error).__name__})") from error
    blocks = list(document.iter_inner_content())
    text = "\n\n".join(part for block in blocks if (part := _text_of(block)).strip())
    if not text.strip():
        raise LoadError("docx without text")
    facts = document.core_properties
    when = facts.created or facts.modified
    heading = next((block.text for block in blocks if _is_heading(block)), None)
    return Loaded(text, (facts.title or "").strip() or heading, when.date() if when else None)


def _check_archive(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise LoadError("damaged zip archive or docx") from error
    if not any(member.filename == "word/document.xml" for member in members):
        raise LoadError("zip archive, not a docx: unpack it")
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        raise LoadError(f"docx that unpacks to more than {MAX_UNPACKED_BYTES >> 20} MiB or {MAX_MEMBERS} parts")


def _text_of(block) -> str:
    if hasattr(block, "rows"):
        return "\n".join(" | ".join(cell.text.strip() for cell in row.cells) for row in block.rows)
    return block.text


def _is_heading(block) -> bool:
    return not hasattr(block, "rows") and block.style.name in ("Title", "Heading 1") and bool(block.text.strip())
