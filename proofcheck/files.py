"""Writing files so that nobody ever sees half of one: a temporary name, then a rename."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from proofcheck.errors import OutputError


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file under a temporary name in its folder, then rename it.

    Raises
    ------
    OutputError
        With one line that names the file.
    """
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        raise OutputError(f"{path}: cannot be written ({error.strerror})") from None


def make_directory(path: Path) -> None:
    """Create a directory and its parents.

    Raises
    ------
    OutputError
        With one line that names the directory.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{path}: cannot be created ({error.strerror})") from None


def remove(path: Path) -> None:
    """Remove a file if it is there."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{path}: cannot be removed ({error.strerror})") from None
