"""Run the command line: python -m proofcheck. Imports wait until an interrupt can be caught."""

from __future__ import annotations

import sys


def entry() -> None:
    """Entry point of the `proofcheck` command: the documented exit code, never a traceback."""
    try:
        from proofcheck.cli import run

        code = run()
        if sys.stdout is None:  # it was closed from the start
            code = 23
        else:
            sys.stdout.flush()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        code = 130
    except OSError:  # standard output is full or closed
        sys.stdout = None  # else the interpreter flushes again and exits with 120
        code = 23
    sys.exit(code)


if __name__ == "__main__":
    entry()
