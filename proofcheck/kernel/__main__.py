"""Command line of the kernel alone: `claim.json certificate.json`, or `claim.json` to explain it."""

from __future__ import annotations

import sys
from pathlib import Path

from .check import check, explain
from .outcome import EXIT_CODES, Invalid, Refusal
from .wire import MAX_BYTES


def load(path: str) -> bytes:
    """At most MAX_BYTES + 1 bytes of a file; raises a Refusal."""
    try:
        with Path(path).open("rb") as stream:
            return stream.read(MAX_BYTES + 1)  # one byte too many is enough to be declined
    except OSError as error:
        raise Invalid(f"{path}: cannot be read ({error.strerror})") from None


def main(arguments: list[str]) -> int:
    """Check or explain; the last line on stdout is the verdict's word."""
    if len(arguments) not in (1, 2) or any(name.startswith("-") for name in arguments):
        print("usage: proofcheck-kernel claim.json [certificate.json]", file=sys.stderr)
        return EXIT_CODES["USAGE"]
    try:
        documents = [load(name) for name in arguments]
        print("\n".join(explain(documents[0])))
        if len(documents) == 1:
            return 0
    except Refusal as refusal:
        print(f"{arguments[0]}: {refusal}", file=sys.stderr)
        return EXIT_CODES[refusal.word]
    verdict = check(documents[0], documents[1])
    if verdict.accepted:
        print(verdict.reason)
    else:
        print(f"{arguments[1]}: {verdict.reason}", file=sys.stderr)
    print(verdict.word)
    return verdict.exit_code


def entry() -> None:
    """Run `main`; neither a defect of the kernel nor unwritable output may look like a verdict."""
    try:
        code = main(sys.argv[1:])
        print(end="", flush=True)
    except OSError:  # files that cannot be read are Invalid, so this is the output
        sys.stdout = sys.stderr = None  # else the interpreter flushes them again and exits with 120
        code = EXIT_CODES["OUTPUT"]
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not look like a verdict
        print(f"internal error: {type(error).__name__}: {error}", file=sys.stderr)
        code = EXIT_CODES["INTERNAL"]
    sys.exit(code)


if __name__ == "__main__":
    entry()
