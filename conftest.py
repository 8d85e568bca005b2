"""Examples in docstrings that use PyTorch skip where it is missing."""

import importlib.util

import pytest

NEED_TORCH = ("import torch", "from proofcheck.empirical import")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The modules of proofcheck.testing can be imported without PyTorch, and so are collected."""
    if importlib.util.find_spec("torch") is not None:
        return
    for item in items:
        examples = getattr(getattr(item, "dtest", None), "examples", ())
        if any(example.source.startswith(NEED_TORCH) for example in examples):
            item.add_marker(pytest.mark.skip(reason="needs PyTorch"))
