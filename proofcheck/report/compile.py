"""Writing the report: LaTeX source and PDF, each in one move."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from proofcheck.documents import Document
from proofcheck.errors import OutputError
from proofcheck.files import make_directory, remove, write_atomically

from .document import render

TIME_LIMIT = 120.0
COMMAND = ("latexmk", "-norc", "-pdf", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "report.tex")


def write(
    directory: Path,
    claim: Document,
    certificate: Document | None,
    provenance: Mapping[str, Any] | None = None,
    pdf: bool = True,
) -> list[Path]:
    """Write report.tex, and report.pdf where latexmk is on the PATH; return what was written.

    Parameters
    ----------
    directory : Path
        Created if it is not there. A report.pdf of an earlier run is removed.
    claim, certificate, provenance
        As for `render`.
    pdf : bool
        False writes the source only.

    Raises
    ------
    OutputError
        If the directory cannot be written, or LaTeX fails.
    """
    return save(Path(directory), render(claim, certificate, provenance), pdf)


def save(folder: Path, report: str, pdf: bool = True, pictures: Mapping[str, bytes] | None = None) -> list[Path]:
    """Write LaTeX as report.tex and compile it beside the pictures that it shows, as `write` does."""
    source = report.encode("utf-8")
    make_directory(folder)
    remove(folder / "report.pdf")
    write_atomically(folder / "report.tex", source)
    if not pdf or shutil.which(COMMAND[0]) is None:
        return [folder / "report.tex"]
    write_atomically(folder / "report.pdf", _compile(source, folder / "report.tex", pictures or {}))
    return [folder / "report.tex", folder / "report.pdf"]


def _compile(source: bytes, shown: Path, pictures: Mapping[str, bytes]) -> bytes:
    """The PDF, made in a temporary directory; `shown` is how messages call the source."""
    try:
        with tempfile.TemporaryDirectory(prefix="proofcheck-report-") as name:
            place = Path(name)
            for file, data in {"report.tex": source, **pictures}.items():
                (place / file).write_bytes(data)
            code = _latexmk(place, shown)
            if code != 0 or not (place / "report.pdf").is_file():
                raise OutputError(f"{shown}: LaTeX failed ({_first_error(place / 'report.log')})")
            return (place / "report.pdf").read_bytes()
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(f"{shown}: LaTeX could not be run ({error.strerror})") from None


def _latexmk(place: Path, shown: Path) -> int:
    """Run latexmk in its own process group, so that the time limit ends its children too."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1", "max_print_line": "1000"}
    null = subprocess.DEVNULL
    with subprocess.Popen(
        COMMAND, cwd=place, env=environment, start_new_session=True, stdin=null, stdout=null, stderr=null
    ) as process:
        try:
            return process.wait(timeout=TIME_LIMIT)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise OutputError(f"{shown}: LaTeX took longer than {TIME_LIMIT:g} seconds") from None
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise


def _first_error(log: Path) -> str:
    """The first error of a LaTeX log, on one line."""
    with suppress(OSError):
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("!"):
                return line[1:].strip()[:200]
    return "no message"
