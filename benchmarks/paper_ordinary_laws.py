"""The four cells of Yu et al. 2021 by the ordinary laws, in place of those that their calibration was made with.

    python benchmarks/paper_ordinary_laws.py [CELLS] [STEPS fit] [fracture=filament ...]

CELLS of each kind, 40 unless said. `3 fit` goes three steps on from FOUND: ten parameters to the eleven rows that the kept
calibration is told, by the same sum of squares with six bare cells of a kind instead of twenty. Without it a law in place
of another is tried as it is, nothing fitted anew. What came of it: docs/concepts/paper_by_the_ordinary_laws.md.
"""

import sys
from dataclasses import replace
from time import process_time

import numpy as np

from ionweld.simulate.mechanisms import ORDINARY
from ionweld.spec.library import assumption
from ionweld.spec.quantity import parse_quantity
from ionweld.study.calibration import problem
from ionweld.study.model import load_study
from ionweld.study.reproduce import target
from ionweld.twin.calibrate import STEP, CalibrationProblem, counted
from ionweld.twin.ensemble import Recipe, run, under

BARE_CELLS = 6
# A film that resists and drives no flaws: a stable interphase (Hood et al. 2016, 10.1021/jacs.5b11851, abstract), no number
FILM = {
    "assumed": "100 ohm*cm^2",
    "range": ["30 ohm*cm^2", "300 ohm*cm^2"],
    "why": "what the first impedance leaves over",
}
USUAL = {"filament_width": 2.5, "vacancy_supersaturation": 3.0}  # fitted about the usual value, with these factors
FOUND = {  # in prior spreads
    "charge_transfer_resistance": -1.55, "vacancy_supersaturation": -1.27, "filament_width": -0.65, "short_growth": 0.03,
    "layer_solid_conductivity": 0.83, "cathode_resistance": -0.09, "usable_fraction": -0.29, "capacity_fade": 0.01,
    "electronic_leak": 0.06, "stack_pressure": -1.17,
}  # fmt: skip
STUDY = load_study("yu2021")


def by_ordinary_laws(laws: tuple[str, ...]) -> CalibrationProblem:
    """Return the problem of the kept calibration with other laws, and the numbers that those need.

    Fitted besides: what diffusion brings back, in the place of the cathode's loading; the width of a filament, in the
    place of its focus.
    """
    settings = STUDY.calibration
    assert settings is not None
    tests = [one.model_copy(update={"members": min(one.members, BARE_CELLS)}) for one in settings.test]
    posed = problem(STUDY, settings.model_copy(update={"test": tests}))
    known = posed.prior
    added = {name: assumption(f"usual_{name}") for name in USUAL} | {"film_resistance": parse_quantity(FILM, "ohm*m^2")}
    left_out = ("cathode_loading", "filament_focus" if "fracture" in laws else "filament_width")
    priors = {name: factor for name, factor in (known.priors | USUAL).items() if name not in left_out}
    prior = replace(
        known,
        mechanisms=laws,
        properties=known.properties | added,
        symbols=known.symbols | {name: name for name in added},
        priors=priors,
    )
    return replace(posed, prior=prior, carried=())


def improved(posed: CalibrationProblem, z: np.ndarray) -> np.ndarray:
    """Return z after one damped step of Gauss and Newton, or as it is where that leads no further down."""
    low, high = posed.bounds()
    steps, known = STEP * np.eye(z.size), posed.residuals(z)
    slopes = np.array([posed.residuals(z + one) - posed.residuals(z - one) for one in steps]).T / (2 * STEP)
    for damping in (0.5, 4.0, 20.0):
        step = np.linalg.solve(slopes.T @ slopes + damping * np.eye(z.size), -slopes.T @ known)
        there = np.clip(z + step, low, high)
        if np.sum(posed.residuals(there) ** 2) < np.sum(known**2):
            return there
    return z


def show_fit(posed: CalibrationProblem, z: np.ndarray) -> None:
    """Print the parameters, and how far each told row is off (sigma)."""
    for name, one in zip(posed.names, z.tolist(), strict=True):
        print(f"  {name:28s} {posed.entry(z).quantity(name).text:24s} {one:+.2f} prior spreads")
    distances = posed.distances(z)
    for row, off in zip(posed.rows, distances.tolist(), strict=True):
        print(f"  {row.id:32s} {counted(row, off):+.2f} sigma")
    print(f"  cost: rows {np.sum(posed.counted(distances) ** 2):.2f}, priors {np.sum(z**2):.2f}")


def show_rows(posed: CalibrationProblem, z: np.ndarray, cells: int) -> None:
    """Print each number of the paper beside the median and the 5-95 % band of so many cells."""
    parameters, members = posed.entry(z), {}
    for test in STUDY.tests:
        recipe = under(Recipe(f"{STUDY.name}/{test.name}", *STUDY.described(test), parameters), parameters)
        ensemble = run(recipe, cells, map, lambda: None)
        members[test.name] = (ensemble.members, ensemble.members)
    asked = [one for one in STUDY.targets() if STUDY.observable(str(one.observable)).test in members]
    rows = [target(STUDY, number, members, None) for number in asked]
    for row in rows:
        band = f"[{row.chance_low:.4g} to {row.chance_high:.4g}]"
        print(f"  {row.id:28s} {row.role:10s} {row.paper:7.4g} {row.relation} {row.twin:7.4g} {band:20s}", row.holds)
    print(f"  {sum(row.holds for row in rows)} of {len(rows)} hold")


def main(arguments: list[str]) -> None:
    """Print the fit and the rows."""
    cells = next((int(one) for one in arguments if one.isdigit()), 40)
    steps = int(arguments[arguments.index("fit") - 1]) if "fit" in arguments else 0
    instead = dict(one.split("=") for one in arguments if "=" in one)
    posed = by_ordinary_laws(tuple(instead.get(name, name) for name in ORDINARY))
    z = np.array([FOUND.get(name, 0.0) for name in posed.names])
    for _ in range(steps):
        z = improved(posed, z)
        print(dict(zip(posed.names, z.round(2).tolist(), strict=True)), flush=True)
    show_fit(posed, z)
    show_rows(posed, z, cells)
    print(f"  {process_time():.0f} s of CPU")


if __name__ == "__main__":
    main(sys.argv[1:])
