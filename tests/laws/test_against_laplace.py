"""Spreading and constriction against a solution of Laplace's equation (finite volumes, round pellet)."""

import numpy as np
import pytest
import scipy.sparse as sparse
from scipy.sparse.linalg import spsolve

from ionweld.laws.transport import constriction_resistance, spreading_factor


def resistance(r: float, R: float, depth: float, cells: int) -> float:
    """Return the resistance times conductivity (1/m) from a disc of radius r to the whole far face of a cylinder."""
    h = depth / cells
    rings = round(R / h)
    i, j = np.meshgrid(np.arange(rings), np.arange(cells + 1), indexing="ij")
    node = i * (cells + 1) + j
    height = np.where((j == 0) | (j == cells), h / 2, h)
    out, up = i < rings - 1, j < cells
    links = [
        (node[out], node[out] + cells + 1, (2 * np.pi * (i + 1) * height)[out]),
        (node[up], node[up] + 1, (2 * np.pi * (i + 0.5) * h)[up]),
    ]
    rows = np.concatenate([np.concatenate([a, a, b, b]) for a, b, _ in links])
    columns = np.concatenate([np.concatenate([a, b, b, a]) for a, b, _ in links])
    values = np.concatenate([np.concatenate([g, -g, g, -g]) for _, _, g in links])
    laplace = sparse.csr_matrix((values, (rows, columns)), shape=(node.size, node.size))
    potential = np.full(node.size, np.nan)
    potential[node[:, -1]] = 1.0
    potential[node[(np.arange(rings) + 0.5) * h < r, 0]] = 0.0
    free = np.isnan(potential)
    potential[free] = spsolve(laplace[free][:, free].tocsc(), -laplace[free][:, ~free] @ potential[~free])
    return 1.0 / float((laplace @ potential)[node[:, -1]].sum())


def test_the_solver_knows_the_cylinder() -> None:
    assert resistance(1.0, 1.0, 0.5, 20) == pytest.approx(0.5 / np.pi, rel=1e-9)


R_FOIL, R_PELLET, L = 3e-3, 5e-3, 1.153e-3


def test_spreading_towards_a_counter_electrode_over_the_whole_pellet() -> None:
    solved = resistance(R_FOIL, R_PELLET, L, 60) * np.pi * R_FOIL**2 / L
    assert spreading_factor(R_FOIL, 2.0 * L, R_PELLET) == pytest.approx(solved, rel=0.015)


def test_spreading_between_two_equal_discs() -> None:
    """By symmetry the middle plane is at one potential: twice the resistance from one disc to that plane."""
    solved = 2.0 * resistance(R_FOIL, R_PELLET, L / 2, 40) * np.pi * R_FOIL**2 / L
    assert spreading_factor(R_FOIL, L, R_PELLET) == pytest.approx(solved, rel=0.015)


@pytest.mark.parametrize("share", [0.2, 0.4])
def test_constriction_in_the_electrolyte_alone(share: float) -> None:
    """A spot of radius a on a flux tube of radius a/share, contact fraction share^2, minus the tube itself."""
    a, tube = 1.0, 1.0 / share
    depth = 2.0 * tube
    total = resistance(a, tube, depth, round(40 / share)) * np.pi * tube**2
    assert constriction_resistance(share**2, a, 1.0) == pytest.approx(total - depth, rel=0.05)
