"""Build proofcheck-kernel.pyz: the kernel alone, runnable where nothing else is installed."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from proofcheck.files import write_atomically

MAIN = """import sys

try:
    from proofcheck.kernel.__main__ import entry
except KeyboardInterrupt:
    sys.exit(130)
entry()
"""
STAMP = (2024, 1, 1, 0, 0, 0)


def build(path: str | Path) -> Path:
    """Write the kernel as a zipapp; the same sources give the same bytes.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    kernel = Path(__file__).with_name("kernel")
    entries = {"__main__.py": MAIN, "proofcheck/__init__.py": '"""The kernel of proofcheck, alone."""\n'}
    for source in sorted(kernel.rglob("*.py")):
        entries[f"proofcheck/kernel/{source.relative_to(kernel).as_posix()}"] = source.read_text(encoding="utf-8")
    buffer = io.BytesIO()
    buffer.write(b"#!/usr/bin/env python3\n")
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_STORED) as archive:
        for name, text in sorted(entries.items()):
            archive.writestr(zipfile.ZipInfo(name, STAMP), text)
    target = Path(path)
    write_atomically(target, buffer.getvalue())
    return target
