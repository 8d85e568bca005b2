"""The words for an outcome, their exit codes, and the three ways to say no.

The words are never mixed; docs/format.md has the table.
"""

from __future__ import annotations

from dataclasses import dataclass

EXIT_CODES = {
    "PROVED": 0,
    "PROVED_UNDER": 10,
    "REFUTED": 11,
    "UNDECIDED": 12,
    "OBSERVED": 13,
    "REJECTED": 20,
    "DECLINED": 21,
    "INVALID": 22,
    "OUTPUT": 23,
    "USAGE": 64,
    "INTERNAL": 70,
    "INTERRUPTED": 130,
}


class Refusal(Exception):
    """The kernel says no; `word` is REJECTED, DECLINED or INVALID."""

    word = "REJECTED"


class Rejected(Refusal):
    """This certificate does not prove (or refute) this claim."""


class Declined(Refusal):
    """A name the kernel does not know, or a size above its limits."""

    word = "DECLINED"


class Invalid(Refusal):
    """Not a well-formed claim or certificate."""

    word = "INVALID"


def require(condition: bool, refusal: type[Refusal], message: str) -> None:
    """Every guard of the kernel is one call of this function, so that a test can switch it off."""
    if not condition:
        raise refusal(message)


@dataclass(frozen=True)
class Verdict:
    """What the kernel says about a claim: one word, why, and what the word covers."""

    word: str
    reason: str
    claim_hash: str = ""

    @property
    def exit_code(self) -> int:
        """The documented exit code of the word."""
        return EXIT_CODES["PROVED_UNDER" if self.word.startswith("PROVED_UNDER") else self.word]

    @property
    def accepted(self) -> bool:
        """True for PROVED, PROVED_UNDER_n and REFUTED, the words an exact certificate can earn."""
        return self.word.startswith(("PROVED", "REFUTED"))
