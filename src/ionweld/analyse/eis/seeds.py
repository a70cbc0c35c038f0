"""Start values for any circuit, without the user: shapes on a grid, amplitudes in closed form.

The impedance of each term of the outermost series is an amplitude times a shape, whatever is inside the term:
multiplying every R, L by a and dividing every C, Q by a multiplies Z by a. So each term gets a library of shapes
(time constants from a decade below to a decade above the window, exponents, inner ratios); for each combination of
shapes the amplitudes follow from small linear least-squares problems (variable projection), all solved at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from ionweld.analyse.eis.problem import Complex, FitProblem, Real
from ionweld.numerics.small_systems import solve_many
from ionweld.spec.circuit import Branch, Circuit, Leaf, Node, compile_tree
from ionweld.spec.circuit.elements import SCALING

Index = NDArray[np.intp]

_TIMES_PER_DECADE = 2.2
_BEYOND_WINDOW = 10.0  # a decade on either side
_EXPONENTS = (0.92, 0.75)
_LONE_EXPONENTS = (0.95, 0.75, 0.5)
_DRAWS = 80  # shapes of a term with more than one time constant or an inner ratio
_RATIO_DECADES = 1.5
_MOST_COMBINATIONS = 8000
_RIDGE = 1e-9


@dataclass(frozen=True, slots=True)
class ShapeLibrary:
    """Shapes of one term: logarithms of its slots (l, s), its impedance (l, n), and which shapes share their times."""

    slots: tuple[int, ...]
    logs: Real
    columns: Complex
    cells: Index
    kind: str


def starts(problem: FitProblem, wanted: int, times: Sequence[float] = ()) -> Real:
    """Return up to `wanted` distinct starts as logarithms of the unknowns, shape (k, p), best first.

    times: time constants (s) that another method, such as the distribution of relaxation times, found; the arcs
    are also tried there.
    """
    window = (1 / (_BEYOND_WINDOW * problem.omega.max()), _BEYOND_WINDOW / problem.omega.min())
    count = int(np.ceil(_TIMES_PER_DECADE * np.log10(window[1] / window[0])))
    grid = np.geomspace(*window, count)
    found = _best_cells(problem, [_library(problem, term, grid) for term in range(len(problem.circuit.terms))], wanted)
    if len(times):
        peaks = np.sort(np.asarray(times, float))
        libraries = [_library(problem, term, peaks) for term in range(len(problem.circuit.terms))]
        found = np.vstack([found, _best_cells(problem, libraries, 2)])
    return np.clip(found, problem.lower, problem.upper)


def _bare(node: Node) -> Node:
    """Return the tree without its fixed and shared parameters, so that a term stands for itself."""
    if isinstance(node, Leaf):
        return replace(node, settings=())
    return Branch(node.kind, tuple(_bare(child) for child in node.children))


def shape_kind(node: Node) -> str:
    """Return the structure of a term without its labels: terms of one structure can be exchanged."""
    if isinstance(node, Leaf):
        return node.element.symbol
    return f"{node.kind}({','.join(shape_kind(child) for child in node.children)})"


def _library(problem: FitProblem, term: int, grid: Real) -> ShapeLibrary:
    whole, tree = problem.circuit, problem.circuit.tree.children[term]
    alone = compile_tree(whole.text, Branch("series", (_bare(tree),)))
    slots = whole.terms[term]
    fixed = [whole.slots[slot].fixed for slot in slots]
    logs, cells = _shapes(alone, fixed, grid)
    return ShapeLibrary(slots, logs, alone.impedance(problem.omega, logs), cells, shape_kind(tree))


def _shapes(alone: Circuit, fixed: Sequence[float | None], grid: Real) -> tuple[Real, Index]:
    """Return logarithms of the term's slots at an amplitude of one, and the cell (set of times) of each shape."""
    kinds = alone.kinds
    timed = [i for i, kind in enumerate(kinds) if kind in ("siemens", "inductance", "diffusion", "time")]
    exponents = [i for i, kind in enumerate(kinds) if kind == "exponent"]
    resistors = [i for i, kind in enumerate(kinds) if kind == "ohm"]
    if not resistors:
        timed = timed[1:]  # the first one is the amplitude
    ratios = resistors[1:]
    if not timed and not ratios:
        choice = np.array(list(product(_LONE_EXPONENTS, repeat=len(exponents))), float)
        times, inner, cells = np.ones((len(choice), 0)), np.ones((len(choice), 0)), np.zeros(len(choice), np.intp)
    elif len(timed) == 1 and not ratios and len(exponents) <= 1:
        powers = _EXPONENTS if exponents else (1.0,)
        times = np.tile(grid, len(powers))[:, None]
        choice = np.repeat(powers, len(grid))[:, None][:, : len(exponents)]
        inner, cells = np.ones((len(times), 0)), np.tile(np.arange(len(grid)), len(powers))
    else:
        draws = _spread(_DRAWS * (len(timed) + len(ratios)), len(timed) + len(ratios) + len(exponents))
        times = grid[0] * (grid[-1] / grid[0]) ** draws[:, : len(timed)]
        inner = 10 ** (_RATIO_DECADES * (2 * draws[:, len(timed) : len(timed) + len(ratios)] - 1))
        choice = 0.55 + 0.45 * draws[:, len(timed) + len(ratios) :]
        cells = np.arange(len(draws))
    return _assemble(alone, fixed, (timed, times), (ratios, inner), (exponents, choice)), cells


