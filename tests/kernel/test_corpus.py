"""Every file of the corpus gets the word and the reason that stand next to it."""

import json
import struct
import sys
from collections.abc import Callable

import pytest

from proofcheck.kernel import Verdict, check
from proofcheck.kernel.check import explain
from proofcheck.kernel.networks.layers import Reader
from proofcheck.kernel.obligations import language
from proofcheck.kernel.obligations.polynomials import variable
from proofcheck.kernel.obligations.quotients import Quotient
from proofcheck.kernel.obligations.values import General, Relation
from proofcheck.kernel.outcome import Rejected


def misjudged(cases, checker: Callable[..., Verdict]) -> list[str]:
    verdicts = [(case, checker(case.claim, case.certificate)) for case in cases]
    return [case.name for case, verdict in verdicts if verdict.word != case.word]


def test_case(case):
    verdict = check(case.claim, case.certificate, case.files)
    assert verdict.word == case.word
    assert case.reason in verdict.reason
    assert verdict.accepted == case.word.startswith(("PROVED", "REFUTED"))
    assert len(verdict.claim_hash) == (64 if verdict.accepted else 0)
    assert verdict.reason.isprintable(), "a reason is one line"
    assert len(verdict.reason) < 10_000


def test_every_file_is_a_case(cases, request):
    folder = request.path.parent / "corpus"
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    patched = {case.name for case in cases if f"{case.name}.patch.toml" in files}
    plain = [case for case in cases if case.name not in patched]
    named = {f"{name}.patch.toml" for name in patched}
    named |= {f"{case.name}.{kind}.json" for case in plain for kind in ("claim", "cert")}
    named |= {f"{case.name}.{kind}.f64" for case in plain for kind in case.files or ()}
    raw = {case.name.split(" as ")[0] + ".bytes" for case in cases if " as " in case.name}
    large = {"decline/number-of-ten-million-digits", "decline/claim-padded-to-4-megabytes"}
    large.add("decline/certificate-padded-to-4-megabytes")
    missing = {name for name in named if " as " in name or name.split(".")[0] in large}
    assert files == {"expected.toml"} | raw | (named - missing)


def test_folder_fits_the_word(cases):
    proved = {"PROVED", "PROVED_UNDER_1", "PROVED_UNDER_2"}
    words = {"accept": {"REFUTED"} | proved, "reject": {"REJECTED"}, "decline": {"DECLINED"}}
    for case in cases:
        folder = case.name.split("/")[0]
        assert case.word in words.get(folder, {"INVALID", "DECLINED"}), case.name


def test_many_more_forgeries_than_certificates(cases):
    accepted = [case for case in cases if case.word.startswith(("PROVED", "REFUTED"))]
    assert len(cases) > 5 * len(accepted) > 100
    obligations = [case for case in accepted if "/obligation-" in case.name]
    assert sum("/obligation-" in case.name for case in cases) > 5 * len(obligations) > 100
    premises = [case for case in accepted if "/premises-" in case.name]
    assert sum("/premises-" in case.name for case in cases) > 5 * len(premises) > 20
    networks = [case for case in accepted if "/network-" in case.name]
    assert sum("/network-" in case.name for case in cases) > 5 * len(networks) > 30


def test_always_accepting_fails(cases):
    for word in ("PROVED", "REFUTED"):
        assert len(misjudged(cases, lambda claim, certificate, word=word: Verdict(word, ""))) > 200


def test_always_refusing_fails(cases):
    for word in ("REJECTED", "DECLINED", "INVALID"):
        assert len(misjudged(cases, lambda claim, certificate, word=word: Verdict(word, ""))) > 30


def test_the_word_depends_on_both_files(cases):
    """One claim, several certificates: the word depends on both files."""
    words: dict[bytes, set[str]] = {}
    for case in cases:
        words.setdefault(case.claim, set()).add(case.word)
    assert sum(len(found) > 1 for found in words.values()) > 10


def test_swapped_files_are_refused(accepted):
    for case in accepted:
        assert check(case.certificate, case.claim, case.files).word in ("DECLINED", "INVALID")
        assert check(case.claim, case.claim, case.files).word == "DECLINED"


def form(case) -> str:
    return str(json.loads(case.claim)["format"])


def test_accepted_claims_are_explained(accepted):
    for case in accepted:
        lines = explain(case.claim)
        assert len(lines) > 2
        assert all(line.isprintable() for line in lines)
        assert lines[-1] == f"claim {check(case.claim, case.certificate, case.files).claim_hash}"


def test_files_are_little_endian_on_any_machine(networks, monkeypatch):
    data = networks["network-with-two-outputs"].files["weights"]
    shapes = [(2, 16), (16, 2)]
    swapped = b"".join(data[i : i + 8][::-1] for i in range(0, len(data), 8))
    here = Reader(data, 20, "weights", shapes)
    monkeypatch.setattr(sys, "byteorder", "big" if sys.byteorder == "little" else "little")
    there = Reader(swapped, 20, "weights", shapes)
    assert here.numbers == there.numbers
    assert here.numbers.tolist() == list(struct.unpack("<64d", data))


def test_a_relation_about_unknowns_is_neither_true_nor_false():
    """No model leads there: all its names are numbers."""
    world = General({"a": Quotient(variable("a"))}, {})
    with pytest.raises(Rejected, match="not a relation between numbers"):
        Relation(language.relation("a^2 >= 0", "here"), world, "here").holds("here")


def test_certificates_are_bound_to_their_claims(accepted):
    for case in accepted:
        for other in accepted:
            if other.claim != case.claim:
                same_format = form(case) == form(other)
                assert check(case.claim, other.certificate).word == ("REJECTED" if same_format else "DECLINED")
