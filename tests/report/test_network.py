"""The report on a network: exact numbers, decimals on the safe side, and evidence apart from proof."""

import dataclasses
import json
import re
import shutil
import subprocess
from fractions import Fraction

import numpy as np
import pytest

from proofcheck import kept
from proofcheck.cli import run as cli
from proofcheck.errors import InvalidInput, NotSupported
from proofcheck.kernel import check
from proofcheck.kernel.networks import check as rule
from proofcheck.kernel.networks import claim as claims
from proofcheck.kernel.networks.balls import inequalities
from proofcheck.kernel.wire import canonical_bytes, digest
from proofcheck.networks import NetworkResult, certify_network
from proofcheck.report import compile as compiling
from proofcheck.report import network, network_numbers
from proofcheck.report.evidence import Evidence
from proofcheck.report.network_numbers import compared

HOSTILE = {"title": r"\write18{touch pwned} \input{/etc/passwd} % & _ $x^$ " + "x" * 300, "source": "$$ \u202e" * 40}


@pytest.fixture(scope="module")
def proved():
    weights = [np.random.default_rng(0).standard_normal((4, 256)) / 2, np.zeros((256, 1))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept, "THEOREMS", kept.THEOREMS[:1])  # a search over all of them takes longer
        result = certify_network(2 * np.eye(4), [[1], [-1], [1], [1]], weights)
    assert result.status == "PROVED"
    return result


@pytest.fixture
def seen(proved):
    rate = float(proved.rate)
    f, bound = ([start * factor**k for k in range(40)] for start, factor in ((2.0, 0.4), (4.0, rate)))
    return Evidence(digest(proved.claim), tuple(f), tuple(bound), None, 0.48, 0.05, 0.4)


def application(result):
    read = claims.read(result.claim)
    return read, rule.application(read, canonical_bytes(result.certificate), result.files, check)


def number(shown):
    """The decimal that a piece of LaTeX shows."""
    if shown.startswith("1-"):
        return 1 - number(shown[2:])
    found = re.fullmatch(r"(?:\\[lg]e |=|\\approx )?(-?[0-9.]+)(?:\\cdot 10\^\{(-?\d+)\})?", shown)
    return Fraction(found[1]) * Fraction(10) ** int(found[2] or 0)


def proper(source):
    """The numbers of a source, however they are set."""
    return re.sub(r"\\t?frac\{(\d+)\}\{(\d+)\}", r"\1/\2", source)


def test_exact_numbers_are_those_of_claim_and_certificate(proved):
    source = network.render(proved, {"title": "A title"})
    shown = proper(source)
    said, given = proved.claim["statement"], proved.certificate
    numbers = [said["rate"], *said["radii"].values(), *(proved.claim["method"][key] for key in ("eta", "beta"))]
    for exact in (*numbers, given["q"], given["G1"]):
        assert re.search(rf"(?<!\d){exact}(?!\d)", shown), exact
    assert r"\large\word{PROVED}" in source
    assert "A title" in source
    theorem = digest(given["theorem"]["claim"])
    for name in (digest(proved.claim), digest(given), theorem, *proved.claim["files"].values()):
        assert name in source


def test_every_inequality_of_the_kernel_is_there_on_the_safe_side(proved):
    read, found = application(proved)
    exact = inequalities(read, found.theorem, found.said, found.start, found.q, found.G1)
    rows = network_numbers.table(read, found)
    assert len(rows) == len(exact)
    assert {name for name, _, _ in exact} <= set(network_numbers.FORMULAS)
    for row, (_, left, right) in zip(rows, exact, strict=True):
        assert number(row.left) >= left
        assert row.right == r"\text{the same}" if left == right else number(row.left) < number(row.right) <= right
        assert left / right <= number(row.ratio) <= 1
    assert number(network_numbers.notation.bounded(proved.rate, up=True)) >= proved.rate


