"""Writing: in one move, with errors of one line, and pages without overfull boxes."""

import json
import shutil
import subprocess
import sys

import pytest

from proofcheck.errors import OutputError
from proofcheck.report import compile as compiling
from proofcheck.report import render, write

needs_latex = pytest.mark.skipif(shutil.which("latexmk") is None, reason="latexmk is not on the PATH")
KINDS = ("rate", "partial-rate", "worst-case", "growth", "growth-complex", "staircase", "quadratic")
HOSTILE = {
    "title": r"\write18{touch pwned} \input{/etc/passwd} % & _ " + "x" * 300,
    "source": " ".join(chr(code) for code in range(1, 0x180)) + " \u202e \ud800 \U0001f600",
    "known": "a" * 3000 + " ≤ λ² “q” — é",
    "notes": {"k_%" * 20: "$$ " * 100},
}


def test_source_only(pair, tmp_path):
    claim, certificate = pair("rate")
    assert write(tmp_path / "new", claim, certificate, pdf=False) == [tmp_path / "new" / "report.tex"]
    assert (tmp_path / "new" / "report.tex").read_text(encoding="utf-8") == render(claim, certificate)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["report.tex"]


def test_without_latexmk_there_is_no_pdf_and_no_old_one(pair, tmp_path, monkeypatch):
    monkeypatch.setattr(compiling.shutil, "which", lambda name: None)
    (tmp_path / "report.pdf").write_bytes(b"of an earlier claim")
    assert write(tmp_path, *pair("rate")) == [tmp_path / "report.tex"]
    assert [path.name for path in tmp_path.iterdir()] == ["report.tex"]


def test_a_directory_that_cannot_be_written(pair, tmp_path):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(OutputError) as caught:
            write(place, *pair("rate"), pdf=False)
        assert "\n" not in str(caught.value)
        assert "file" in str(caught.value)


def test_a_failed_write_leaves_the_old_report(pair, tmp_path, monkeypatch):
    (tmp_path / "report.tex").write_text("old")

    def fail(*names):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OutputError, match="No space left on device"):
        write(tmp_path, *pair("rate"), pdf=False)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"report.tex": "old"}


def stand_in(tmp_path, monkeypatch, script):
    """A latexmk of our own."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "latexmk"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(compiling, "COMMAND", (str(program), *compiling.COMMAND[1:]))


def test_failing_latex_is_one_line(pair, tmp_path, monkeypatch):
    stand_in(tmp_path, monkeypatch, "echo '! Undefined control sequence.' > report.log; exit 12")
    with pytest.raises(OutputError) as caught:
        write(tmp_path / "out", *pair("rate"))
    assert str(caught.value) == f"{tmp_path}/out/report.tex: LaTeX failed (Undefined control sequence.)"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["report.tex"]


def test_latex_without_a_log(pair, tmp_path, monkeypatch):
    stand_in(tmp_path, monkeypatch, "exit 0")
    with pytest.raises(OutputError, match="no message"):
        write(tmp_path / "out", *pair("rate"))


def test_latex_that_takes_too_long(pair, tmp_path, monkeypatch):
    stand_in(tmp_path, monkeypatch, "sleep 60")
    monkeypatch.setattr(compiling, "TIME_LIMIT", 0.1)
    with pytest.raises(OutputError, match=r"longer than 0\.1 seconds"):
        write(tmp_path / "out", *pair("rate"))


def test_shell_escape_and_configuration_are_off():
    assert {"-no-shell-escape", "-norc", "-halt-on-error", "-interaction=nonstopmode"} <= set(compiling.COMMAND)


@needs_latex
@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_pages_have_no_overfull_boxes(pair, tmp_path, name):
    claim, certificate = pair(name)
    provenance = HOSTILE if name == "rate" else {"title": "A title", "notes": {"theta": "1.2"}}
    assert write(tmp_path / "out", claim, certificate, provenance) == [
        tmp_path / "out" / "report.tex",
        tmp_path / "out" / "report.pdf",
    ]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["report.pdf", "report.tex"]
    assert (tmp_path / "out" / "report.pdf").read_bytes().startswith(b"%PDF")
    log = compiled_log(tmp_path, render(claim, certificate, provenance))
    bad = [line for line in log.splitlines() if line.startswith(("Overfull", "Underfull", "LaTeX Warning", "!"))]
    assert bad == []
    assert "pwned" not in {path.name for path in (tmp_path / "log").iterdir()}


def compiled_log(tmp_path, source):
    place = tmp_path / "log"
    place.mkdir()
    (place / "report.tex").write_text(source, encoding="utf-8")
    subprocess.run(compiling.COMMAND, cwd=place, check=True, capture_output=True, timeout=120)
    return (place / "report.log").read_text(errors="replace")


@needs_latex
@pytest.mark.slow
def test_a_rejected_certificate_compiles(pair, tmp_path):
    claim, certificate = pair("partial-rate")
    certificate["decrease"][0]["multiplier"] = "7/2"
    assert write(tmp_path, claim, certificate)[1].is_file()
    assert write(tmp_path, claim, None)[1].is_file()


@needs_latex
@pytest.mark.slow
def test_the_pdf_is_reproducible(pair, tmp_path):
    first, second = (write(tmp_path / name, *pair("quadratic"))[1].read_bytes() for name in ("a", "b"))
    assert first == second


def test_importing_the_package_does_not_import_jinja2():
    code = "import sys, json, proofcheck, proofcheck.kernel; print(json.dumps('jinja2' in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)
    assert json.loads(done.stdout) is False
