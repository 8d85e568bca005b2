"""Case files about one network, the command certify-network, and the run beside a proof."""

import json
import os
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")

from proofcheck.cli import run as command
from proofcheck.empirical import network_case, network_runs
from proofcheck.errors import InvalidInput, NotSupported
from proofcheck.networks import certify_network

GOOD = """
format = "proofcheck-network-case/1"
title = "four inputs"

[data]
name = "orthogonal"
n = 4
d0 = 4

[network]
widths = [256]
"""


def test_expected_word():
    import tomllib
    from pathlib import Path

    document = tomllib.loads(GOOD)
    assert network_case.from_document(document, Path()).expect == ""
    assert network_case.from_document({**document, "expect": "UNDECIDED"}, Path()).expect == "UNDECIDED"
    with pytest.raises(InvalidInput, match="expect='NO' must be one of"):
        network_case.from_document({**document, "expect": "NO"}, Path())


def written(folder, text=GOOD, name="case.toml"):
    path = folder / name
    path.write_text(text)
    return path


def test_every_shipped_case_is_read(cases):
    found = [network_case.load(path) for path in sorted((cases / "networks").glob("*.toml"))]
    assert {case.data["name"] for case in found} == {"orthogonal", "gaussian", "digits"}
    assert all(case.settings["initialisation"] == "zero_last" for case in found)


def test_widths_and_seeds_are_replaced_and_drawn_again(tmp_path):
    case = network_case.load(written(tmp_path))
    inputs, targets, weights = case.other(width=40, seed=3).arrays()
    assert [w.shape for w in weights] == [(4, 40), (40, 1)]
    assert not weights[-1].any()
    assert np.allclose(inputs @ inputs.T, 4 * np.eye(4))
    assert set(targets.ravel()) <= {-1.0, 1.0}
    again = case.other(width=40, seed=3).arrays()
    assert np.array_equal(again[2][0], weights[0])
    assert not np.array_equal(case.other(width=40, seed=4).arrays()[2][0], weights[0])
    assert weights[0].std() == pytest.approx(0.5, rel=0.2)