def test_decimals_of_numbers_and_sizes_are_on_the_safe_side(proved):
    read, found = application(proved)
    scale = network_numbers.step(read, found.theorem, found.q)
    exact = [found.q, 1 / found.q**2, scale, found.q**2 * scale, found.G1, found.G1**2 / (found.q**2 * scale)]
    for (_, _, digits, shown), value in zip(network_numbers.applied_rows(read, found), exact, strict=True):
        assert digits == rf"\digits{{{value}}}"
        assert number(shown) >= value if shown.startswith(r"\le") else number(shown) <= value
    shown = {symbol: decimal for symbol, _, _, decimal in network_numbers.applied_rows(read, found)}
    assert not any(shown[symbol].startswith(r"\le") for symbol in ("$q$", r"$\mu$"))  # larger ones are better
    assert not any(shown[symbol].startswith(r"\ge") for symbol in (r"$\kappa/c$", "$L_1/c$", "$G_1$", r"$\tau$"))
    rows = {symbol: decimal for symbol, _, _, decimal in network_numbers.theorem_rows(found)}
    assert r"\le" in rows[r"$\rho(q)$"]
    assert not any(r"\le" in rows[symbol] for symbol in (r"$\tau(q)$", r"$\theta(q)$"))
    sizes, start = network_numbers.sizes(read, found), found.start
    assert number(sizes.lowest) <= start.lowest
    assert number(sizes.highest) >= start.highest
    assert number(sizes.value[0]) <= start.value[0] <= start.value[1] <= number(sizes.value[1])
    assert number(sizes.distance) >= start.distance
    assert number(sizes.slope) >= network_numbers.spread(start, {"x": 0, "u": 0})[1]
    assert number(sizes.layers[0].moved) == 0
    assert number(sizes.room) + number(sizes.moved) <= start.lowest + Fraction(1, 10**4)


def test_comparisons():
    assert compared(Fraction(0), Fraction(0)) == ("0", r"\text{the same}", "1")
    close = Fraction(10**9), Fraction(10**9 + 1)
    left, right, ratio = map(number, compared(*close))
    assert close[0] <= left < right <= close[1]
    assert close[0] / close[1] <= ratio < 1


def test_no_evidence_without_a_run(proved, tmp_path):
    for name in (network.EVIDENCE, "run.png", "run.pdf"):
        (tmp_path / name).write_bytes(b"of an earlier run")
    assert network.write(tmp_path, proved, pdf=False) == [tmp_path / "report.tex"]
    assert [path.name for path in tmp_path.iterdir()] == ["report.tex"]
    assert "OBSERVED" not in (tmp_path / "report.tex").read_text()


def test_evidence_and_proof_are_apart(proved, seen):
    proof, _, evidence = network.render(proved, None, seen).partition(r"\clearpage")
    assert "OBSERVED" not in proof
    assert "PROVED" not in evidence
    assert r"\section*{Evidence (OBSERVED)}" in evidence
    assert "held at every step" in evidence
    assert r"\includegraphics" not in evidence
    above = network.render(proved, None, dataclasses.replace(seen, violation=7))
    assert r"\textbf{The bound was exceeded at step 7}" in above
    assert "held at every step" not in above
    assert "Evidence" not in network.render(proved, None, dataclasses.replace(seen, claim="0" * 64))


def test_a_rejected_certificate_is_not_printed(proved):
    certificate = {**proved.certificate, "G1": "1/1000"}
    source = network.render(dataclasses.replace(proved, certificate=certificate))
    assert r"\large\word{REJECTED}" in source
    assert "G1 over the ball" in source  # the kernel's reason
    assert r"\begin{theorem}" not in source
    assert r"\section{Why the assumptions" not in source
    source = network.render(dataclasses.replace(proved, certificate=None))
    assert r"\large\word{UNDECIDED}" in source
    with pytest.raises(InvalidInput):
        network.render(dataclasses.replace(proved, claim={**proved.claim, "samples": 0}))
    with pytest.raises(NotSupported):
        network.render(dataclasses.replace(proved, claim={**proved.claim, "activation": "tanh"}))


def test_undecided_says_what_is_missing(proved):
    factors = {"the radius of u": 6.9, "L2 G1^2/mu": 0.5, "another one": float("inf")}
    numbers = {"factors": factors, "theorem": "a_b", "kappa": 33.5, "scales": {"targets": 0.25, "first": None}}
    result = NetworkResult("UNDECIDED", "no theorem fits", None, None, proved.files, numbers)
    shapes = [[4, 4], [4, 1], [4, 256], [256, 1], "no shape", [1, "x"]]
    source = network.render(result, {"shapes": shapes})
    assert "PROVED" not in source
    assert r"\section*{What is missing (OBSERVED)}" in source
    assert source.index(r"$\infty$ & misses") < source.index("$6.9$ & misses") < source.index("$0.5$ & holds")
    assert r"times at most $0.25$ a theorem would fit" in source
    assert "the first layer times at least) makes a theorem fit" in source
    assert r"$W_{2}$ ($256\times1$)." in source
    nothing = NetworkResult("UNDECIDED", "singular", None, None, proved.files)
    assert "No factor can be given: singular." in network.render(nothing)


