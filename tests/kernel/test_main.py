"""The kernel's command line: one word on the last line, its exit code, one line of reason, no traceback."""

import hashlib
import io
import json
import re
import runpy
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from proofcheck.kernel import EXIT_CODES, __main__, explain, wire

ROOT = Path(__main__.__file__).parents[2]
CODES = {"PROVED": 0, "PROVED_UNDER": 10, "REFUTED": 11, "REJECTED": 20, "DECLINED": 21, "INVALID": 22}
EXAMPLES = (
    "accept/gradient-descent-distance-1-step-tight",
    "accept/refuted-by-a-staircase",
    "accept/every-q-classical-tau-1-4-rate-1-2",
    "accept/lower-bound-of-gradient-descent",
    "reject/negative-multiplier",
    "decline/unknown-rule",
    "robust/multiplier-is-a-float",
)


def write(case, folder: Path) -> list[str]:
    paths = [folder / "claim.json", folder / "certificate.json"]
    for path, data in zip(paths, (case.claim, case.certificate), strict=True):
        path.write_bytes(data)
    for name in ("data", "weights"):
        raw = folder / f"{name}.f64"
        raw.unlink(missing_ok=True)
        if name in (case.files or {}):
            raw.write_bytes(case.files[name])
    return [str(path) for path in paths]


def test_exit_codes_are_the_documented_ones():
    assert EXIT_CODES == {
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


@pytest.mark.parametrize("name", EXAMPLES)
def test_word_and_code(case_of, name, tmp_path, capsys):
    case = case_of(name)
    code = __main__.main(write(case, tmp_path))
    out, err = capsys.readouterr()
    assert code == CODES[case.word]
    assert out.splitlines()[-1] == case.word
    assert "or every function f of the class\n" in out.splitlines(keepends=True)[0]
    if case.word in ("PROVED", "REFUTED"):
        assert not err
        assert case.reason in out.splitlines()[-2]
    else:
        assert err.startswith(str(tmp_path / "certificate.json") + ": ")
        assert case.reason in err
        assert err.count("\n") == 1
        assert not any(word in out for word in ("PROVED", "REFUTED"))


def test_every_case_ends_with_its_word(case, tmp_path, capsys):
    code = __main__.main(write(case, tmp_path))
    out, err = capsys.readouterr()
    assert code == CODES[re.sub("_[0-9]+$", "", case.word)]
    assert err.count("\n") == (0 if case.word.startswith(("PROVED", "REFUTED")) else 1)
    assert not out or out.splitlines()[-1] == case.word


def test_explains_a_claim(case_of, tmp_path, capsys):
    case = case_of("accept/partial-nesterov-with-G2")
    claim, _ = write(case, tmp_path)
    assert __main__.main([claim]) == 0
    out, err = capsys.readouterr()
    assert not err
    for line in (
        "  f(x_k, u_k) - f* <= 8 * (9/10)^k (f(x_0, u_0) - f*) for every k >= 0",
        "  mu = 1, L1 = 4, L2 = 1/4, G1 = 1, G2 = 1/2; kappa = L1/mu = 4, tau = L2 G1^2/mu = 1/4",
        "  proviso: the step in u uses grad_2 f = J^T grad g(h) with a matrix J, |J| <= 1",
        "  A5: for every x, grad_1 f(x, .) is 1/2-Lipschitz on the whole space",
    ):
        assert line in out.splitlines()
    assert out.splitlines()[-1] == f"claim {wire.digest(wire.read_json(case.claim, 'claim'))}"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (
            "triple-momentum-rate-distance",
            "there is a constant C, the same for every f and start, such that |x_k - x*|^2",
        ),
        ("heavy-ball-rate-gap", "x_(k+1) = x_k + beta (x_k - x_(k-1)) - eta grad f(x_k), eta = 1/4, beta = 1/9"),
        ("nesterov-rate-gap", "x_(k+1) = y_k - eta grad f(y_k), eta = 1/9"),
        ("gradient-descent-gradient-norm-1-step", "|grad f(x_1)|^2 <= 3 (f(x_0) - f*)"),
        ("partial-worst-case-1-step", "f(x_1, u_1) - f* <= 4/5 (f(x_0, u_0) - f*)"),
        ("partial-nesterov-rate", "A1 to A4 and A6 (not A5) on the whole space (no balls)"),
        (
            "every-q-classical-tau-1-4-rate-1-2",
            "For every kappa >= 1 and every c in (0, 1], with q = sqrt(c/kappa): for",
        ),
        ("every-q-classical-tau-1-4-rate-1-2", "L2 G1^2 <= tau mu with tau = 1/4, any dimensions (not A5)"),
        ("every-q-classical-tau-1-4-rate-1-2", "eta = (1) c/L1"),
        ("every-q-gap-from-distance", "<= 1/2 * (1 - 2 q^2 + q^4)^k ((L1/c) |x_0 - x*|^2) for every k >= 0"),
        ("lower-bound-of-gradient-descent", "no number r, 0 <= r < 1 - 3/2 q^2 + 9/16 q^4, such that for every"),
        ("lower-bound-of-gradient-descent-smooth-distance", "(c/L1) |grad f(x_k)|^2 <= C r^k ((L1/c) |x_0 - x*|^2)"),
        ("refuted-with-balls-by-a-staircase", "balls, with F_0 = f(x_0, u_0) - f*: X = {|x - x_0| <= R_x}"),
    ],
)
def test_explanations_say_what_is_checked(case_of, name, line, tmp_path, capsys):
    claim, _ = write(case_of(f"accept/{name}"), tmp_path)
    assert __main__.main([claim]) == 0
    assert line in capsys.readouterr().out


