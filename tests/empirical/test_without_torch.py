"""What happens where PyTorch is not installed; these tests run with and without it."""

import pkgutil
import subprocess
import sys

import pytest

from proofcheck.errors import NotSupported


def test_without_pytorch(monkeypatch, command):
    from proofcheck import empirical

    monkeypatch.setattr(empirical.importlib.util, "find_spec", lambda name: None)
    for words in (("validate", "figure1"), ("widths",)):
        code, lines, err = command(*words)
        assert (code, lines, err) == (21, [], ["runs need PyTorch: pip install 'proofcheck[torch]'"])
    monkeypatch.delitem(empirical.__dict__, "networks", raising=False)
    with pytest.raises(NotSupported, match="runs need PyTorch"):
        empirical.networks  # noqa: B018


def test_names():
    from proofcheck import empirical

    assert dir(empirical) == sorted(empirical.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        empirical.nothing  # noqa: B018


def test_no_module_hides_what_it_exports():
    """The import of proofcheck.empirical.NAME binds NAME in the package to the module, once and for all."""
    from proofcheck import empirical

    modules = {info.name for info in pkgutil.iter_modules(empirical.__path__)}
    assert "runs" in modules
    assert not modules & set(empirical.__all__)


def test_another_experiment(command):
    code, _, err = command("validate", "figure2")
    assert (code, err) == (22, ["EXPERIMENT='figure2' must be figure1 or an experiment file (*.toml)"])


def test_the_package_alone_imports_no_torch():
    code = "import sys, proofcheck.empirical; print('torch' in sys.modules or 'sklearn' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "False\n"