def test_evidence_files(seen, proved):
    odd = dataclasses.replace(seen, f=(*seen.f[:-1], float("inf")), violation=39)
    assert Evidence.read(odd.to_bytes(), "e") == odd
    good = json.loads(seen.to_bytes())
    assert good["word"] == "OBSERVED"
    bad = [b"{", b"[]", b"[" * 9000, b'{"f": 1}']
    changes = [{"word": "PROVED"}, {"claim": 1}, {"f": []}, {"f": ["1"] * 40}, {"x": -1}, {"violation": 40}]
    changes += [{"violation": True}, {"bound": [1.0]}, {"rate": 10**400}, {"more": 1}]
    for data in [*bad, *(json.dumps({**good, **change}).encode() for change in changes)]:
        with pytest.raises(InvalidInput, match=r"^place: [^\n]+$"):
            Evidence.read(data, "place")
    still = Evidence("", (0.0,), (0.0,), None, 0.0, 0.0, 0.0)
    assert (still.last, still.shares(), still.relative(still.f), still.faster(0.5)) == (0, [0.0], [0.0], None)
    assert network.render(proved, None, dataclasses.replace(still, claim=seen.claim))


def test_without_matplotlib_there_is_no_picture(proved, seen, tmp_path, monkeypatch):
    def missing(*_):
        raise NotSupported("plots need matplotlib")

    monkeypatch.setattr(network, "plot_run", missing)
    assert network.write(tmp_path, proved, None, seen, pdf=False) == [
        tmp_path / "evidence.json",
        tmp_path / "report.tex",
    ]
    assert r"\includegraphics" not in (tmp_path / "report.tex").read_text()


def stub(seen, folder):
    """A picture that takes no time."""
    paths = [folder / "run.png", folder / "run.pdf"]
    for path in paths:
        path.write_bytes(b"%PDF")
    return paths


def test_pictures_are_compiled_beside_the_source(proved, seen, tmp_path, monkeypatch):
    program = tmp_path / "latexmk"
    program.write_text("#!/bin/sh\ncp run.pdf report.pdf\n")
    program.chmod(0o755)
    monkeypatch.setattr(compiling, "COMMAND", (str(program), "report.tex"))
    monkeypatch.setattr(network, "plot_run", stub)
    names = ["evidence.json", "run.png", "run.pdf", "report.tex", "report.pdf"]
    assert [path.name for path in network.write(tmp_path / "out", proved, None, seen)] == names
    assert (tmp_path / "out" / "report.pdf").read_bytes() == b"%PDF"
    assert r"\includegraphics[width=\linewidth]{run.pdf}" in (tmp_path / "out" / "report.tex").read_text()


def test_report_again_from_the_files(proved, seen, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(network, "plot_run", stub)
    made, copy = tmp_path / "made", tmp_path / "copy"
    proved.save(made, {"title": "A title", "shapes": [[4, 4]]})
    network.write(made, proved, {"title": "A title", "shapes": [[4, 4]]}, seen, pdf=False)
    shutil.copytree(made, copy)
    (copy / "report.tex").unlink()
    assert cli(["report", str(copy), "--no-pdf"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "PROVED"
    assert (copy / "report.tex").read_bytes() == (made / "report.tex").read_bytes()
    for name, data, code in (
        ("evidence.json", dataclasses.replace(seen, claim="0" * 64).to_bytes(), 22),
        ("run.json", b"[]", 22),
        ("run.json", b"{", 22),
        ("data.f64", bytes(160), 22),
        ("weights.f64", None, 22),
    ):
        folder = tmp_path / "changed"
        shutil.copytree(made, folder)
        if data is None:
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(data)
        assert cli(["report", str(folder), "--no-pdf"]) == code
        found = capsys.readouterr()
        assert name.partition(".")[0] in found.err + found.out
        assert "PROVED" not in found.out
        shutil.rmtree(folder)


@pytest.mark.skipif(shutil.which("latexmk") is None, reason="latexmk is not on the PATH")
def test_pages_of_a_hostile_title_have_no_overfull_boxes(proved, seen, tmp_path):
    pytest.importorskip("matplotlib")
    odd = dataclasses.replace(seen, f=(*seen.f[:-2], float("inf"), 0.0), violation=38)
    written = network.write(tmp_path, proved, HOSTILE, odd, pdf=False)
    assert {path.name for path in written} == {"evidence.json", "run.png", "run.pdf", "report.tex"}
    source = (tmp_path / "report.tex").read_text()
    assert r"\textbackslash{}write18\{touch" in source
    assert r"\write18" not in source
    subprocess.run(compiling.COMMAND, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    log = (tmp_path / "report.log").read_text(errors="replace")
    bad = [line for line in log.splitlines() if line.startswith(("Overfull", "Underfull", "LaTeX Warning", "!"))]
    assert bad == []
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