def test_the_order_of_the_keys_does_not_change_the_explanation(case_of):
    claim = json.loads(case_of("accept/partial-nesterov-with-G2").claim)
    turned = {key: claim[key] for key in reversed(claim)}
    turned["class"] = dict(reversed(claim["class"].items()))
    assert explain(json.dumps(turned).encode()) == explain(wire.canonical_bytes(claim))


NETWORK = "accept/network-of-depth-2"


def test_explains_a_network(case_of, tmp_path, capsys):
    claim, _ = write(case_of("accept/network-of-depth-3"), tmp_path)
    assert __main__.main([claim]) == 0
    lines = capsys.readouterr().out.splitlines()
    for line in (
        "The network F_0 = X, F_l = relu(F_(l-1) W_l) for l < 3, F_3 = F_2 W_3, without biases,",
        "  started at W_1, ..., W_3 (2 x 8, 8 x 24, 24 x 1)",
        "  f(W(k)) <= 2 * (3511/4000)^k f(W(0)) for every k >= 0",
        "  and all other weights together stay within 151/100000 of the start (Frobenius norms)",
        "under no premise",
    ):
        assert line in lines
    hashes = [hashlib.sha256((tmp_path / f"{name}.f64").read_bytes()).hexdigest() for name in ("data", "weights")]
    assert all(any(line.endswith(f"SHA-256 {digest},") for line in lines) for digest in hashes)


def test_a_network_is_proved_from_its_folder(case_of, tmp_path, capsys):
    assert __main__.main(write(case_of(NETWORK), tmp_path)) == 0
    out, err = capsys.readouterr()
    assert out.endswith("\nPROVED\n")
    assert "applies with kappa = 2.60987" in out
    assert not err


@pytest.mark.parametrize("name", ["data", "weights"])
def test_a_network_without_a_file_has_no_verdict(case_of, tmp_path, capsys, name):
    paths = write(case_of(NETWORK), tmp_path)
    (tmp_path / f"{name}.f64").unlink()
    assert __main__.main(paths) == 22
    out, err = capsys.readouterr()
    assert out.splitlines()[-1] == "INVALID"
    assert f"{name}.f64: cannot be read (No such file or directory)" in err
    assert __main__.main(paths[:1]) == 0, "an explanation needs no files"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("weights", bytes(384), "weights: its SHA-256 is not the claimed"),
        ("weights", b"", "weights: 0 bytes, the claim is about 384"),
        ("data", bytes(47), "data: 47 bytes, the claim is about 48"),
        ("data", bytes(48), "data: its SHA-256 is not the claimed"),
    ],
)
def test_a_network_with_other_bytes_has_no_verdict(case_of, tmp_path, capsys, name, data, reason):
    paths = write(case_of(NETWORK), tmp_path)
    (tmp_path / f"{name}.f64").write_bytes(data)
    assert __main__.main(paths) == 22
    out, err = capsys.readouterr()
    assert out.splitlines()[-1] == "INVALID"
    assert reason in err


def test_the_files_lie_beside_the_claim_alone(case_of, tmp_path, monkeypatch, capsys):
    """Not in the current folder, nor beside the certificate."""
    claim, certificate = write(case_of(NETWORK), tmp_path)
    (tmp_path / "claim").mkdir()
    moved = Path(claim).rename(tmp_path / "claim" / "claim.json")
    monkeypatch.chdir(tmp_path)
    assert __main__.main([str(moved), certificate]) == 22
    for name in ("data", "weights"):
        (tmp_path / f"{name}.f64").rename(tmp_path / "claim" / f"{name}.f64")
    assert __main__.main([str(moved), certificate]) == 0
    assert capsys.readouterr().out.endswith("PROVED\n")


def test_an_unreadable_claim_has_no_verdict_word(case_of, tmp_path, capsys):
    claim, _ = write(case_of("decline/unknown-class"), tmp_path)
    assert __main__.main([claim]) == 21
    out, err = capsys.readouterr()
    assert "unknown class 'convex'" in err
    assert err.count("\n") == 1
    assert "PROVED" not in out


@pytest.mark.parametrize("arguments", [[], ["a", "b", "c"], ["--help"], ["-"], ["claim.json", "--force"]])
def test_usage(arguments, capsys):
    assert __main__.main(arguments) == 64
    out, err = capsys.readouterr()
    assert not out
    assert err == "usage: proofcheck-kernel claim.json [certificate.json]\n"


