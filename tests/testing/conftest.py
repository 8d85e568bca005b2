"""The functions with known sharp constants."""

import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def instances():
    path = Path(__file__).with_name("instances.py")
    spec = importlib.util.spec_from_file_location("testing_instances", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def _one_thread(request):
    """Small tensors: PyTorch's threads spend more time in waiting than they save."""
    small = request.module.__name__.rpartition(".")[2] in ("test_adapters", "test_partition")
    if not small or importlib.util.find_spec("torch") is None:
        yield
        return
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
