"""Zip archives, as Office files and e-books are, looked at before a parser sees them."""

import io
import zipfile

from embeddings.documents.loaded import LoadError

MAX_UNPACKED_BYTES = 200 << 20
"""Bytes that all members together may unpack to."""


def check_archive(data: bytes, kind: str) -> None:
    """Refuse a damaged archive or a zip bomb, by the unpacked size of its members, before any parser sees them.

    Raises:
        LoadError: it is one.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES or _unpacks_beyond(archive, members):
                raise LoadError(f"{kind} that unpacks to more than {MAX_UNPACKED_BYTES >> 20} MiB")
    except RuntimeError as error:  # zipfile's way to say that a password is wanted
        raise LoadError("encrypted zip archive: remove the password") from error
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, zipfile.zlib.error) as error:
        raise LoadError(f"damaged zip archive or {kind}") from error


def _unpacks_beyond(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> bool:
    """Tell whether the members hold more than they claim and may, reading them in small pieces."""
    total = 0
    for member in members:
        with archive.open(member) as content:
            while piece := content.read(1 << 20):
                total += len(piece)
                if total > MAX_UNPACKED_BYTES:
                    return True
    return False
