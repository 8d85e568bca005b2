"""The command line as users call it: last line, exit codes, files, nothing half-written."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def certified(tmp_path_factory):
    """The README's main case, certified once."""
    from proofcheck.cli import run

    out = tmp_path_factory.mktemp("certified") / "out"
    code = run(["certify", str(ROOT / "cases/nesterov_partial_strong_convexity.toml"), "-o", str(out), "--no-pdf"])
    assert code == 0
    return out


def test_a_word_that_the_case_does_not_expect_gets_a_note(command, cases, tmp_path):
    path = tmp_path / "case.toml"
    text = (cases / "nesterov_partial_strong_convexity_tau_1.toml").read_text()
    path.write_text(text)
    code, out, _ = command("certify", path)
    assert (code, out[-1]) == (11, "REFUTED")
    assert not any(line.startswith("note:") for line in out)
    path.write_text(text.replace('expect = "REFUTED"', 'expect = "PROVED_UNDER"'))
    assert command("certify", path) == (11, [*out[:-1], "note:     the case file expects PROVED_UNDER", "REFUTED"], [])
    lower = (cases / "theorems/gradient_descent_tau_1_lower_bound.toml").read_text()
    path.write_text(lower.replace("[class]", 'expect = "REFUTED"\n[class]', 1))
    code, out, _ = command("theorem", path)
    assert (code, out[-2:]) == (0, ["note:     the case file expects REFUTED", "PROVED"])


@pytest.fixture(scope="module")
def zipapp(tmp_path_factory):
    from proofcheck.zipapp import build

    return build(tmp_path_factory.mktemp("zipapp") / "proofcheck-kernel.pyz")


def test_certify_prints_claim_rate_and_word(cases, command, tmp_path):
    out = tmp_path / "out"
    code, lines, err = command(
        "certify", cases / "gradient_descent_partial_strong_convexity.toml", "-o", out, "--no-pdf"
    )
    assert (code, err) == (0, ["making the report"])
    assert lines[-1] == "PROVED"
    text = "\n".join(lines)
    for expected in (
        "For every function f of the class",
        "under the premises",
        "proviso",
        "claim:    f(x_k, u_k) - f* <= ",
        "rate: ",
    ):
        assert expected in text
    assert {path.name for path in out.iterdir()} == {"claim.json", "cert.json", "run.json", "report.tex"}


def test_printed_decimal_is_rounded_up(certified, command):
    from fractions import Fraction

    claim = json.loads((certified / "claim.json").read_text())
    assert claim["statement"]["rate"] == "39/40"
    code, lines, _ = command("check", certified / "claim.json", certified / "cert.json")
    assert (code, lines[-1]) == (0, "PROVED")
    assert Fraction("0.975") >= Fraction(claim["statement"]["rate"])


def test_zipapp_needs_nothing_installed(certified, zipapp):
    files = [certified / "claim.json", certified / "cert.json"]
    found = subprocess.run(
        [sys.executable, "-I", "-S", zipapp, *files], capture_output=True, text=True, cwd="/", check=False
    )
    assert found.returncode == 0, found.stderr
    assert found.stdout.splitlines()[-1] == "PROVED"
    assert found.stderr == ""


def test_zipapp_is_reproducible(zipapp, tmp_path):
    from proofcheck.zipapp import build

    assert build(tmp_path / "again.pyz").read_bytes() == zipapp.read_bytes()


def test_kernel_from_a_checkout(certified):
    files = [certified / "claim.json", certified / "cert.json"]
    command = [sys.executable, "-S", "-m", "proofcheck.kernel", *files]
    found = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (found.returncode, found.stdout.splitlines()[-1]) == (0, "PROVED")


def test_kernel_command(command, tmp_path):
    code, lines, err = command("kernel", "-o", tmp_path / "k.pyz")
    assert (code, err) == (0, [])
    assert (tmp_path / "k.pyz").exists()
    assert lines


def test_explain(certified, command):
    code, lines, err = command("explain", certified / "claim.json")
    assert (code, err) == (0, [])
    assert lines[0] == "For every function f of the class"
    assert any("tau = L2 G1^2/mu = 3/4" in line for line in lines)
    assert any("A6" in line for line in lines)


