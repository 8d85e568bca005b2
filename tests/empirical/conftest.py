"""Small matrices, one thread: PyTorch's threads spend more time in waiting than they save."""

import pytest


@pytest.fixture(autouse=True)
def _one_thread(request):
    if request.module.__name__.rpartition(".")[2] not in ("test_constants", "test_observed", "test_widths"):
        yield
        return
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
