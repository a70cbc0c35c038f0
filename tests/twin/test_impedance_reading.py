"""What a fit reads off simulated spectra: the right circuit finds the states, the paper's circuit misreads them."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from full_cells import full_parameters, make_full, make_window
from spine_cells import WELDED

from ionweld.report.figure import house_style
from ionweld.report.impedance_study import (
    conduction_table,
    draw_arrhenius,
    draw_nyquist,
    draw_pellets,
    reading_text,
)
from ionweld.simulate.cell import SimulatedTest, simulate
from ionweld.simulate.cell_spectra import cell_spectrum
from ionweld.simulate.impedance import low_frequency_resistance
from ionweld.simulate.snapshot import BEFORE
from ionweld.simulate.spectra import FrequencySweep
from ionweld.spec.protocol import parse_protocol
from ionweld.study.impedance import JOULE_PER_MOL, ImpedanceStudy, study_impedance
from ionweld.study.model import load_study
from ionweld.twin.conduction import PelletSeries, difference, pellet_series
from ionweld.twin.ensemble import Look, Recipe, run, run_one
from ionweld.twin.impedance_ensemble import cell_impedance, member_spectra
from ionweld.twin.impedance_reading import FAST, TRANSFER, ReadSpectrum, misread, read_spectrum, sum_of

NOISY = FrequencySweep(1e6, 0.1, 60, 0.005)


@cache
def _run() -> SimulatedTest:
    return simulate(make_full(WELDED), make_window(cycles=1), full_parameters(), "read")


@pytest.fixture(scope="module")
def welded() -> ReadSpectrum:
    run = _run()
    return read_spectrum(cell_spectrum(run, BEFORE, NOISY), low_frequency_resistance(run, BEFORE))


@pytest.fixture(scope="module")
def pellets() -> ImpedanceStudy:
    study = load_study("yu2021")
    assert study.impedance is not None
    return study_impedance(study, study.impedance)


def test_a_circuit_with_a_place_for_each_arc_finds_what_the_states_hold() -> None:
    """Within 5 %, and most intervals hold it: the dielectric arcs above the window, for one, have no place in either."""
    run = _run()
    states, inside = low_frequency_resistance(run, BEFORE), []
    for seed in "abcdef":
        found = read_spectrum(cell_spectrum(run, BEFORE, NOISY, seed=seed), states)
        off = {row.what: row.fitted_ohm / row.state_ohm - 1.0 for row in found.fuller}
        assert max(abs(off[what]) for what in (FAST, "cathode and crowding of the current", "total")) < 0.05
        assert max(abs(deviation) for deviation in off.values()) < 0.15
        inside += [row.inside for row in found.fuller]
    assert np.mean(inside) > 0.6


def test_the_circuit_of_the_paper_hides_the_cathode_in_the_interface(welded: ReadSpectrum) -> None:
    by_what = {row.what: row for row in welded.paper}
    assert by_what[TRANSFER].fitted_ohm > 5.0 * welded.states.lithium
    assert not by_what[TRANSFER].inside
    assert by_what["total"].fitted_ohm == pytest.approx(welded.states.total, rel=0.03)
    assert any(line.startswith("Ri reads") and "cathode" in line for line in misread(welded))


def test_the_interval_of_a_sum_carries_the_covariance(welded: ReadSpectrum) -> None:
    """Drawn from the fit's own normal distribution of ln R, the sum spreads as its interval says."""
    fitted, names = welded.fits[1], ("Rb", "Rgb", "Ri", "Rc")
    total, low, high = sum_of(fitted, names)
    draws = np.random.default_rng(0).multivariate_normal(fitted.logs, fitted.covariance, size=20_000)
    sums = np.exp(draws[:, [fitted.circuit.index(name) for name in names]]).sum(axis=1)
    assert total == pytest.approx(sum(fitted.value(name) for name in names))
    assert np.log(high / low) == pytest.approx(2.0 * 1.96 * np.std(np.log(sums)), rel=0.1)


