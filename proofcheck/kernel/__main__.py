"""Command line of the kernel alone: `claim.json certificate.json`, or `claim.json` to explain it."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

from .check import check, explain
from .networks import claim as networks
from .outcome import EXIT_CODES, Invalid, Refusal, Verdict
from .wire import MAX_BYTES, read_json


def load(path: str, limit: int = MAX_BYTES) -> bytes:
    """At most limit + 1 bytes of a file; raises a Refusal."""
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):
            raise OSError(0, "not a regular file")
        with Path(path).open("rb") as stream:
            return stream.read(limit + 1)  # one byte too many is enough to be declined
    except OSError as error:
        raise Invalid(f"{path}: cannot be read ({error.strerror})") from None


def raw_files(claim: str, data: bytes) -> dict[str, bytes]:
    """The files of a claim about a network, which lie beside it; none for any other claim."""
    document = read_json(data, "claim")
    if document["format"] != networks.FORMAT:  # `explain` has read it
        return {}
    sizes = networks.read(document).sizes
    return {name: load(str(Path(claim).with_name(f"{name}.f64")), size) for name, size in sizes.items()}


def main(arguments: list[str]) -> int:
    """Check or explain; the last line on stdout is the verdict's word."""
    if len(arguments) not in (1, 2) or any(name.startswith("-") for name in arguments):
        print("usage: proofcheck-kernel claim.json [certificate.json]", file=sys.stderr)
        return EXIT_CODES["USAGE"]
    blamed = ""
    try:
        documents = [load(name) for name in arguments]
        blamed = f"{arguments[0]}: "
        print("\n".join(explain(documents[0])))
        if len(documents) == 1:
            return 0
        verdict = check(documents[0], documents[1], raw_files(arguments[0], documents[0]))
        blamed = f"{arguments[1]}: "
    except Refusal as refusal:
        verdict = Verdict(refusal.word, str(refusal))
    if verdict.accepted:
        print(verdict.reason)
    else:
        print(f"{blamed}{verdict.reason}", file=sys.stderr)
    if len(arguments) == 2:
        print(verdict.word)
    return verdict.exit_code


def entry() -> None:
    """Run `main`; no defect of the kernel, interrupt or unwritable output may look like a verdict."""
    try:
        code = main(sys.argv[1:])
        print(end="", flush=True)
    except OSError:  # files that cannot be read are Invalid, so this is the output
        sys.stdout = sys.stderr = None  # else the interpreter flushes them again and exits with 120
        code = EXIT_CODES["OUTPUT"]
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        code = EXIT_CODES["INTERRUPTED"]
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not look like a verdict
        print(f"internal error: {type(error).__name__}: {error}", file=sys.stderr)
        code = EXIT_CODES["INTERNAL"]
    sys.exit(code)


if __name__ == "__main__":
    entry()
