"""Pattern fits: a real mixture, simulated samples of known composition, intervals, limits, and honest refusals."""

from dataclasses import replace

import numpy as np
import pytest
from data_files import real_file

from ionweld.analyse.xrd import XrdResult, fit_pattern
from ionweld.errors import InputError
from ionweld.measurement.pattern import Radiation
from ionweld.numerics.limits import correlated_misfit, upper_limit
from ionweld.read.cif import read_cif
from ionweld.read.xrd import read_diffractogram
from ionweld.simulate.xrd import Diffractometer, PhaseAmount, diffractogram
from ionweld.spec.crystal import Phase, Site, library_names, library_phase

CU = Radiation(1.540593, 1.544414, 0.5, "given: Cu")
LIBRARY = [library_phase(name) for name in library_names()]
# Pyrolusite: the DFT cell of the set that the real pattern's authors match against.
MNO2 = Phase(
    name="MnO2",
    lattice="tetragonal",
    cell=(4.397, 4.397, 2.869, 90.0, 90.0, 90.0),
    sites=(
        *(Site("Mn4+", place, 1.0, 1.0) for place in ((0.5, 0.5, 0.5), (0.0, 0.0, 0.0))),
        *(Site("O2-", place, 1.0, 1.0) for place in ((0.195, 0.805, 0.5), (0.805, 0.195, 0.5))),
        *(Site("O2-", place, 1.0, 1.0) for place in ((0.305, 0.305, 0.0), (0.695, 0.695, 0.0))),
    ),
    cell_tolerance=0.02,
    status="given",
    source="computed cell, njszym/XRD-AutoAnalyzer, Example/References/MnO2_136.cif",
)


def by_name(result: XrdResult) -> dict:
    return {item.phase: item for item in result.phases}


def cubic(a: float) -> tuple[float, float, float, float, float, float]:
    return (a, a, a, 90.0, 90.0, 90.0)


def test_a_real_mixture_shows_its_two_phases_and_no_other():
    pattern = read_diffractogram(real_file("xrd/Mn2O3_LiF.xy"), CU)
    files = [read_cif(real_file(f"xrd/{name}.cif")) for name in ("Mn2O3_206", "LiF_225", "MnO_225")]
    result = fit_pattern(pattern, [*files, MNO2])
    found = by_name(result)
    assert [name for name, item in found.items() if item.present] == ["Mn2O3_206", "LiF_225"]
    lif = found["LiF_225"]
    assert lif.cell_angstrom[0] == pytest.approx(4.026, abs=0.01)
    assert abs(lif.cell_angstrom[0] - 4.026) < 1.96 * lif.cell_stderr[0] < 0.01
    assert found["MnO_225"].upper_limit_95 < 0.02
    assert found["MnO2"].upper_limit_95 < 0.05
    assert result.quality.verdict in ("good", "usable")
    assert any("28.69" in warning for warning in result.warnings)  # a real line that neither phase explains


def test_a_real_pattern_of_something_else_gives_no_confident_match():
    for name in ("rigaku.rasx", "panalytical_scan.xrdml"):
        result = fit_pattern(read_diffractogram(real_file(f"xrd/{name}")), LIBRARY)
        assert result.quality.verdict == "no confident match"
        assert not any(item.present for item in result.phases)
        assert all(item.upper_limit_95 is None for item in result.phases)


def test_without_a_wavelength_there_is_no_fit():
    pattern = replace(diffractogram([PhaseAmount(LIBRARY[0], 1.0)], Diffractometer(), 1), radiation=None)
    with pytest.raises(InputError, match="--wavelength Cu"):
        fit_pattern(pattern, LIBRARY)


def test_a_mixture_is_taken_apart():
    parts = {"Li2OHCl": 0.55, "LiOH": 0.25, "LiCl": 0.2}
    sample = [PhaseAmount(library_phase(name), share) for name, share in parts.items()]
    instrument = Diffractometer(displacement_deg=0.08, zero_deg=-0.005, peak_counts=4000.0)
    found = by_name(fit_pattern(diffractogram(sample, instrument, 3), LIBRARY))
    assert {name for name, item in found.items() if item.present} == set(parts)
    for name, share in parts.items():
        assert found[name].fraction == pytest.approx(share, abs=4 * found[name].fraction_stderr)
        assert found[name].fraction_stderr < 0.02
        assert found[name].cell_angstrom[0] == pytest.approx(library_phase(name).cell[0], abs=2e-3)


@pytest.mark.parametrize(
    ("cell", "is_cubic"),
    [
        (cubic(3.905), True),
        ((3.87, 4.0, 3.875, 90.0, 90.0, 90.0), False),
        ((3.90, 3.92, 3.91, 90.0, 90.0, 90.0), False),
    ],
)
def test_cubic_or_orthorhombic(cell, is_cubic):
    pattern = diffractogram([PhaseAmount(LIBRARY[0], 1.0, cell)], Diffractometer(displacement_deg=0.03), 5)
    result = fit_pattern(pattern, LIBRARY[:2])
    assert (result.cubic_odds > 1.0) == is_cubic
    found = by_name(result)["Li2OHCl"]
    assert sorted(found.cell_angstrom) == pytest.approx(sorted(cell[:3]), abs=2e-3)
    assert found.lattice == ("cubic" if is_cubic else "orthorhombic")


