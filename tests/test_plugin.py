"""pytest --proofcheck: what is collected, what it says, and that it is not there where nobody asks for it."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from proofcheck import certifier, decisions, kept, theorems  # stay imported between runs in this process
from proofcheck.discover import lyapunov, refutation, worst_case
from proofcheck.kernel.wire import canonical_bytes
from proofcheck.subjects import subject

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "tests/kernel/corpus"
PLUGIN = ("-p", "proofcheck.pytest_plugin", "--strict-markers", "--strict-config")
SEARCHES = (certifier, theorems, lyapunov, refutation, worst_case)
CASE = """
format = "proofcheck-case/1"
title = "Gradient descent"
{expect}
[class]
name = "smooth_strongly_convex"
mu = "1"
L1 = "10"

[method]
name = "gradient_descent"
tuning = "classical"

[statement]
kind = "linear_rate"
metric = "squared_distance"
initial = "squared_distance"
rate = "{rate}"
constant = "1"
"""


@pytest.fixture
def folder(pytester, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    return pytester.path


@pytest.fixture
def run(folder, pytester):
    """Run pytest in process, with the plugin and its flag."""

    def call(*arguments, flag=True):
        return pytester.runpytest_inprocess(*PLUGIN, *(["--proofcheck"] if flag else []), *arguments)

    return call


def pair(folder, name, to="", corpus="accept"):
    """A pair of the corpus: as claim.json and cert.json in `folder`, or as `to`.claim.json and so on."""
    folder.mkdir(parents=True, exist_ok=True)
    for ending in ("claim.json", "cert.json", "data.f64", "weights.f64"):
        found = CORPUS / corpus / f"{name}.{ending}"
        if found.exists():
            shutil.copy(found, folder / (f"{to}.{ending}" if to else ending))


def case(path, rate="41/50", expect=""):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(CASE.format(rate=rate, expect=f'expect = "{expect}"' if expect else ""))


def ids(result):
    return [line for line in result.stdout.lines if "::" in line]


def test_pairs_of_every_kind_are_collected_and_accepted(folder, run):
    pair(folder / "out", "gradient-descent-rate-gap")
    pair(folder / "net", "network-of-depth-2")
    pair(folder, "network-of-depth-3", "deep")
    pair(folder, "obligation-premise-is-counted", "premise")
    pair(folder, "refuted-by-a-quadratic", "false")
    claim, certificate = kept.theorem("gradient_descent_tau_1_4")
    (folder / "kept.json").write_text(json.dumps({"claim": claim, "certificate": certificate}))
    result = run("-v", "-rA", "--junit-xml=report.xml")
    result.assert_outcomes(passed=6)
    result.stdout.fnmatch_lines_random(
        [
            "proofcheck: * accepting PROVED, PROVED_UNDER, REFUTED",
            "out/claim.json::check PASSED (PROVED: f(x_k) - f[*] <= * for all k >= 0)*",
            "net/claim.json::check PASSED (PROVED: f(W(k)) <= *)*",
            "deep.claim.json::check PASSED (PROVED: *)*",
            "premise.claim.json::check PASSED (PROVED_UNDER_1: *)*",
            "false.claim.json::check PASSED (REFUTED: *)*",
            "kept.json::check PASSED (PROVED: *)*",
            "For every function f of the class",
            "REFUTED: an explicit function exceeds *",
        ]
    )
    assert 'name="proofcheck" value="PROVED_UNDER_1"' in (folder / "report.xml").read_text()


def test_a_pair_fails_with_the_reason_of_the_kernel_in_one_line(folder, run):
    pair(folder / "out", "gradient-descent-rate-gap")
    claim = json.loads((folder / "out/claim.json").read_bytes())
    claim["statement"]["rate"] = "1/2"
    (folder / "out/claim.json").write_bytes(canonical_bytes(claim))
    result = run()
    result.assert_outcomes(failed=1)
    lines = result.stdout.lines
    (place,) = [n for n, line in enumerate(lines) if line.strip("_ ") == "check out/claim.json"]
    assert lines[place + 1].startswith("REJECTED: certificate: claim: made for another claim than ")
    assert lines[place + 2].strip("- ") == "Captured proofcheck call"
    assert "Traceback" not in result.stdout.str()
    assert "pytest_plugin.py" not in result.stdout.str()


def test_words_that_are_not_accepted(folder, run):
    pair(folder, "refuted-by-a-quadratic", "false")
    pair(folder, "obligation-premise-is-counted", "premise")
    pair(folder, "gradient-descent-rate-gap", "true")
    (folder / "pytest.ini").write_text("[pytest]\nproofcheck = true\nproofcheck_accept = PROVED\n")
    result = run(flag=False)
    result.assert_outcomes(failed=2, passed=1)
    result.stdout.fnmatch_lines_random(
        [
            "REFUTED: an explicit function exceeds * (accepted: PROVED)",
            "PROVED_UNDER_1: * (accepted: PROVED)",
        ]
    )
    run("-o", "proofcheck_accept=PROVED PROVED_UNDER REFUTED").assert_outcomes(passed=3)


def test_an_unknown_word_is_a_usage_error(run):
    result = run("-o", "proofcheck_accept=FINE")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines("ERROR: proofcheck_accept='FINE' must be one of PROVED, *")


def test_partners_and_raw_files_that_are_missing(folder, run):
    pair(folder, "gradient-descent-rate-gap", "alone")
    (folder / "alone.cert.json").unlink()
    pair(folder / "orphan", "gradient-descent-rate-gap")
    (folder / "orphan/claim.json").unlink()
    pair(folder / "net", "network-of-depth-2")
    (folder / "net/weights.f64").unlink()
    result = run("-v")
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines_random(
        [
            "UNDECIDED: no certificate: alone.cert.json is missing beside alone.claim.json",
            "INVALID: no claim: claim.json is missing beside cert.json",
            "INVALID: weights.f64: cannot be read (No such file or directory)",
            "orphan/cert.json::check FAILED*",
        ]
    )
    run("alone.claim.json", "-o", "proofcheck_accept=UNDECIDED").assert_outcomes(passed=1)


def test_hostile_files_fail_in_one_line(folder, run):
    for name in ("big", "pipe", "loop", "folder", "binary", "deep", "number"):
        pair(folder, "gradient-descent-rate-gap", name)
    (folder / "big.cert.json").write_bytes(b" " * 4_000_001)
    for name in ("pipe", "loop", "folder"):
        (folder / f"{name}.cert.json").unlink()
    os.mkfifo(folder / "pipe.cert.json")
    (folder / "loop.cert.json").symlink_to("loop.cert.json")
    (folder / "folder.cert.json").mkdir()
    (folder / "binary.claim.json").write_bytes(b"\xff\xfe")
    (folder / "deep.claim.json").write_bytes(b"[" * 100_000)
    (folder / "number.claim.json").write_bytes(b'{"format": ' + b"1" * 5000 + b"}")
    (folder / "x.toml").write_text('format = "proofcheck-case/1"\ntitle = ' + "[" * 50_000)
    (folder / "y.toml").write_text('format = "proofcheck-case/9"\n')
    (folder / "z.toml").write_text('format = "proofcheck-case/2"\n#' + "z" * 64_000)
    (folder / "both.json").write_text('{"claim": {"format": "proofcheck-claim/1"')
    os.mkfifo(folder / "pipe.toml")
    result = run("-v")
    result.assert_outcomes(failed=11)
    assert "Traceback" not in result.stdout.str()
    result.stdout.fnmatch_lines_random(
        [
            "DECLINED: certificate: 4000001 bytes, the limit is 4000000",
            "INVALID: pipe.cert.json: cannot be read (not a regular file)",
            "INVALID: folder.cert.json: cannot be read (not a regular file)",
            "INVALID: claim: not UTF-8 text (byte 0)",
            "DECLINED: claim: nested 100000 deep, the limit is 12",
            "DECLINED: nested too deeply",
            "DECLINED: format='proofcheck-case/9' must be 'proofcheck-case/1'",
            "DECLINED: larger than 64000 bytes",
            "INVALID: both.json: not JSON*",
        ]
    )


def test_files_of_others_are_left_alone(folder, run):
    (folder / "pyproject.toml").write_text('format = "proofcheck-case/1"\n')
    (folder / "other.toml").write_text('format = "other/1"\n[tool]\nformat = "proofcheck-case/1"\n')
    (folder / "broken.toml").write_text("= = =")
    (folder / "package.json").write_text('{"claim": {"name": "x"}, "certificate": 1}')
    (folder / "claim.json").write_text('{"policy": 7}')
    (folder / "list.json").write_text("[1, 2")
    (folder / "data.json").write_bytes(b"\0" * 10_000)
    os.mkfifo(folder / "pipe.json")
    result = run()
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    result.stdout.fnmatch_lines("collected 0 items")


def test_a_format_is_found_wherever_toml_has_it(folder):
    """None of these would be a test, and nobody would miss it."""
    note = '"""\n[1] a source\n"""'
    for name, text in {
        "bom": '\ufeffformat = "proofcheck-case/1"\n',
        "note": f'source = {note}\nformat = "proofcheck-case/1"\n[class]\n',
        "list": 'x = [\n  ["a"],\n]\nformat = "proofcheck-case/2"\n',
        "broken": 'format = "proofcheck-case/1"\n[class\n',
        "cut": 'format = "proofcheck-case/2"\nx = "' + "z" * 64_000,
    }.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
        found = subject(folder / f"{name}.toml")
        assert found is not None, name
        assert found.command == ("theorem" if "/2" in text else "certify")
    for name, text in {
        "quoted": 'text = """\nformat = "proofcheck-case/1"\n"""\n',
        "table": '[tool]\nformat = "proofcheck-case/1"\n',
        "broken_table": '= =\n[tool]\nformat = "proofcheck-case/1"\n',
        "deep": "x = " + "[" * 9_000 + '\n[a]\nformat = "proofcheck-case/1"\n',
    }.items():
        (folder / f"{name}.toml").write_text(text)
        assert subject(folder / f"{name}.toml") is None, name


def test_cases_end_in_the_word_they_expect(folder, run):
    case(folder / "cases/proved.toml")
    case(folder / "cases/refuted.toml", "1/2", "REFUTED")
    case(folder / "cases/surprise.toml", "1/2")
    case(folder / "cases/too_modest.toml", expect="REFUTED")
    case(folder / "cases/misspelt.toml", expect="REFUSED")
    result = run("-v", "-W", "error", "cases")
    result.assert_outcomes(passed=2, failed=3)
    result.stdout.fnmatch_lines_random(
        [
            "cases/proved.toml::certify PASSED (PROVED: |x_k - x[*]|^2 <= 1 (41/50)^k *)*",
            "cases/refuted.toml::certify PASSED (REFUTED: *)*",
            "REFUTED: * (expected: PROVED)",
            "PROVED: * (expected: REFUTED)",
            "INVALID: expect='REFUSED' must be one of PROVED, PROVED_UNDER, REFUTED, UNDECIDED",
        ]
    )


def test_markers_keywords_and_ids(folder, run):
    case(folder / "cases/a.toml")
    case(folder / "cases/b.toml")
    shutil.copy(ROOT / "cases/theorems/nesterov_classical_tau_3_4.toml", folder / "cases/theorem.toml")
    shutil.copy(ROOT / "cases/theorems/gradient_descent_tau_1_lower_bound.toml", folder / "cases/lower.toml")
    pair(folder / "out", "gradient-descent-rate-gap")
    (folder / "test_other.py").write_text("def test_other(): pass")
    found = run("--collect-only", "-q")
    assert ids(found) == [
        "cases/a.toml::certify",
        "cases/b.toml::certify",
        "cases/lower.toml::theorem",
        "cases/theorem.toml::theorem",
        "out/claim.json::check",
        "test_other.py::test_other",
    ]
    for expression, count in (
        ("proofcheck", 5),
        ("proofcheck_check", 1),
        ("proofcheck_search", 4),
        ("proofcheck_slow", 1),
        ("not proofcheck", 1),
    ):
        assert len(ids(run("--collect-only", "-q", "-m", expression))) == count
    theorems_alone = ["cases/lower.toml::theorem", "cases/theorem.toml::theorem"]
    assert ids(run("--collect-only", "-q", "-k", "theorem")) == theorems_alone
    assert ids(run("--collect-only", "-q", "-k", "out and check")) == ["out/claim.json::check"]
    result = run("cases/b.toml::certify", "out/claim.json::check")
    result.assert_outcomes(passed=2)
    run("out/cert.json").assert_outcomes(passed=1)  # somebody asked for the certificate
    run("--markers").stdout.fnmatch_lines("@pytest.mark.proofcheck_check: *")


def test_from_another_folder(folder, run, monkeypatch):
    case(folder / "project/cases/a.toml", "1/2")
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    result = run("-v", "--rootdir", str(folder / "elsewhere"), str(folder / "project/cases"))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines("*a.toml::certify FAILED*")


def test_without_the_flag_nothing_is_collected(folder, run):
    case(folder / "a.toml")
    pair(folder, "gradient-descent-rate-gap")
    assert run(flag=False).ret == pytest.ExitCode.NO_TESTS_COLLECTED
    blocked = run("-p", "no:proofcheck.pytest_plugin", flag=False)
    assert blocked.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_networks_and_experiments_without_torch_are_skipped_visibly(folder, run, monkeypatch):
    monkeypatch.setattr(decisions, "_without_torch", lambda: "runs need PyTorch: pip install 'proofcheck[torch]'")
    shutil.copy(ROOT / "cases/networks/orthogonal_16.toml", folder / "net.toml")
    shutil.copy(ROOT / "cases/experiments/figure1.toml", folder / "figure.toml")
    result = run("-rs", "-v")
    result.assert_outcomes(skipped=2)
    result.stdout.fnmatch_lines_random(["net.toml::certify-network SKIPPED*", "*runs need PyTorch: pip install*"])
    assert len(ids(run("--collect-only", "-q", "-m", "proofcheck_slow"))) == 2


def test_experiments_are_run_only_where_observed_is_accepted(folder, run):
    pytest.importorskip("torch")
    from proofcheck.empirical import experiment, validation

    assert {experiment, validation}  # stay imported
    text = (ROOT / "cases/experiments/figure1.toml").read_text()
    smaller = text.replace("steps = 100", "steps = 3").replace("seeds = 10", "seeds = 1").replace("50", "4")
    (folder / "figure.toml").write_text(smaller)
    (folder / "wrong.toml").write_text(text.replace("steps = 100", "steps = -1"))
    result = run("-rs")
    result.assert_outcomes(skipped=1, failed=1)
    result.stdout.fnmatch_lines_random(["*OBSERVED at most*", "INVALID: steps=-1 must be *"])
    seen = run("figure.toml", "-v", "-o", "proofcheck_accept=PROVED OBSERVED")
    seen.assert_outcomes(passed=1)
    seen.stdout.fnmatch_lines("figure.toml::validate PASSED (OBSERVED: *)*")


def test_in_parallel_in_a_process_of_its_own(folder):
    pytest.importorskip("xdist")
    case(folder / "a.toml", "1/2")
    pair(folder, "gradient-descent-rate-gap")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *PLUGIN, "-p", "xdist.plugin", "-n", "2", "--proofcheck", "-v", "-rA"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "PASSED (PROVED: f(x_k) - f* <=" in done.stdout
    assert "FAILED a.toml::certify - Failed: REFUTED: " in done.stdout
    assert "1 failed, 1 passed" in done.stdout


def test_loading_it_is_light(folder):
    code = "import sys, proofcheck.pytest_plugin, proofcheck.subjects; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    modules = set(found.stdout.split())
    ours = {"proofcheck", "proofcheck.pytest_plugin", "proofcheck.subjects"}
    assert {name for name in modules if name.partition(".")[0] == "proofcheck"} == ours
    heavy = {"numpy", "scipy", "sympy", "cvxpy", "clarabel", "torch", "hypothesis", "click", "jinja2", "rich"}
    assert not {name.partition(".")[0] for name in modules} & heavy


def test_no_assert_of_the_package_is_rewritten(pytestconfig):
    """Else runpy could not run its modules. pytest has marked the whole distribution."""
    from types import SimpleNamespace

    from _pytest.assertion.rewrite import AssertionRewritingHook

    from proofcheck import pytest_plugin

    hook = AssertionRewritingHook(pytestconfig)
    hook._must_rewrite.update(["proofcheck", "proofcheck.kernel", "other"])
    pytest_plugin._leave_as_it_is(SimpleNamespace(rewrite_hook=hook))
    assert hook._must_rewrite == {"other"}


def test_pytest_finds_it():
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["pytest11"]
    assert table == {"proofcheck": "proofcheck.pytest_plugin"}


def test_the_limits_are_those_of_the_readers():
    from proofcheck import case as cases
    from proofcheck import subjects, theorem_case
    from proofcheck.kernel.wire import MAX_BYTES

    assert (subjects.CASE_BYTES, subjects.PAIR_BYTES) == (cases.MAX_BYTES, MAX_BYTES)
    assert {cases.FORMAT, theorem_case.FORMAT} < set(subjects.COMMANDS)


def test_every_shipped_case_is_a_subject():
    """Those that are rows of an audit belong to `proofcheck audit`."""
    for path in sorted((ROOT / "cases").rglob("*.toml")):
        row = (path.parent / "paper.toml").exists()
        assert (subject(path) is None) == row, path
