"""What a repository holds that can be decided: claims with certificates, and case files. docs/pytest.md.

Importing this module imports the standard library alone: the pytest plugin asks it about every file.
"""

from __future__ import annotations

import codecs
import re
import stat
import tomllib
from dataclasses import dataclass
from pathlib import Path

CLAIM, CERTIFICATE = "claim.json", "cert.json"
COMMANDS = {
    "proofcheck-case/1": "certify",
    "proofcheck-case/2": "theorem",
    "proofcheck-network-case/1": "certify-network",
    "proofcheck-experiment/1": "validate",
}
"""The command for a case file, by its format."""
HEAD = 4_096
CASE_BYTES = 64_000
PAIR_BYTES = 4_000_000
_FORMAT = re.compile(rb"""^[ \t]*["']?format["']?[ \t]*=[ \t]*["'](proofcheck-[^"'\r\n]{0,80})["']""", re.MULTILINE)
_TABLE = re.compile(rb"^[ \t]*\[", re.MULTILINE)
_COUPLED = re.compile(rb"^[ \t]*tau[ \t]*=", re.MULTILINE)  # about every condition number, with u: a long search
_LOWER = b"rate_lower_bound"  # which is a short one
_BOTH = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"(claim|certificate)"\s*:\s*\{')
_OURS = b'"proofcheck-'


@dataclass(frozen=True)
class Subject:
    """One thing to decide.

    Attributes
    ----------
    path : Path
        The case file, the claim, or the file with both claim and certificate.
    command : str
        The command that decides it: check, certify, theorem, certify-network or validate.
    certificate : Path or None
        Of a pair in two files.
    slow : bool
        Whether it may take more than about ten seconds.
    """

    path: Path
    command: str
    certificate: Path | None = None
    slow: bool = False

    @property
    def searches(self) -> bool:
        """Whether deciding it means a search, not only the kernel's check."""
        return self.command != "check"


def subject(path: Path, named: bool = False) -> Subject | None:
    """What is to be decided about a file; None for files of others.

    Parameters
    ----------
    path : Path
    named : bool
        Whether somebody asked for this very file: then a certificate is its pair, even where the claim says so too.
    """
    if path.suffix == ".toml":
        return None if path.name == "pyproject.toml" else _case(path)
    if path.suffix != ".json":
        return None
    for ending, partner in ((CLAIM, CERTIFICATE), (CERTIFICATE, CLAIM)):
        if path.name == ending or path.name.endswith(f".{ending}"):
            other = path.with_name(path.name.removesuffix(ending) + partner)
            if ending == CERTIFICATE and not named and _there(other):
                return None  # the claim's business
            if not _there(other) and _OURS not in (_beginning(path, PAIR_BYTES) or _OURS):
                return None  # somebody else's file of that name
            return Subject(path, "check", other) if ending == CLAIM else Subject(other, "check", path)
    head = _beginning(path, HEAD)
    if head is not None and _BOTH.match(head) and _OURS in (_beginning(path, PAIR_BYTES) or b""):
        return Subject(path, "check")
    return None


def _case(path: Path) -> Subject | None:
    """A TOML file whose format, above its first table, is one of ours; of a later version, too."""
    text = (_beginning(path, CASE_BYTES) or b"").removeprefix(codecs.BOM_UTF8)
    name = _format(text) if _FORMAT.search(text) else None
    if name is None:
        return None
    command = COMMANDS.get(name, "certify")
    long = command == "theorem" and _COUPLED.search(text) is not None and _LOWER not in text
    slow = long or command in ("certify-network", "validate")
    return Subject(path, command, slow=slow)


def _format(text: bytes) -> str | None:
    """The format that TOML names at its top level; where it cannot be read, what a line above any table says."""
    try:
        name = tomllib.loads(text.decode("utf-8")).get("format")
        return name if isinstance(name, str) and name.startswith("proofcheck-") else None
    except (ValueError, RecursionError):  # cut off at the limit, too
        table = _TABLE.search(text)
        found = _FORMAT.search(text, 0, table.start() if table else len(text))
        return found[1].decode("utf-8", "replace") if found else None


def _there(path: Path) -> bool:
    """Whether something has this name, were it a dangling link."""
    return path.exists() or path.is_symlink()


def _beginning(path: Path, limit: int) -> bytes | None:
    """The first bytes of a regular file, None if it cannot be read."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return None
        with path.open("rb") as stream:
            return stream.read(limit)
    except OSError:
        return None