def test_report_again(certified, command, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(certified, folder)
    (folder / "report.tex").unlink()
    code, lines, _ = command("report", folder, "--no-pdf")
    assert (code, lines[-1]) == (0, "PROVED")
    assert (folder / "report.tex").read_bytes() == (certified / "report.tex").read_bytes()


def test_report_asks_the_kernel_again(certified, command, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(certified, folder)
    certificate = json.loads((folder / "cert.json").read_text())
    certificate["decrease"] = certificate["decrease"][1:]
    (folder / "cert.json").write_text(json.dumps(certificate))
    code, lines, _ = command("report", folder, "--no-pdf")
    assert (code, lines[-1]) == (20, "REJECTED")
    assert "REJECTED" in (folder / "report.tex").read_text()


def test_another_claims_certificate(certified, command, cases, tmp_path):
    other = tmp_path / "other"
    command("certify", cases / "gradient_descent_partial_strong_convexity.toml", "-o", other, "--no-pdf")
    code, lines, err = command("check", other / "claim.json", certified / "cert.json")
    assert (code, lines[-1], len(err)) == (20, "REJECTED", 1)
    assert "made for another claim" in err[0]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_truncated_certificate(share, certified, command, tmp_path):
    whole = (certified / "cert.json").read_bytes()
    cut = tmp_path / "cert.json"
    cut.write_bytes(whole[: int(share * len(whole))])
    code, lines, err = command("check", certified / "claim.json", cut)
    assert code == 22
    assert lines[-1] == "INVALID"
    assert len(err) == 1
    assert str(cut) in err[0]


def test_refuted_and_undecided(cases, main_case, command, tmp_path):
    out = tmp_path / "out"
    code, lines, _ = command("certify", cases / "nesterov_partial_strong_convexity_tau_1.toml", "-o", out, "--no-pdf")
    assert (code, lines[-1]) == (11, "REFUTED")
    assert (out / "cert.json").exists()
    between = tmp_path / "between.toml"  # below the obstruction .78213, above what the search can prove
    between.write_text(main_case.replace('L2 = "3/4"', 'L2 = "0.7821"'))
    code, lines, _ = command("certify", between, "-o", out, "--no-pdf")
    assert (code, lines[-1]) == (12, "UNDECIDED")
    assert not (out / "cert.json").exists(), "the certificate of the earlier run must not stay beside the new claim"
    assert any("margin" in line for line in lines)


def test_unwritable_output(cases, command, tmp_path):
    occupied = tmp_path / "file"
    occupied.write_text("x")
    case = cases / "gradient_descent_smooth_strongly_convex.toml"
    for out in (occupied, occupied / "below"):
        code, _, err = command("certify", case, "-o", out)
        assert code == 23
        assert len(err) == 1
        assert str(out) in err[0]
    assert occupied.read_text() == "x"


def test_write_is_atomic(tmp_path, monkeypatch):
    from proofcheck.errors import OutputError
    from proofcheck.files import write_atomically

    target = tmp_path / "claim.json"
    write_atomically(target, b"old")

    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OutputError, match="No space left"):
        write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["claim.json"]


@pytest.mark.parametrize(
    "arguments", [("certify",), ("certify", "a", "b"), ("nonsense",), ("certify", "x", "--what"), ("check", "x"), ()]
)
def test_usage(arguments, command):
    code, out, err = command(*arguments)
    assert code == 64
    assert len(err) == 1 or not arguments
    assert "Traceback" not in "\n".join(out + err)


def test_help_and_version(command):
    assert command("--help")[0] == 0
    code, lines, _ = command("--version")
    assert code == 0
    assert lines[0].startswith("proofcheck ")


def test_internal_error_is_no_verdict(command, monkeypatch, cases):
    import proofcheck.case

    monkeypatch.setattr(proofcheck.case, "load", lambda path: 1 / 0)
    code, out, err = command("certify", cases / "gradient_descent_smooth_strongly_convex.toml")
    assert (code, out) == (70, [])
    assert err == ["internal error: ZeroDivisionError: division by zero"]


def test_full_and_closed_output(certified):
    files = [str(certified / "claim.json"), str(certified / "cert.json")]
    for arguments in (["check", *files], ["list"], ["explain", files[0]]):
        command = [sys.executable, "-m", "proofcheck", *arguments]
        with open("/dev/full", "w") as full:
            found = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False)
        assert (found.returncode, found.stderr) == (23, "")
        reader, writer = os.pipe()
        os.close(reader)
        found = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False)
        os.close(writer)
        assert (found.returncode, found.stderr) == (23, "")


def test_interrupt_before_anything_is_imported():
    code = "import sys; sys.modules['proofcheck.cli'] = None; from proofcheck import __main__ as m; "
    stub = "import types; c = types.ModuleType('c'); c.run = lambda: (_ for _ in ()).throw(KeyboardInterrupt); "
    code += stub + "sys.modules['proofcheck.cli'] = c; m.entry()"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (found.returncode, found.stderr) == (130, "interrupted\n")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_is_refused(tmp_path, command):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    for arguments in (("certify", path), ("check", path, path), ("explain", path)):
        code, _, err = command(*arguments)
        assert code == 22
        assert "not a regular file" in err[0]


def test_theorem_makes_a_report_that_can_be_made_again(command, cases, tmp_path):
    out = tmp_path / "out"
    case = cases / "theorems/gradient_descent_tau_1_4_lower_bound.toml"
    code, lines, err = command("theorem", case, "-o", out, "--no-pdf")
    assert (code, err, lines[-1]) == (0, ["making the report"], "PROVED")
    assert lines[-2] == f"written: cert.json, claim.json, report.tex, run.json in {out}"
    first = (out / "report.tex").read_bytes()
    assert b"Beside the paper" in first
    assert b"No rate of gradient descent" in first
    (out / "report.tex").unlink()
    assert command("report", out, "--no-pdf")[0] == 0
    assert (out / "report.tex").read_bytes() == first


def test_list(command, cases):
    code, lines, err = command("list", cases)
    assert (code, err) == (0, [])
    papers = [path.parent for path in cases.glob("*/paper.toml")]
    files = [path for path in cases.glob("**/*.toml") if path.parent not in papers]
    assert sum("source:" in line for line in lines) == len(files) + len(papers)
    assert sum("audit of:" in line for line in lines) == len(papers) == 2
    assert any("known:" in line for line in lines)


def test_list_goes_on_after_a_bad_file(command, cases, tmp_path):
    shutil.copy(cases / "gradient_descent_smooth_strongly_convex.toml", tmp_path / "a.toml")
    (tmp_path / "b.toml").write_text("nonsense")
    code, lines, err = command("list", tmp_path)
    assert code == 22
    assert len(err) == 1
    assert any("a.toml" in line for line in lines)


def test_interrupt(command, monkeypatch, cases):
    import proofcheck.case

    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(proofcheck.case, "load", interrupt)
    code, _, err = command("certify", cases / "gradient_descent_smooth_strongly_convex.toml")
    assert (code, err[-1]) == (130, "interrupted")
