"""The kernel: the standard library alone, and the only part of proofcheck that has to be trusted."""

from .check import check, explain
from .outcome import EXIT_CODES, Declined, Invalid, Refusal, Rejected, Verdict

__all__ = ["EXIT_CODES", "Declined", "Invalid", "Refusal", "Rejected", "Verdict", "check", "explain"]