def test_the_command_proves_runs_and_writes(tmp_path, capsys):
    out = tmp_path / "out"
    assert command(["certify-network", str(written(tmp_path)), "-o", str(out), "--no-pdf"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "PROVED"
    assert any(line.startswith("OBSERVED") and "holds at every step" in line for line in lines)
    assert {"claim.json", "cert.json", "data.f64", "weights.f64", "run.json"} <= {p.name for p in out.iterdir()}
    assert command(["check", str(out / "claim.json"), str(out / "cert.json")]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "PROVED"


def test_auto_width_and_what_is_missing_below_it(tmp_path, capsys):
    case = str(written(tmp_path))
    assert command(["certify-network", case, "--width", "auto", "--steps", "0"]) == 0
    found = capsys.readouterr().out
    width = int(next(line for line in found.splitlines() if line.startswith("width:")).split()[1].rstrip(","))
    assert "OBSERVED  run" not in found
    assert 4 < width < 256
    assert command(["certify-network", case, "--width", str(width // 2), "--scale"]) == 12
    found = capsys.readouterr().out
    assert "times" in found
    assert "the targets times" in found
    assert found.splitlines()[-1] == "UNDECIDED"


def test_files_of_arrays(tmp_path, capsys):
    inputs, targets, weights = network_case.load(written(tmp_path)).arrays()
    for name, array in {"x": inputs, "y": targets, "w1": weights[0], "w2": weights[1].astype(np.float32)}.items():
        np.save(tmp_path / f"{name}.npy", array)
    text = 'format = "proofcheck-network-case/1"\ntitle = "files"\n[data]\ninputs = "x.npy"\ntargets = "y.npy"\n'
    case = written(tmp_path, text + '[network]\nweights = ["w1.npy", "w2.npy"]\n', "files.toml")
    assert command(["certify-network", str(case), "--steps", "0"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "PROVED"
    assert command(["certify-network", str(case), "--width", "9"]) == 22
    assert "need a drawn network" in capsys.readouterr().err


BAD = {
    "format": (GOOD.replace("case/1", "case/2"), "format='proofcheck-network-case/2'"),
    "unknown key": (GOOD + "depth = 2\n", "unknown key 'depth'"),
    "no widths": (GOOD.replace("widths = [256]", ""), "key 'widths' is missing"),
    "empty widths": (GOOD.replace("[256]", "[]"), "network.widths: the list is empty"),
    "width 0": (GOOD.replace("[256]", "[0]"), "network.widths[0]=0"),
    "width too large": (GOOD.replace("[256]", "[10000000]"), "network.widths[0]=10000000 must be <= 262,144"),
    "narrow": (GOOD.replace("[256]", "[3]"), "must be >= n=4"),
    "data": (GOOD.replace("orthogonal", "mnist"), "data.name='mnist' must be one of"),
    "too many inputs": (GOOD.replace("n = 4", "n = 5"), "data.n=5 must be <= d0=4"),
    "initialisation": (GOOD + 'initialisation = "he"\n', "network.initialisation='he' must be one of"),
    "scale": (GOOD + "first_scale = 0\n", "network.first_scale=0 must be > 0"),
    "nan": (GOOD + "target_scale = nan\n", "network.target_scale=nan must be a finite number"),
    "seed": (GOOD + "seed = -1\n", "network.seed=-1"),
    "not toml": ("format = ", "not TOML"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_cases_are_one_line(name, tmp_path, capsys):
    text, message = BAD[name]
    path = written(tmp_path, text)
    assert command(["certify-network", str(path)]) in (21, 22)
    shown = capsys.readouterr()
    assert message in shown.err
    assert len(shown.err.strip().splitlines()) == 1
    assert "Traceback" not in shown.err


def bad_files(folder, name):
    np.save(folder / "good.npy", np.eye(4))
    if name == "pickle":
        np.save(folder / "bad.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    elif name == "text":
        (folder / "bad.npy").write_text("1 2 3")
    elif name == "complex":
        np.save(folder / "bad.npy", np.eye(4) * 1j)
    elif name == "empty":
        (folder / "bad.npy").write_bytes(b"")
    elif name == "archive":
        np.savez(folder / "bad.npz", a=np.eye(4))
        (folder / "bad.npz").rename(folder / "bad.npy")
    elif name == "huge":
        np.save(folder / "bad.npy", np.eye(4))
        data = (folder / "bad.npy").read_bytes()
        shape = b"'shape': (4, 4), }"
        assert shape in data
        (folder / "bad.npy").write_bytes(data.replace(shape + b" " * 12, b"'shape': (99999999999, 4), }  "))
    elif name == "fifo":
        os.mkfifo(folder / "bad.npy")
    return folder / "bad.npy"


@pytest.mark.parametrize("name", ["pickle", "text", "complex", "empty", "archive", "huge", "fifo", "missing"])
def test_bad_arrays_are_refused(name, tmp_path):
    with pytest.raises((InvalidInput, NotSupported)) as error:
        network_case.load_array(bad_files(tmp_path, name))
    assert "bad.npy" in str(error.value)


@pytest.mark.parametrize("width", ["-1", "many", "1e3", "0", "99999999"])
def test_bad_widths_are_one_line(width, tmp_path, capsys):
    assert command(["certify-network", str(written(tmp_path)), "--width", width]) in (21, 22)
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_violated_bound_is_seen(tmp_path):
    """The claim is made false: the run must notice, at the step where it happens."""
    arrays = network_case.load(written(tmp_path)).arrays()
    result = certify_network(*arrays)
    seen = network_runs.observe(result, arrays)
    assert seen.violation is None
    assert max(seen.x, seen.u) <= 1
    assert seen.stopped < 500
    assert seen.f[-1] <= 1e-20 * seen.f[0] < seen.f[-2]
    claim = json.loads(json.dumps(result.claim))
    claim["statement"] |= {"rate": "1/100", "radii": {"x": "1/1000", "u": "1/1000000"}}
    wrong = network_runs.observe(replace(result, claim=claim), arrays)
    assert wrong.violation is not None
    assert wrong.f[wrong.violation] > wrong.bound[wrong.violation]
    assert (wrong.f[: wrong.violation] <= wrong.bound[: wrong.violation]).all()
    assert min(wrong.x, wrong.u) > 1
    claim["method"] |= {"eta": "10"}
    assert network_runs.observe(replace(result, claim=claim), arrays, steps=50).violation is not None


def test_a_missing_device_is_said_before_the_work(tmp_path, capsys):
    out = tmp_path / "out"
    assert command(["certify-network", str(written(tmp_path)), "--device", "abacus", "-o", str(out)]) == 22
    assert "device='abacus' must be one of" in capsys.readouterr().err
    assert not out.exists()


def test_other_commands_name_the_format(tmp_path, capsys):
    assert command(["certify", str(written(tmp_path))]) == 21
    assert "format='proofcheck-network-case/1' must be" in capsys.readouterr().err


def test_zero_targets_are_said_to_stay(tmp_path, capsys):
    assert command(["certify-network", str(written(tmp_path, GOOD + "target_scale = 0\n"))]) == 0
    assert "f(W(0)) = 0: the run stays at the start" in capsys.readouterr().out


def test_zero_targets_run(tmp_path):
    arrays = network_case.load(written(tmp_path, GOOD + "target_scale = 0\n")).arrays()
    result = certify_network(*arrays)
    assert result.status == "PROVED"
    seen = network_runs.observe(result, arrays, steps=5)
    assert (seen.stopped, seen.violation, seen.f[0]) == (0, None, 0)