def _spread(count: int, dimensions: int) -> Real:
    """Return points that fill the unit cube evenly (additive recurrence with the generalised golden ratio)."""
    golden = 1.5
    for _ in range(40):
        golden = (1 + golden) ** (1 / (dimensions + 1))
    steps = golden ** -np.arange(1, dimensions + 1)
    return (0.5 + np.outer(np.arange(1, count + 1), steps)) % 1.0


def _assemble(
    alone: Circuit,
    fixed: Sequence[float | None],
    times: tuple[list[int], Real],
    ratios: tuple[list[int], Real],
    exponents: tuple[list[int], Real],
) -> Real:
    """Return the logarithms of all slots; a time becomes a C, Q, L or A beside one ohm."""
    logs = np.zeros((len(exponents[1]), len(alone.names)))
    logs[:, ratios[0]] = np.log(ratios[1])
    logs[:, exponents[0]] = np.log(exponents[1])
    for place, value in enumerate(fixed):
        if value is not None and alone.kinds[place] in ("exponent", "time"):
            logs[:, place] = np.log(value)
    for column, place in enumerate(times[0]):
        logs[:, place] = _per_ohm(alone, place, logs) * np.log(times[1][:, column])
    for place, value in enumerate(fixed):
        if value is not None and alone.kinds[place] == "time":
            logs[:, place] = np.log(value)
    return logs


def _per_ohm(alone: Circuit, place: int, logs: Real) -> Real | float:
    """Return the power of the time constant that makes this parameter, beside one ohm: Q = tau^n, A = tau^-1/2."""
    if alone.kinds[place] == "diffusion":
        return -0.5
    power = alone.names[place].split(".")[0] + ".n"
    return np.exp(logs[:, alone.index(power)]) if power in alone.names else 1.0


def _best_cells(problem: FitProblem, libraries: Sequence[ShapeLibrary], wanted: int) -> Real:
    """Return the best combination of each of the best `wanted` cells, as logarithms of the unknowns."""
    picks = _combinations(libraries)
    if not len(picks):
        return np.empty((0, len(problem.circuit.names)))
    amplitudes, cost = _amplitudes(problem, libraries, picks)
    order = np.argsort(cost)
    cells = np.column_stack([library.cells[picks[:, i]] for i, library in enumerate(libraries)])[order]
    code = np.ravel_multi_index(tuple(cells.T), tuple(int(library.cells.max()) + 1 for library in libraries))
    first = np.sort(np.unique(code, return_index=True)[1])[:wanted]
    best = order[first]
    return _unknowns(problem.circuit, libraries, picks[best], amplitudes[:, best])


def _combinations(libraries: Sequence[ShapeLibrary]) -> Index:
    """Return index tuples into the libraries, (c, m); exchangeable terms in rising order of their times only."""
    sizes = [len(library.logs) for library in libraries]
    total = int(np.prod([float(size) for size in sizes]))
    like = [
        pair
        for kind in dict.fromkeys(library.kind for library in libraries)
        for pair in pairwise([i for i, library in enumerate(libraries) if library.kind == kind])
    ]
    if total <= 20 * _MOST_COMBINATIONS:
        picks = np.indices(sizes).reshape(len(sizes), -1).T
    else:
        picks = (_spread(20 * _MOST_COMBINATIONS, len(sizes)) * sizes).astype(np.intp)
    for left, right in like:
        if libraries[left].cells.max() > 0:
            picks = picks[libraries[left].cells[picks[:, left]] < libraries[right].cells[picks[:, right]]]
    if len(picks) <= _MOST_COMBINATIONS:
        return picks
    # thinned at random: even steps could drop all shapes of one term
    return picks[np.sort(np.random.default_rng(0).choice(len(picks), _MOST_COMBINATIONS, False))]


def _amplitudes(problem: FitProblem, libraries: Sequence[ShapeLibrary], picks: Index) -> tuple[Real, Real]:
    """Return the least-squares amplitudes (m, c), made positive, and the weighted cost (c,) of each combination."""
    columns = (np.vstack([library.columns for library in libraries]) * problem.weights).view(float)
    scale = np.sqrt(np.einsum("ln,ln->l", columns, columns))
    columns /= scale[:, None]
    data = (problem.Z * problem.weights).view(float)
    gram, right = columns @ columns.T, columns @ data
    first = np.cumsum([0, *[len(library.logs) for library in libraries[:-1]]])
    rows = (picks + first).T
    matrix = gram[rows[:, None, :], rows[None, :, :]]
    matrix[np.arange(len(rows)), np.arange(len(rows))] += _RIDGE
    solution = solve_many(matrix, right[rows])
    floor = 1e-3 * np.abs(solution).max(axis=0)
    solution = np.maximum(solution, floor)
    cost = (
        data @ data
        + np.einsum("ik,ijk,jk->k", solution, matrix, solution)
        - 2 * np.einsum("ik,ik->k", solution, right[rows])
    )
    return solution / scale[rows], cost


def _unknowns(circuit: Circuit, libraries: Sequence[ShapeLibrary], picks: Index, amplitudes: Real) -> Real:
    """Return logarithms of the unknowns: shapes scaled by their amplitudes, shared ones averaged."""
    sums, counts = np.zeros((len(picks), len(circuit.names))), np.zeros(len(circuit.names))
    for term, library in enumerate(libraries):
        for column, slot in enumerate(library.slots):
            bound = circuit.slots[slot]
            if bound.free is not None:
                power = SCALING[bound.kind]
                sums[:, bound.free] += library.logs[picks[:, term], column] + power * np.log(amplitudes[term])
                counts[bound.free] += 1
    return sums / counts
