"""The decision about a claim with its certificate, or about a case file: one word, one line of reason."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofcheck.case import as_expected
from proofcheck.errors import NotSupported, ProofcheckError
from proofcheck.kernel import EXIT_CODES, Refusal, check, explain
from proofcheck.kernel.__main__ import load as load_bytes
from proofcheck.kernel.networks import claim as networks
from proofcheck.kernel.wire import canonical_bytes, fields, read_json
from proofcheck.subjects import Subject

WORDS = {code: word for word, code in EXIT_CODES.items()}


@dataclass(frozen=True)
class Decision:
    """What is to be said about a subject.

    Attributes
    ----------
    word, reason : str
        The kernel's word and reason; UNDECIDED, OBSERVED, or that the input was refused.
    claim : str
        The conclusion in one line, "" where there is no claim that can be read.
    words : tuple of str
        The claim in the kernel's words, line by line.
    expect : str
        The word that a case file expects, "" for any proof.
    unable : str
        Why it was not decided here, where that is nobody's fault; "" else.
    """

    word: str
    reason: str
    claim: str = ""
    words: tuple[str, ...] = ()
    expect: str = ""
    unable: str = ""


def decide(subject: Subject, accepted: tuple[str, ...] = ()) -> Decision:
    """Check a pair, or search what a case file asks for.

    Raises nothing on bad input. Experiments, which can only be OBSERVED, are run only where `accepted` says so.
    """
    try:
        if subject.command == "check":
            return _pair(subject)
        return {"certify": _certify, "theorem": _theorem, "certify-network": _network, "validate": _validate}[
            subject.command
        ](subject.path, accepted)
    except Refusal as refusal:
        return Decision(refusal.word, _line(str(refusal), subject.path))
    except ProofcheckError as error:
        return Decision(WORDS[error.exit_code], _line(str(error), subject.path))


def accepts(decision: Decision, subject: Subject, accepted: tuple[str, ...]) -> bool:
    """Whether the decision is the wanted one: for a case as the file says, for a pair one of the accepted words."""
    if subject.command in ("check", "validate"):
        return any(as_expected(decision.word, word) for word in accepted)
    return as_expected(decision.word, decision.expect)


def _pair(subject: Subject) -> Decision:
    path, prefix = subject.path, subject.path.name.removesuffix("claim.json")
    if subject.certificate is None:
        both = fields(read_json(load_bytes(str(path)), path.name), ("claim", "certificate"), path.name)
        claim, certificate = canonical_bytes(both["claim"]), canonical_bytes(both["certificate"])
    else:
        if not path.exists():
            return Decision("INVALID", f"no claim: {path.name} is missing beside {subject.certificate.name}")
        claim = load_bytes(str(path))
    words = tuple(explain(claim))
    shown = _conclusion(claim, words)
    try:
        if subject.certificate is not None:
            if not subject.certificate.exists():
                missing = f"no certificate: {subject.certificate.name} is missing beside {path.name}"
                return Decision("UNDECIDED", missing, shown, words)
            certificate = load_bytes(str(subject.certificate))
        verdict = check(claim, certificate, _raw_files(path, prefix, claim))
    except Refusal as refusal:
        return Decision(refusal.word, _line(str(refusal), path), shown, words)
    return Decision(verdict.word, verdict.reason, shown, words)


def _raw_files(path: Path, prefix: str, claim: bytes) -> dict[str, bytes]:
    """The data and the weights beside a claim about a network; none for any other claim."""
    document = read_json(claim, "claim")
    if document["format"] != networks.FORMAT:  # `explain` has read it
        return {}
    beside = prefix if prefix != path.name else ""
    sizes = networks.read(document).sizes
    return {name: load_bytes(str(path.with_name(f"{beside}{name}.f64")), size) for name, size in sizes.items()}


def _conclusion(claim: bytes, words: tuple[str, ...]) -> str:
    """The conclusion in symbols, or else what the kernel says, in one line."""
    from proofcheck.kernel.claim import FAMILY, FORMAT
    from proofcheck.symbols import claim_text

    document = read_json(claim, "claim")
    try:
        if document["format"] in (FORMAT, FAMILY):
            return claim_text(document)
        if document["format"] == networks.FORMAT:
            statement = document["statement"]
            return f"f(W(k)) <= {statement['constant']} ({statement['rate']})^k f(W(0))  for all k >= 0"
        return " ".join(document["show"].split())  # an obligation
    except (KeyError, TypeError, AttributeError):  # a claim that has words only
        return " ".join(" ".join(words[:-1]).split())


def _line(message: str, path: Path) -> str:
    """One line, without the folder, which the name of the item says."""
    return " ".join(message.removeprefix(f"{path}: ").replace(f"{path.parent}/", "").split())


def _found(result: Any, expect: str) -> Decision:
    """A search's result; what it holds is asked of the kernel again."""
    if result.claim is None:
        return Decision(result.status, result.reason, expect=expect)
    claim = canonical_bytes(result.claim)
    words = tuple(explain(claim))
    again = result.check().word
    if again != result.status:
        return Decision(again, f"the search said {result.status}", _conclusion(claim, words), words, expect)
    return Decision(result.status, result.reason, _conclusion(claim, words), words, expect)


def _certify(path: Path, _: tuple[str, ...]) -> Decision:
    from proofcheck.case import load
    from proofcheck.certifier import certify

    case = load(path)
    return _found(certify(case.problem, case.method, case.request), case.expect)


def _theorem(path: Path, _: tuple[str, ...]) -> Decision:
    from proofcheck.theorem_case import load
    from proofcheck.theorems import certify_theorem

    case = load(path)
    found = certify_theorem(case.problem, case.method, case.request, balls=case.balls, start=case.start, best=False)
    return _found(found.nicest, case.expect)


def _network(path: Path, _: tuple[str, ...]) -> Decision:
    lacking = _without_torch()
    if lacking:
        return Decision("UNDECIDED", lacking, unable=lacking)
    from proofcheck.empirical.network_case import load
    from proofcheck.networks import certify_network

    case = load(path)
    return _found(certify_network(*case.arrays()), case.expect)


def _validate(path: Path, accepted: tuple[str, ...]) -> Decision:
    lacking = _without_torch()
    if lacking:
        return Decision("UNDECIDED", lacking, unable=lacking)
    from proofcheck.empirical import experiment

    loaded = experiment.load(path)
    if "OBSERVED" not in accepted:
        why = f"nothing to prove: OBSERVED at most, which is not accepted here (proofcheck validate {path.name})"
        return Decision("UNDECIDED", why, unable=why)
    from proofcheck.empirical import validation

    records = validation.validate(loaded)
    return Decision("OBSERVED", f"{len(records)} groups of instances were run", loaded.title)


def _without_torch() -> str:
    from proofcheck.empirical import require_torch

    try:
        require_torch()
    except NotSupported as error:
        return str(error)
    return ""
