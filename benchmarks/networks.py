"""Batched runs of ReLU networks beside a loop of plain autograd steps: python benchmarks/networks.py [INSTANCES].

Depth 3, n = d0 = 8, 512 networks, Nesterov's momentum. The loop runs a few of them (its time a network is the same
for all), with one thread and with all, of which the faster counts, and must end at the same weights. Two ratios a
width: steps alone, and with f recorded at every step in both.
"""

import platform
import statistics
import sys
import time

import torch

from proofcheck.empirical import networks, orthogonal, run, tuned

FLOORS = {32: 30, 64: 15, 128: 7}
STEPS, SAMPLE, REPEATS = 50, 8, 5


def loop(models, tuning, index, steps, record):
    """One network: the weights after the last step, and f at every step where wanted."""
    inputs, targets = models.inputs[index], models.targets[index]
    eta, beta = float(tuning.eta[index]), float(tuning.beta[index])
    now = [part[index].clone() for part in models.start]
    before, seen = [part.clone() for part in now], []

    def loss(weights):
        layer = inputs
        for weight in weights[:-1]:
            layer = torch.relu(layer @ weight)
        return 0.5 * (layer @ weights[-1] - targets).square().sum()

    for _ in range(steps):
        point = [(p + beta * (p - q)).requires_grad_() for p, q in zip(now, before, strict=True)]
        gradient = torch.autograd.grad(loss(point), point)
        with torch.no_grad():
            before, now = now, [p - eta * g for p, g in zip(point, gradient, strict=True)]
            if record:
                seen.append(loss(now))
    return now, torch.stack(seen) if record else None


def seconds(call):
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def compare(width, count, record):
    models = networks(orthogonal(8, 8), [width, width], seeds=range(count), device="cpu")
    tuning = tuned("nesterov", "classical", models.mu, models.L1, 0.5)
    every = 1 if record else STEPS
    loop(models, tuning, 0, 5, record)
    run(models, [tuning], 5, only_f=True)
    ours, theirs, worst, cores = [], {1: [], torch.get_num_threads(): []}, 0.0, torch.get_num_threads()
    for _ in range(REPEATS):  # in turns, so that whatever else the machine does meets both
        taken, seen = seconds(lambda: run(models, [tuning], STEPS, every=every, only_f=True))
        ours.append(taken / (count * STEPS))
        for turn, index in enumerate(range(0, count, max(1, count // SAMPLE))):
            torch.set_num_threads(cores if turn % 2 else 1)
            taken, (last, values) = seconds(lambda i=index: loop(models, tuning, i, STEPS, record))
            theirs[torch.get_num_threads()].append(taken / STEPS)
            pairs = [(part[0, index], other) for part, other in zip(seen.last, last, strict=True)]
            pairs += [(seen.f[0, index, 1:], values)] if record else []
            worst = max(worst, *(float((a - b).norm() / b.norm()) for a, b in pairs))
        torch.set_num_threads(cores)
    mine, (other, threads) = statistics.median(ours), min((statistics.median(v), k) for k, v in theirs.items() if v)
    label = "f at every step" if record else "steps alone"
    print(
        f"width {width:<4} {label:<16} batched {mine * 1e6:7.2f} us, loop {other * 1e6:7.1f} us a network-step "
        f"({threads} threads): {other / mine:6.1f}x (floor {FLOORS[width]}x), largest relative difference {worst:.1e}",
        flush=True,
    )


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 512
    where = f"{torch.get_num_threads()} threads, PyTorch {torch.__version__}, {platform.machine()}"
    print(f"{count} networks, {STEPS} steps, {where}")
    for width in FLOORS:
        for record in (False, True):
            compare(width, count, record)