def test_activation_energies_come_out_of_noisy_spectra(pellets: ImpedanceStudy) -> None:
    for series, put_in in ((pellets.before, 0.605), (pellets.after, 0.611)):
        low, high = series.energy.ci95_eV
        assert low < put_in < high
        assert 0.001 < series.energy.stderr_eV < 0.01
        assert series.total.transition is not None
        assert series.total.transition.kind == "none"
    band = pellets.observe("pristine")
    assert band.median == pytest.approx(pellets.before.energy.Ea_eV * JOULE_PER_MOL)
    assert band.p05 < band.p16 < band.median < band.p84 < band.p95


def test_the_other_convention_gives_kt_more_from_the_same_spectra(pellets: ImpedanceStudy) -> None:
    settings, study = pellets.settings, load_study("yu2021")
    other = pellet_series(
        study.pellets["pristine"], settings.thermometry, settings.sweep, settings.circuit, settings.seed, "sigma T"
    )
    more, _ = difference(pellets.before.energy, other.energy)
    assert more == pytest.approx(8.617e-5 * 363.0, rel=0.05)


def test_without_noise_and_with_known_temperatures_the_energy_is_that_of_the_pellet(pellets: ImpedanceStudy) -> None:
    settings, pellet = pellets.settings, load_study("yu2021").pellets["pristine"]
    exact = pellet_series(
        pellet, replace(settings.thermometry, thermostat_K=0.0), replace(settings.sweep, noise=0.0), settings.circuit,
        settings.seed, "sigma",
    )  # fmt: skip
    assert exact.energy.Ea_eV == pytest.approx(0.605, abs=1e-3)  # the dielectric arc is no intercept to the last digit


def test_a_transition_inside_the_range_is_found_and_below_it_nothing_changes(pellets: ImpedanceStudy) -> None:
    inside, *below = sorted(pellets.transitions, key=lambda case: -case.source.temperature.value)
    assert all(case.series is None for case in below)
    assert isinstance(inside.series, PelletSeries)
    found = inside.series.total.transition
    assert found is not None
    assert found.kind == "jump"
    assert (found.T_low_K or 0.0) <= inside.source.temperature.value <= (found.T_high_K or 0.0)
    assert found.Ea_above_eV is not None
    assert found.Ea_above_eV[0] == pytest.approx(0.605, abs=0.03)
    assert inside.below is not None
    assert inside.below.energy.Ea_eV == pytest.approx(0.9, abs=0.15)


def test_spectra_of_an_ensemble_and_what_the_report_shows_of_them(pellets: ImpedanceStudy) -> None:
    document = {
        "name": "test", "first_half_cycle": "charge", "upper_voltage": "4.0 V", "lower_voltage": "2.5 V",
        "record_every": "300 s", "stages": [{"c_rate": "0.2 C", "cycles": 2}],
        "impedance": [
            {"when": "before", "points": 30},
            {"after_cycle": 1, "state": "rested", "rest": "1 h", "points": 30, "why": "to see"},
        ],
    }  # fmt: skip
    recipe = Recipe("ensemble", make_full(), parse_protocol(document), full_parameters())
    cells = run(recipe, 4, map, lambda: None, Look(member_spectra, 3))
    cells = replace(cells, typical=run_one(recipe, 0))
    points = cell_impedance(cells)
    assert [one.members_ohm.shape for one in points] == [(3, 30), (3, 30)]
    assert points[0].total.n == 3
    noiseless = points[0].members_ohm[0]
    assert np.std(np.abs(points[0].taken.spectrum.impedance_ohm / noiseless - 1.0)) < 0.01
    with house_style():
        drawn = draw_nyquist(points, (6100.0, 43000.0))
        assert len(draw_pellets(pellets).axes) == 1
        assert len(draw_arrhenius(pellets).axes) == 2
    text = reading_text(points)
    assert "rested 1 h" in text
    assert "lithium interface" in text
    assert drawn.axes[0].get_aspect() == 1.0
    assert sum(line.get_linestyle() == "--" for line in drawn.axes[0].lines) == 2, "the totals that were told"
    assert "0.611 eV" in conduction_table(pellets)
