"""One hierarchy of errors; every message names the argument (or file and key), its value and the bound."""

from __future__ import annotations

from proofcheck.kernel import EXIT_CODES


class ProofcheckError(Exception):
    """Root of the errors that proofcheck raises on purpose; `exit_code` is what the command line returns."""

    exit_code = EXIT_CODES["INTERNAL"]


class InvalidInput(ProofcheckError, ValueError):
    """A case, claim, certificate or argument that cannot be accepted."""

    exit_code = EXIT_CODES["INVALID"]


class NotSupported(ProofcheckError, ValueError):
    """A name that proofcheck does not know, or a size above its limits."""

    exit_code = EXIT_CODES["DECLINED"]


class OutputError(ProofcheckError, OSError):
    """A file or directory that cannot be written."""

    exit_code = EXIT_CODES["OUTPUT"]
