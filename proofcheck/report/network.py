"""The report on one network: the claim, the theorem and how it applies, and apart from the proof what a run showed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import proofcheck
from proofcheck.documents import Document
from proofcheck.errors import InvalidInput, NotSupported
from proofcheck.files import make_directory, remove, write_atomically
from proofcheck.kernel import Refusal, Verdict, check
from proofcheck.kernel.__main__ import raw_files
from proofcheck.kernel.networks import check as rule
from proofcheck.kernel.networks import claim as claims
from proofcheck.kernel.wire import canonical_bytes, digest
from proofcheck.networks import NetworkResult

from . import network_parts as parts
from .compile import save
from .document import ENVIRONMENT, NO_CERTIFICATE, _provenance
from .escape import Tex, text
from .evidence import Evidence
from .network_plot import NAME, plot_run

if TYPE_CHECKING:
    from proofcheck.empirical.network_runs import NetworkRun

EVIDENCE = "evidence.json"
Judged = tuple[Verdict, claims.Network | None, rule.Application | None]


def write(
    directory: str | Path,
    result: NetworkResult,
    provenance: Mapping[str, Any] | None = None,
    run: NetworkRun | Evidence | None = None,
    *,
    pdf: bool = True,
) -> list[Path]:
    """Write report.tex, report.pdf where latexmk is on the PATH, and what a run showed; return what was written.

    Parameters
    ----------
    directory : path
        Where `NetworkResult.save` put claim, certificate, data and weights.
    result : NetworkResult
        The kernel is asked about it again.
    provenance : mapping, optional
        Strings ``title`` and ``source``, and ``shapes`` of inputs, targets and weights; escaped, vouched for by nobody.
    run : NetworkRun or Evidence, optional
        Of `proofcheck.empirical.network_runs.observe`: evidence.json, a picture and a section of its own. Without it
        those of an earlier run are removed.
    pdf : bool
        False writes the source only.

    Raises
    ------
    OutputError
        If the directory cannot be written, or LaTeX fails.
    """
    seen = run if isinstance(run, Evidence) or run is None else Evidence.of(run, digest(result.claim or {}))
    return _write(Path(directory), result, _judged(result), provenance or {}, seen, pdf)


def again(folder: Path, claim: Document, certificate: Document | None, pdf: bool = True) -> tuple[Verdict, list[Path]]:
    """Make the report in a folder again from the files in it; the kernel's verdict, and what was written.

    Raises
    ------
    InvalidInput, NotSupported, OutputError
        If a file is missing or not what it should be.
    """
    try:
        files = raw_files(str(folder / "claim.json"), canonical_bytes(claim))
    except Refusal as refusal:
        raise InvalidInput(str(refusal)) from None
    provenance = _notes(folder / "run.json")
    result = NetworkResult("UNDECIDED", "", claim, certificate, files)
    seen, place = None, folder / EVIDENCE
    if place.exists():
        seen = Evidence.read(_bytes(place), str(place))
        if seen.claim != digest(claim):
            raise InvalidInput(f"{place}: claim={seen.claim!r:.70} must be {digest(claim)}, the hash of claim.json")
    judged = _judged(result)
    return judged[0], _write(folder, result, judged, provenance, seen, pdf)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read ({error.strerror})") from None


def _notes(path: Path) -> dict[str, Any]:
    """Title, source and shapes, where run.json has them."""
    try:
        found = json.loads(_bytes(path)) if path.exists() else {}
    except (ValueError, RecursionError):
        raise InvalidInput(f"{path}: not JSON") from None
    if not isinstance(found, dict):
        raise InvalidInput(f"{path}: expected a JSON object")
    return {key: found[key] for key in ("title", "source", "shapes") if key in found}


def _write(
    folder: Path, result: NetworkResult, judged: Judged, given: Mapping[str, Any], seen: Evidence | None, pdf: bool
) -> list[Path]:
    """Write everything from what the kernel said."""
    written, pictures = list[Path](), dict[str, bytes]()
    make_directory(folder)
    for name in (EVIDENCE, f"{NAME}.png", f"{NAME}.pdf"):
        remove(folder / name)
    if seen is not None:
        write_atomically(folder / EVIDENCE, seen.to_bytes())
        written.append(folder / EVIDENCE)
        with suppress(NotSupported):  # without matplotlib: no picture
            written += plot_run(seen, folder)
            pictures[f"{NAME}.pdf"] = (folder / f"{NAME}.pdf").read_bytes()
    source = _source(result, judged, given, seen, bool(pictures))
    return [*written, *save(folder, source, pdf, pictures)]


def render(
    result: NetworkResult,
    provenance: Mapping[str, Any] | None = None,
    seen: Evidence | None = None,
    *,
    picture: bool = False,
) -> str:
    """Return the LaTeX source of the report on a network.

    The verdict is asked from the kernel here and now, and the tables are of what it computed on the way. The contents
    of a certificate are printed only if the kernel accepts it. `picture` says whether run.pdf lies beside the source.

    Raises
    ------
    InvalidInput, NotSupported
        If the kernel does not understand the claim, or a part of the provenance is not text.
    """
    return _source(result, _judged(result), provenance or {}, seen, picture)


def _source(
    result: NetworkResult, judged: Judged, given: Mapping[str, Any], seen: Evidence | None, picture: bool
) -> str:
    answer, network, found = judged
    hashes = [None if document is None else Tex(digest(document)) for document in (result.claim, result.certificate)]
    context: dict[str, Any] = {
        "verdict": answer,
        "word": text(answer.word),
        "reason": text(answer.reason),
        "colour": Tex("proved" if answer.word == "PROVED" else "open"),
        "claim_hash": hashes[0],
        "certificate_hash": hashes[1],
        "short_hash": Tex((hashes[0] or "none")[:12]),
        "version": text(proofcheck.__version__),
        "provenance": _provenance(given),
        "files": parts.files(result.files),
        "shapes": parts.shapes(given.get("shapes")),
        "claim": None if network is None else parts.claim(network),
        "applied": None if network is None or found is None else parts.applied(network, found),
        "evidence": None,
        "missed": parts.missed(result.numbers) if result.claim is None else None,
    }
    if network is not None and seen is not None and seen.claim == network.hash:
        context["evidence"] = parts.evidence(seen, network, picture)
    return ENVIRONMENT.get_template("network.tex").render(context)


def _judged(result: NetworkResult) -> Judged:
    """The kernel's verdict, with what it read and computed; the expensive part is done once."""
    if result.claim is None:
        return Verdict("UNDECIDED", result.reason), None, None
    try:
        network = claims.read(result.claim)
    except Refusal as refusal:
        raise (NotSupported if refusal.word == "DECLINED" else InvalidInput)(str(refusal)) from None
    if result.certificate is None:
        return NO_CERTIFICATE, network, None
    try:
        found = rule.application(network, canonical_bytes(result.certificate), result.files, check)
        return Verdict(*rule.decide(network, found), network.hash), network, found
    except Refusal as refusal:
        return Verdict(refusal.word, str(refusal)), network, None
