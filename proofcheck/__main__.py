"""Run the command line: python -m proofcheck."""

from proofcheck.cli import entry

entry()
