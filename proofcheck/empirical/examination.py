"""One group of instances: run, traced, and every inequality looked at; the result is plain data. OBSERVED."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from contextlib import nullcontext
from math import log
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from proofcheck.discover.candidate import Progress, silent
from proofcheck.empirical.additive import AdditiveModels
from proofcheck.empirical.bounds import Bound, at
from proofcheck.empirical.checks import Check, Constants, assumptions
from proofcheck.empirical.devices import one_thread
from proofcheck.empirical.experiment import Assumed, Rule
from proofcheck.empirical.given import complete, known
from proofcheck.empirical.groups import InstanceGroup
from proofcheck.empirical.paper import descent_checks, descent_premises, nesterov_checks, paper_premises
from proofcheck.empirical.proved import fitted_rate, premises, promise, start_checks, theorem_checks
from proofcheck.empirical.relu_networks import Networks
from proofcheck.empirical.runs import run
from proofcheck.empirical.trace import Trace, trace
from proofcheck.empirical.tunings import tuned

SMALL = 2**24  # bytes of an instance, below which threads cost more than they save
QUANTITIES = ("f", "dx2", "du2")
Record = dict[str, Any]


def examine(
    group: InstanceGroup,
    rules: Sequence[Rule],
    steps: int,
    bounds: Sequence[Bound],
    assumed: Assumed,
    device: str,
    checkpoint: Path | None = None,
    progress: Progress = silent,
) -> Record:
    """Run one group with every tuning and check it.

    Returns
    -------
    dict
        Plain data: `checks` and `rates` are rows of tables, `curves` and `slacks` are for plots.
    """
    models = group.build(device)
    with one_thread() if models.bytes_each < SMALL else nullcontext():
        return _examine(models, group, rules, steps, bounds, assumed, checkpoint, progress)


def _examine(
    models: AdditiveModels | Networks,
    group: InstanceGroup,
    rules: Sequence[Rule],
    steps: int,
    bounds: Sequence[Bound],
    assumed: Assumed,
    checkpoint: Path | None,
    progress: Progress,
) -> Record:
    device = models.device
    about = [[bound for bound in bounds if bound.is_about(rule.method, rule.tuning)] for rule in rules]
    before = [known(models, rule, found, assumed) for rule, found in zip(rules, about, strict=True)]
    tunings = [
        dataclasses.replace(tuned(r.method, r.tuning, b.mu.to(device), b.L1.to(device), r.c), label=r.label)
        for r, b in zip(rules, before, strict=True)
    ]
    whole = run(models, tunings, steps, checkpoint=checkpoint)
    record: Record = {
        "label": group.label, "kind": group.kind, "widths": list(group.widths), "seeds": list(group.seeds),
        "steps": steps, "checks": [], "rates": [], "curves": {}, "slacks": {},
    }  # fmt: skip
    for number, (rule, tuning) in enumerate(zip(rules, tunings, strict=True)):

        def share(message: str, fraction: float, done: int = number) -> None:
            progress(message, (done + fraction) / len(rules))

        f, seen = whole.f[number], trace(models, tuning, steps, progress=share)
        given = complete(before[number], rule, tuning, seen, assumed)
        found = _checks(rule, seen, f, given, about[number])
        for check, words in found:
            for row, seed in enumerate(group.seeds):
                record["checks"].append(_row(check, words[row], row, seed, rule, given))
        _rates(record, rule, f, given, about[number], found, whole.verdicts[number])
        values = {name: getattr(whole, name)[number] for name in QUANTITIES}
        record["curves"][rule.label] = _curves(values, given, about[number])
        record["slacks"][rule.label] = [_slack(check) for check, _ in found if check.slack.shape[1] > 1]
    return record


def _checks(
    rule: Rule, seen: Trace, f: Tensor, given: Constants, about: Sequence[Bound]
) -> list[tuple[Check, list[str]]]:
    """Every check with its premise for each instance."""
    first = assumptions(seen, given)
    broken = [
        sorted({c.name.partition(":")[0] for c in first if c.kind == "assumption" and c.finding(row).violations})
        for row in range(len(f))
    ]
    whole = [f"{', '.join(failed)} fails" if failed else "applies" for failed in broken]
    found = [(check, whole if check.kind == "paper" else ["assumed"] * len(f)) for check in first]
    for bound in about:
        words = premises(bound, seen, given, broken)
        found += [(check, words) for check in theorem_checks(bound, seen, f, given)]
        found += [(check, ["assumed"] * len(f)) for check in start_checks(bound, seen, given)]
    if rule.method == "nesterov":
        printed = nesterov_checks(seen, f, given)
        words = paper_premises(given, printed, rule.tuning, broken)
        found += [(check, ["assumed"] * len(f) if check.kind == "condition" else words) for check in printed]
    else:
        words = descent_premises(given, broken)
        found += [(check, words) for check in descent_checks(f, given)]
    return found


def _row(check: Check, premise: str, row: int, seed: int, rule: Rule, given: Constants) -> Record:
    found = check.finding(row)
    return {
        "seed": seed, "tuning": rule.label, "kind": check.kind, "check": check.name, "theorem": check.theorem,
        "premise": premise, "word": _word(check, found.word), "checked": found.checked, "smallest_slack": found.slack,
        "at_k": found.at, "left": found.left, "right": found.right, "left_over_right": found.size,
        "violations": found.violations, "first_violation": found.first_violation, "constants": given.origin[row],
    }  # fmt: skip


def _word(check: Check, word: str) -> str:
    """A condition is met or not; what follows from it holds or is violated."""
    return {"violated": "not met", "holds": "met"}.get(word, word) if check.kind == "condition" else word


def _rates(
    record: Record, rule: Rule, f: Tensor, given: Constants, about: Sequence[Bound],
    found: Sequence[tuple[Check, list[str]]], verdicts: Sequence[str],
) -> None:  # fmt: skip
    """Actual and proved rate of every instance; one row for each theorem, or one without."""
    theorems: list[Bound | None] = [*about] or [None]
    for row, seed in enumerate(record["seeds"]):
        numbers = {key: float(getattr(given, key)[row]) for key in ("mu", "L1", "G1", "G2", "kappa", "tau", "q")}
        actual = fitted_rate(f[row])
        shared = {
            "seed": seed, "tuning": rule.label, "c": rule.c, **numbers, "verdict": verdicts[row],
            "f_0": float(f[row, 0]), "f_N": float(f[row, -1]), "actual_rate": actual, "constants": given.origin[row],
        }  # fmt: skip
        for bound in theorems:
            theorem: Record = {
                "theorem": "",
                "theorem_tau": "",
                "premise": "",
                "proved_rate": None,
                "constant": None,
                "ratio": None,
            }
            if bound is not None:
                q = given.q[row : row + 1]
                rate, constant = float(at(bound.rate, q)), float(at(bound.constant, q))
                premise = next(words[row] for check, words in found if check.theorem == bound.name)
                theorem |= {
                    "theorem": bound.name,
                    "theorem_tau": str(bound.tau),
                    "premise": premise,
                    "proved_rate": rate,
                    "constant": constant,
                }
                if actual is not None and actual > 0 and 0 < rate < 1:
                    theorem["ratio"] = log(actual) / log(rate)
            record["rates"].append({**shared, **theorem})


def _curves(values: dict[str, Tensor], given: Constants, about: Sequence[Bound]) -> Record:
    """Mean and standard deviation of f and the squared steps; per instance the largest f_k / (C rho^k f_0) matters."""
    curves: Record = {}
    for name, rows in values.items():
        spread, least = rows.std(dim=0, correction=0), rows.amin(dim=0)
        curves[name] = {"mean": _plain(rows.mean(dim=0)), "std": _plain(spread), "least": _plain(least)}
    relative = values["f"] / values["f"][:, :1]
    curves["relative"] = {"low": _plain(relative.amin(dim=0)), "high": _plain(relative.amax(dim=0))}
    curves["bounds"] = {
        bound.name: _plain((promise(bound, given, values["f"]) / values["f"][:, :1]).amax(dim=0)) for bound in about
    }
    return curves


def _slack(check: Check) -> Record:
    """The smallest slack over the instances for each k."""
    slack = torch.nan_to_num(check.slack, nan=torch.inf).amin(dim=0)
    return {
        "kind": check.kind,
        "check": check.name,
        "theorem": check.theorem,
        "first": check.first,
        "slack": _plain(slack),
    }


def _plain(values: Tensor) -> list[float | None]:
    return [value if value - value == 0 else None for value in values.tolist()]
