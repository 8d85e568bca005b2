"""What a user gets: a frozen result with its claim and certificate, which can be checked again at any time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from proofcheck.documents import Document, verdict
from proofcheck.families import function
from proofcheck.files import make_directory, remove, write_atomically
from proofcheck.kernel import Verdict, explain
from proofcheck.kernel.parameter.ratio import Ratio
from proofcheck.kernel.wire import canonical_bytes, digest
from proofcheck.numbers import decimal


def _exact(value: Any) -> Any:
    """A number or function of q as documents write it."""
    return None if value is None else Fraction(value) if isinstance(value, str) else function(value, "function")


@dataclass(frozen=True)
class Result:
    """The outcome of a search, in one of the words PROVED, PROVED_UNDER_n, REFUTED, UNDECIDED.

    Attributes
    ----------
    status : str
        The kernel's word for the claim and certificate below, or UNDECIDED if there is no certificate.
    reason : str
        One line: why the kernel says so, or what was tried.
    claim : dict or None
        The claim document; None if the best rate was asked for and none was found.
    certificate : dict or None
        The certificate document the kernel accepted.
    notes : dict
        Floating-point observations made on the way; no part of the verdict.
    """

    status: str
    reason: str
    claim: Document | None
    certificate: Document | None
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def rate(self) -> Fraction | Ratio | None:
        """The exact contraction factor of the claim, if it is about one; a function of q in a theorem."""
        return self._number("rate")

    @property
    def constant(self) -> Fraction | Ratio | None:
        """The exact constant C of the claim, or the one in the certificate if the claim says "some"."""
        if self._statement.get("constant") == "some":
            found: Fraction | Ratio | None = _exact((self.certificate or {}).get("constant"))
            return found
        return self._number("constant")

    @property
    def bound(self) -> Fraction | None:
        """The exact N-step bound of the claim, if it is about one."""
        found = self._number("bound")
        return found if isinstance(found, Fraction) else None

    @property
    def rate_decimal(self) -> str | None:
        """The rate (or bound) as a decimal, rounded up."""
        number = self.rate if self.rate is not None else self.bound
        return decimal(number) if isinstance(number, Fraction) else None

    @property
    def multipliers(self) -> dict[str, dict[str, Any]]:
        """Exact multipliers by part of the proof and by name, e.g. ``["decrease"]["step_bound(k)"]``."""
        found: dict[str, dict[str, Any]] = {}
        for part in ("start", "base", "decrease", "bound", "proof"):
            for term in (self.certificate or {}).get(part, ()):
                name = f"{term['inequality']}({', '.join(term['at'])})"
                table = found.setdefault(part, {})
                table[name] = table.get(name, Fraction(0)) + _exact(term["multiplier"])
        return found

    @property
    def exit_code(self) -> int:
        """The documented exit code of the status."""
        return Verdict(self.status, self.reason).exit_code

    @property
    def _statement(self) -> Mapping[str, Any]:
        return {} if self.claim is None else self.claim["statement"]

    def _number(self, key: str) -> Fraction | Ratio | None:
        found: Fraction | Ratio | None = _exact(self._statement.get(key))
        return found

    def check(self) -> Verdict:
        """Ask the kernel again about the claim and certificate as they are now."""
        if self.claim is None or self.certificate is None:
            return Verdict("UNDECIDED", self.reason)
        return verdict(self.claim, self.certificate)

    def explain(self) -> str:
        """Return in words what is claimed, generated from the kernel's meaning."""
        return "" if self.claim is None else "\n".join(explain(canonical_bytes(self.claim)))

    def save(self, directory: str | Path, provenance: Mapping[str, Any] | None = None) -> Path:
        """Write claim.json, cert.json and run.json; files of an earlier, different outcome are removed.

        Parameters
        ----------
        directory : path
            Created if it is not there.
        provenance : mapping, optional
            Title and source for the report.

        Returns
        -------
        Path
            The directory.

        Raises
        ------
        OutputError
            If something cannot be written; no file is ever half-written.
        """
        folder = Path(directory)
        make_directory(folder)
        for name, document in (("claim.json", self.claim), ("cert.json", self.certificate)):
            if document is not None:
                write_atomically(folder / name, canonical_bytes(document))
            else:
                remove(folder / name)
        for name in ("report.tex", "report.pdf"):
            remove(folder / name)
        record = {**(provenance or {}), "status": self.status, "reason": self.reason, "notes": dict(self.notes)}
        write_atomically(folder / "run.json", (json.dumps(record, indent=2, sort_keys=True) + "\n").encode())
        return folder

    def __repr__(self) -> str:
        name = "none" if self.claim is None else digest(self.claim)[:12]
        numbers = {"rate": self.rate, "constant": self.constant, "bound": self.bound}
        shown = "".join(f" {key}={value}" for key, value in numbers.items() if value is not None)
        trust = "" if self.check().word == self.status else "unchecked "
        return f"<Result {trust}{self.status}{shown} claim={name}>"

    def _repr_latex_(self) -> str:
        """The claim for a notebook."""
        if self.claim is None:
            return rf"$\text{{{self.status}: {self.reason}}}$"
        from proofcheck.symbols import claim_latex  # light, but needed by notebooks only

        return rf"${claim_latex(self.claim)}\qquad\text{{{self.status}}}$"