def test_files_that_cannot_be_read(case_of, tmp_path, capsys):
    claim, _ = write(case_of(EXAMPLES[0]), tmp_path)
    for arguments in ([str(tmp_path)], [str(tmp_path / "missing")], [claim, str(tmp_path)], [claim, "/no/such/file"]):
        assert __main__.main(arguments) == 22
        out, err = capsys.readouterr()
        assert out == ("INVALID\n" if len(arguments) == 2 else "")
        assert err.startswith(f"{arguments[-1]}: cannot be read")
        assert err.count("\n") == 1


def test_files_that_are_too_large(case_of, tmp_path, capsys):
    claim, certificate = write(case_of(EXAMPLES[0]), tmp_path)
    with Path(certificate).open("ab") as stream:
        stream.write(b" " * wire.MAX_BYTES)
    assert __main__.main([claim, certificate]) == 21
    assert "4000001 bytes, the limit is 4000000" in capsys.readouterr().err
    if Path("/dev/zero").exists():
        assert __main__.main([claim, "/dev/zero"]) == 22


def run_entry(monkeypatch, arguments: list[str]) -> object:
    monkeypatch.setattr(sys, "argv", ["proofcheck-kernel", *arguments])
    with pytest.raises(SystemExit) as caught:
        __main__.entry()
    return caught.value.code


def test_entry_exits_with_the_code(case_of, tmp_path, monkeypatch, capsys):
    for name in EXAMPLES:
        case = case_of(name)
        assert run_entry(monkeypatch, write(case, tmp_path)) == CODES[case.word]
    assert "Traceback" not in capsys.readouterr().err


def test_a_defect_is_no_verdict(case_of, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(__main__, "check", lambda claim, certificate, files: 1 / 0)
    assert run_entry(monkeypatch, write(case_of(EXAMPLES[0]), tmp_path)) == 70
    out, err = capsys.readouterr()
    assert err == "internal error: ZeroDivisionError: division by zero\n"
    assert "PROVED" not in out


def test_an_interrupt_is_no_verdict(case_of, tmp_path, monkeypatch, capsys):
    def interrupt(claim, certificate, files):
        raise KeyboardInterrupt

    monkeypatch.setattr(__main__, "check", interrupt)
    assert run_entry(monkeypatch, write(case_of(EXAMPLES[0]), tmp_path)) == 130
    out, err = capsys.readouterr()
    assert err == "interrupted\n"
    assert "PROVED" not in out


class Full(io.StringIO):
    """A stream on a full disk: complains when it is written to, or only when it is flushed."""

    def __init__(self, at: str) -> None:
        super().__init__()
        self.at = at

    def write(self, text: str) -> int:
        if self.at == "write":
            raise OSError(28, "No space left on device")
        return super().write(text)

    def flush(self) -> None:
        if self.at == "flush" and not self.closed:
            raise OSError(28, "No space left on device")


@pytest.mark.parametrize("at", ["write", "flush"])
def test_output_that_cannot_be_written(case_of, tmp_path, monkeypatch, at):
    paths = write(case_of(EXAMPLES[0]), tmp_path)
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    monkeypatch.setattr(sys, "stdout", Full(at))
    code = run_entry(monkeypatch, paths)
    left = sys.stdout
    monkeypatch.undo()
    assert code == 23
    assert left is None, "the interpreter must not try again"


def test_runs_as_a_module_in_this_process(case_of, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["proofcheck.kernel", *write(case_of(EXAMPLES[0]), tmp_path)])
    monkeypatch.delitem(sys.modules, "proofcheck.kernel.__main__")
    with pytest.raises(SystemExit) as caught:
        runpy.run_module("proofcheck.kernel", run_name="__main__")
    assert caught.value.code == 0
    assert capsys.readouterr().out.endswith("PROVED\n")


def test_runs_without_site_packages(case_of, tmp_path):
    for name in EXAMPLES:
        case = case_of(name)
        command = [sys.executable, "-S", "-m", "proofcheck.kernel", *write(case, tmp_path)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout.splitlines()[-1]) == (CODES[case.word], case.word)


def test_runs_isolated_from_a_zip_file(case_of, tmp_path):
    """The kernel needs nothing of the package around it: an archive of this folder alone decides."""
    archive = tmp_path / "kernel.pyz"
    with zipfile.ZipFile(archive, "w") as stream:
        stream.writestr("proofcheck/__init__.py", "")
        stream.writestr("__main__.py", "from proofcheck.kernel.__main__ import entry\nentry()\n")
        for path in (ROOT / "proofcheck/kernel").rglob("*.py"):
            stream.write(path, path.relative_to(ROOT))
    for name in (EXAMPLES[0], NETWORK):
        command = [sys.executable, "-I", "-S", str(archive), *write(case_of(name), tmp_path)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout.splitlines()[-1], done.stderr) == (0, "PROVED", "")


def test_a_full_device_is_exit_23(case_of, tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full on this system")
    command = [sys.executable, "-S", "-m", "proofcheck.kernel", *write(case_of(EXAMPLES[0]), tmp_path)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 23


def test_the_kernel_imports_the_standard_library_alone():
    code = (
        "import sys; before = set(sys.modules); import proofcheck.kernel.__main__; "
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before}))"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) - set(sys.stdlib_module_names) == {"proofcheck"}
