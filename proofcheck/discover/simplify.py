"""Shorter certificates for every q: a smaller constant, fewer multipliers, lower degrees, rounder numbers.

Each step adds an exact equation to the program and keeps it if enough of the margin is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import comb

import numpy as np

from proofcheck.discover.elimination import CONSTANT, Equalities, Row
from proofcheck.discover.parametric_program import Solution
from proofcheck.discover.theorem_search import TheoremSearch

SHARE = 0.4  # of the margin that a step has to leave
WORK = 35_000_000  # of the program: about half a minute
ROUND = (1, 2, 4, 10, 20, 100)
TINY = 1e-12
NICE = tuple(Fraction(n, d) for n, d in ((1, 1), (9, 8), (5, 4), (3, 2), (7, 4), (2, 1), (5, 2), (3, 1), (4, 1), (5, 1),
                                         (6, 1), (8, 1), (10, 1), (12, 1), (16, 1), (20, 1)))  # fmt: skip


@dataclass
class State:
    """A search with its equations, their solution and the margin."""

    search: TheoremSearch
    equalities: Equalities
    solution: Solution


def attempt(state: State, rows: list[Row], floor: float) -> State | None:
    """The state with more equations, if the margin stays above the floor and not too much work was done before.

    Else everything is as before.
    """
    search = state.search
    if search.program.work > WORK:
        return None
    saved = search.program.save()
    search.program.equations += rows
    extended = state.equalities.copy()
    consistent = all(extended.add(row) for row in rows)
    equalities = search.program.settle(extended) if consistent else None
    if equalities is not None:
        solution = search.solve(equalities)
        if solution.margin >= floor:
            return State(search, equalities, solution)
    search.program.restore(saved)
    return None


def simplified(state: State) -> State:
    """Apply all steps."""
    state.search.program.thin()
    state = smaller_constant(state)
    margin = state.solution.margin
    state = fewer_multipliers(state, SHARE * margin)
    state = lower_degrees(state, SHARE**2 * margin)
    return round_numbers(state, SHARE**3 * margin)


def smaller_constant(state: State) -> State:
    """Fix the constant at the smallest nice value that leaves a share of the margin."""
    program = state.search.program
    if "K" not in program.first:
        return state
    j = program.first["K"]
    cost = np.zeros(program.size)
    cost[j] = 1.0
    least = state.search.solve(state.equalities, cost=cost, floor=SHARE * state.solution.margin)
    for value in NICE:
        if least.z.size and float(value) >= least.z[j]:
            found = attempt(state, [{j: Fraction(1), CONSTANT: -value}], 0.9 * SHARE * state.solution.margin)
            if found is not None:
                return found
    return state


def fewer_multipliers(state: State, floor: float) -> State:
    """Drop multipliers, the smallest first: many at once, then one by one."""
    program = state.search.program
    sizes = np.abs(state.solution.z)
    names = [name for name, unknown in program.unknowns.items() if unknown.nonnegative]
    left = sorted(names, key=lambda name: float(sizes[program.columns(name)].max()))
    chunk = max(len(left) // 2, 1)
    while left:
        rows: list[Row] = [{j: Fraction(1)} for name in left[:chunk] for j in program.columns(name)]
        found = attempt(state, rows, floor)
        state = found or state
        if found is not None or chunk == 1:
            left = left[chunk:]
        chunk = max(1, min(chunk if found is not None else chunk // 2, len(left)))
    return state


def lower_degrees(state: State, floor: float) -> State:
    """Lower the degree of every function while the margin allows it."""
    program = state.search.program
    for name, unknown in program.unknowns.items():
        columns = program.columns(name)
        if not np.abs(state.solution.z[columns]).max() > 0 or name == "K":
            continue
        for degree in reversed(range(1, len(columns))):
            row = _power(columns, degree) if unknown.nonnegative else {columns[degree]: Fraction(1)}
            lower = attempt(state, [row], floor)
            if lower is None:
                break
            state = lower
    return state


def round_numbers(state: State, floor: float) -> State:
    """Fix the coefficients of the powers of q one by one at numbers with small denominators."""
    program, anchor = state.search.program, state.solution.margin
    for name, unknown in program.unknowns.items():
        columns = program.columns(name)
        for degree in range(len(columns)):
            row = _power(columns, degree) if unknown.nonnegative else {columns[degree]: Fraction(1)}
            if not state.equalities.reduce(row).keys() - {CONSTANT}:
                continue
            state = _nudged(state, row, floor)
            if state.solution.margin < 0.5 * anchor:
                state = attempt(state, [], floor) or state
                anchor = state.solution.margin
    return state


def _nudged(state: State, row: Row, floor: float) -> State:
    """The linear form `row` at the simplest number near its value that leaves a margin of `floor` on the grid."""
    value = sum(float(x) * state.solution.z[j] for j, x in row.items())
    for denominator in ROUND:
        goal = Fraction(round(value * denominator), denominator)
        extended = state.equalities.copy()
        if not extended.add({**row, CONSTANT: -goal}):
            continue
        z = extended.filled(state.solution.z)
        signs = z[state.search.program.nonnegative]
        margin = state.search.program.worst(z)[0] if signs.min(initial=0.0) > -TINY else -1.0
        if margin >= floor:
            return State(state.search, extended, Solution("rounded", margin, z))
    return state


def _power(columns: list[int], degree: int) -> Row:
    """The coefficient of q^degree in terms of the Bernstein coefficients."""
    full = len(columns) - 1
    factor = comb(full, degree)
    return {columns[i]: Fraction((-1) ** (degree - i) * comb(degree, i) * factor) for i in range(degree + 1)}