def test_three_percent_of_lioh_is_below_the_limit_of_a_quick_scan():
    """Beside the strongest line of Li2OHCl and under the Kapton hump; infrared sees it (tests/ftir)."""
    sample = [PhaseAmount(LIBRARY[0], 0.97), PhaseAmount(library_phase("LiOH"), 0.03)]
    for seed in range(2):
        found = by_name(fit_pattern(diffractogram(sample, Diffractometer(texture=0.05), seed), LIBRARY))["LiOH"]
        assert not found.present
        assert found.upper_limit_95 > 0.03


def test_intervals_hold_the_truth():
    """A smaller version of benchmarks/xrd_coverage.py (1200 intervals there)."""
    held = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        share = rng.uniform(0.2, 0.5)
        sample = [
            PhaseAmount(LIBRARY[0], 1.0 - share, cubic(3.91 * (1 + rng.uniform(-0.01, 0.01)))),
            PhaseAmount(library_phase("LiCl"), share),
        ]
        instrument = Diffractometer(displacement_deg=rng.normal(0, 0.05), zero_deg=rng.normal(0, 0.01))
        found = by_name(fit_pattern(diffractogram(sample, instrument, seed), [LIBRARY[0], library_phase("LiCl")]))
        for part in sample:
            item, cell = found[part.phase.name], part.cell or part.phase.cell
            held.append(abs(item.cell_angstrom[0] - cell[0]) < 1.96 * item.cell_stderr[0])
            held.append(abs(item.fraction - part.mass_fraction) < 1.96 * item.fraction_stderr)
    assert sum(held) >= len(held) - 3  # 16 intervals of 95 %: four or more misses have a chance of 1 in 140


def test_simulated_patterns_repeat_with_their_seed_and_differ_without():
    one, same, other = (diffractogram([PhaseAmount(LIBRARY[0], 1.0)], Diffractometer(), seed) for seed in (1, 1, 2))
    assert np.array_equal(one.counts, same.counts)
    assert one.provenance == same.provenance
    assert not np.array_equal(one.counts, other.counts)


def test_an_empty_sample_matches_nothing():
    result = fit_pattern(diffractogram([], Diffractometer(), 1), LIBRARY[:3])
    assert result.quality.verdict == "no confident match"


def odd(name: str) -> tuple[np.ndarray, np.ndarray]:
    x, rng = np.linspace(10.0, 80.0, 700), np.random.default_rng(0)
    return {
        "no line in range": (np.linspace(5.0, 12.0, 300), rng.poisson(50.0, 300) * 1.0),
        "constant": (x, np.full(700, 100.0)),
        "a single count": (x, np.eye(1, 700, 200)[0]),
        "a spike": (x, 10.0 + 1e6 * np.eye(1, 700, 200)[0]),
        "almost no counts": (x, rng.poisson(0.1, 700) * 1.0),
        "a comb": (x, np.where(np.arange(700) % 40 < 3, 5000.0, 10.0)),
        "fifty points": (x[::14], rng.poisson(50.0, 50) * 1.0),
        "up to 180 degrees": (np.linspace(0.0, 180.0, 700), rng.poisson(50.0, 700) * 1.0),
    }[name]


@pytest.mark.parametrize(
    "name",
    ["no line in range", "constant", "a single count", "a spike", "almost no counts", "a comb", "fifty points",
     "up to 180 degrees"],
)  # fmt: skip
def test_odd_patterns_match_nothing_and_break_nothing(name):
    x, counts = odd(name)
    pattern = replace(diffractogram([], Diffractometer(), 1), two_theta_deg=x, counts=counts)
    result = fit_pattern(pattern, LIBRARY[:3])
    assert result.quality.verdict == "no confident match"
    assert all(item.upper_limit_95 is None for item in result.phases)


def test_rates_instead_of_counts_give_errors_of_the_same_size():
    pattern = diffractogram([PhaseAmount(LIBRARY[0], 1.0)], Diffractometer(), 7)
    scaled = replace(pattern, counts=pattern.counts * 0.0123, counts_are="intensity")
    one, two = (by_name(fit_pattern(item, LIBRARY[:1]))["Li2OHCl"] for item in (pattern, scaled))
    assert two.cell_angstrom[0] == pytest.approx(one.cell_angstrom[0], abs=2e-4)
    assert two.cell_stderr[0] == pytest.approx(one.cell_stderr[0], rel=0.3)


def test_upper_limit_is_a_gaussians_when_zero_is_far_and_never_negative():
    assert upper_limit(10.0, 1.0) == pytest.approx(10.0 + 1.6449, abs=1e-3)
    assert upper_limit(0.0, 1.0) == pytest.approx(1.95996, abs=1e-4)
    below = [upper_limit(-x, 1.0) for x in (1.0, 3.0, 7.9, 8.1, 30.0)]
    assert all(value > 0.0 for value in below)
    assert below == sorted(below, reverse=True)


def test_correlated_misfit_is_one_for_white_noise_and_counts_repeated_points():
    rng = np.random.default_rng(0)
    noise, weight = rng.standard_normal(40_000), np.ones(40_000)
    assert correlated_misfit(noise, weight, 5) == pytest.approx(1.0, abs=0.1)
    assert correlated_misfit(np.repeat(noise[:4000], 10), weight, 200) == pytest.approx(10.0, rel=0.35)
