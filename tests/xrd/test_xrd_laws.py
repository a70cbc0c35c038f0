"""Diffraction: limits and symmetries of the laws, and line lists against independent sources."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ionweld.errors import SpecError
from ionweld.laws import diffraction
from ionweld.spec.crystal import (
    element_of,
    lattice_of,
    library_names,
    library_phase,
    parse_operation,
    powder_lines,
    scattering_tables,
    tube_of,
)

length = st.floats(2.0, 20.0)
angle = st.floats(70.0, 110.0)

# Cu K-alpha, 2 theta and relative intensity, computed elsewhere from the ICSD entries named in the phases' sources
# (without displacement parameters, so that lines at high angles are stronger there).
REFERENCE = {
    "LiOH": [(20.49, 29), (32.61, 100), (35.78, 23), (49.27, 8), (51.50, 20)],
    "LiOH.H2O": [(30.14, 59), (33.82, 100), (37.11, 49), (32.06, 24), (52.69, 20)],
    "Li2CO3": [(31.83, 100), (30.63, 76), (21.36, 71), (37.00, 40), (34.14, 29), (29.50, 23), (36.12, 17)],
    "Li2OHCl": [(22.74, 13), (32.38, 100), (39.93, 13), (46.44, 25), (52.32, 5), (57.75, 27), (67.78, 14)],
}


@given(length, length, length, angle, angle, angle)
def test_a_cell_survives_the_way_through_its_reciprocal_metric(a, b, c, alpha, beta, gamma):
    cell = np.array([a, b, c, alpha, beta, gamma])
    metric = diffraction.metric_of("triclinic", cell)
    assert diffraction.cell_of("triclinic", metric) == pytest.approx(cell, rel=1e-8)


@given(length, length, length, st.lists(st.integers(-5, 5), min_size=3, max_size=3))
def test_orthorhombic_spacing_is_the_textbook_sum(a, b, c, hkl):
    q = diffraction.index_sums("orthorhombic", [hkl]) @ diffraction.metric_of("orthorhombic", (a, b, c, 90, 90, 90))
    assert q[0] == pytest.approx(sum((i / side) ** 2 for i, side in zip(hkl, (a, b, c), strict=True)))


@given(length, angle, st.lists(st.integers(-4, 4), min_size=3, max_size=3))
def test_monoclinic_spacing_agrees_with_the_triclinic_form(a, beta, hkl):
    cell = (a, 1.3 * a, 0.8 * a, 90.0, beta, 90.0)
    one = diffraction.index_sums("monoclinic", [hkl]) @ diffraction.metric_of("monoclinic", cell)
    other = diffraction.index_sums("triclinic", [hkl]) @ diffraction.metric_of("triclinic", cell)
    assert one[0] == pytest.approx(other[0], abs=1e-12)


def test_a_wave_as_long_as_the_spacing_is_reflected_at_60_degrees_and_one_too_long_not_at_all():
    assert diffraction.bragg_angle(1.0 / 1.54**2, 1.54) == pytest.approx(60.0)
    assert np.isnan(diffraction.bragg_angle(2.0, 1.54))


@given(st.floats(0.01, 1.0), st.floats(0.0, 1.0))
def test_a_pseudo_voigt_has_area_one_and_its_full_width_at_half_maximum(width, share):
    angle = np.linspace(-np.pi / 2, np.pi / 2, 2001)[1:-1]
    x = width / 2.0 * np.tan(angle)  # evenly spaced for a Lorentzian, so that its tails are counted
    line = diffraction.pseudo_voigt(x, width, share)
    assert np.sum(line * width / 2.0 / np.cos(angle) ** 2) * (angle[1] - angle[0]) == pytest.approx(1.0, abs=2e-3)
    peak = diffraction.pseudo_voigt(0.0, width, share)
    assert diffraction.pseudo_voigt(width / 2.0, width, share) == pytest.approx(peak / 2.0)


@given(st.floats(0.01, 1.0))
def test_widths_of_pure_gauss_and_pure_lorentz_are_themselves(width):
    assert diffraction.thompson_width(width, 0.0) == (pytest.approx(width), pytest.approx(0.0))
    assert diffraction.thompson_width(0.0, width) == (pytest.approx(width), pytest.approx(1.0, abs=1e-4))


@given(st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3), st.lists(st.integers(-4, 4), min_size=3, max_size=3))
def test_intensity_does_not_depend_on_the_origin(shift, hkl):
    positions, f = np.array([[0.0, 0.0, 0.0], [0.3, 0.1, 0.7]]), np.array([[3.0, 5.0 + 0.5j]])
    here = diffraction.structure_factor_squared([hkl], positions, f)
    there = diffraction.structure_factor_squared([hkl], positions + np.array(shift), f)
    assert there == pytest.approx(here, abs=1e-9)


def test_scattering_factor_at_zero_angle_is_the_number_of_electrons():
    table = scattering_tables()["f0"]
    for species, electrons in {"H": 1, "Li": 3, "Li1+": 2, "C": 6, "O1-": 9, "F1-": 10, "Cl1-": 18, "Mn3+": 22}.items():
        assert diffraction.scattering_factor(table[species], 0.0) == pytest.approx(electrons, abs=0.05)


def test_scattering_table_is_xraydbs():
    xraydb = pytest.importorskip("xraydb", reason="install the extra [oracle] to compare with xraydb")
    s = np.array([0.0, 0.2, 0.5])
    for species in ("Li1+", "O2-", "Cl1-", "Mn"):
        mine = diffraction.scattering_factor(scattering_tables()["f0"][species], s)
        assert mine == pytest.approx(xraydb.f0(species, s), rel=1e-6)
    assert scattering_tables()["dispersion"]["Cu"]["Mn"][1] == pytest.approx(xraydb.f2_chantler("Mn", 8046.3), abs=1e-3)


@pytest.mark.parametrize("name", sorted(REFERENCE))
def test_lines_of_the_library_stand_where_independent_sources_have_them(name):
    phase = library_phase(name)
    at_rest = replace(phase, sites=tuple(replace(site, b_iso=0.0) for site in phase.sites))
    lines = powder_lines(at_rest, 1.5418, 70.0)
    angles = diffraction.bragg_angle(lines.sums @ diffraction.metric_of(phase.lattice, phase.cell), 1.5418)
    strength = lines.strength * diffraction.lorentz_polarisation(angles)
    strength *= 100.0 / strength.max()
    for expected, relative in REFERENCE[name]:
        at = np.argmin(np.abs(angles - expected))
        assert angles[at] == pytest.approx(expected, abs=0.05)
        assert strength[at] == pytest.approx(relative, abs=5)


def test_lines_agree_with_pymatgen():
    xrd = pytest.importorskip("pymatgen.analysis.diffraction.xrd", reason="install the extra [oracle] for pymatgen")
    from pymatgen.core import Lattice, Structure

    phase = library_phase("LiF")
    structure = Structure.from_spacegroup("Fm-3m", Lattice.cubic(4.0262), ["Li", "F"], [[0, 0, 0], [0.5, 0.5, 0.5]])
    theirs = xrd.XRDCalculator(wavelength=1.540593).get_pattern(structure, two_theta_range=(20, 100))
    lines = powder_lines(phase, 1.540593, 100.0)
    angles = np.sort(diffraction.bragg_angle(lines.sums @ diffraction.metric_of("cubic", phase.cell), 1.540593))
    assert angles == pytest.approx(theirs.x, abs=1e-3)


def test_grouping_as_a_lower_lattice_keeps_the_total_strength():
    phase = library_phase("Li2OHCl")
    cubic, split = (powder_lines(phase, 1.5406, 80.0, lattice) for lattice in ("cubic", "orthorhombic"))
    assert split.strength.sum() == pytest.approx(cubic.strength.sum())
    assert len(split.strength) > len(cubic.strength)


def test_densities_of_the_library_are_those_of_the_solids():
    handbook = {"LiF": 2.64, "LiCl": 2.07, "Li2O": 2.01, "Li2CO3": 2.11, "LiOH": 1.46}  # g/cm3
    for name, density in handbook.items():
        assert library_phase(name).density == pytest.approx(density, rel=0.015)
    without_hydrogen = 1.51 * (41.96 - 3 * 1.008) / 41.96
    assert library_phase("LiOH.H2O").density == pytest.approx(without_hydrogen, rel=0.015)


def test_every_phase_of_the_library_names_status_and_source():
    for name in library_names():
        phase = library_phase(name)
        assert phase.status == "literature"
        assert "memory" not in phase.source
        assert len(phase.source) > 20


@pytest.mark.parametrize(
    ("cell", "lattice"),
    [
        ((4, 4, 4, 90, 90, 90), "cubic"),
        ((4, 4, 5, 90, 90, 90), "tetragonal"),
        ((4, 5, 6, 90, 90, 90), "orthorhombic"),
        ((4, 4, 6, 90, 90, 120), "hexagonal"),
        ((4, 5, 6, 90, 100, 90), "monoclinic"),
        ((4, 5, 6, 80, 100, 95), "triclinic"),
    ],
)
def test_the_numbers_of_a_cell_decide_its_lattice(cell, lattice):
    assert lattice_of(tuple(map(float, cell))) == lattice


def test_symmetry_operations():
    rotation, translation = parse_operation("-x+1/2, y , 0.25-z")
    assert (rotation @ np.array([0.1, 0.2, 0.3]) + translation) == pytest.approx([0.4, 0.2, -0.05])
    for bad in ("x,y", "x,y,q", "x,y,__import__('os')", "1/0,y,z", ""):
        with pytest.raises(SpecError):
            parse_operation(bad)


def test_tubes_and_elements_are_recognised():
    assert tube_of(1.54060) == "Cu"
    assert tube_of(0.5) is None
    assert [element_of(text) for text in ("Li1+", "O2-", "Cl", "D", "Mn0+")] == ["Li", "O", "Cl", "H", "Mn"]
    with pytest.raises(SpecError):
        element_of("Qq")


def test_a_wavelength_that_is_far_off_is_named_where_it_makes_too_many_lines():
    with pytest.raises(SpecError, match=r"too many reflections up to 81 deg with 0\.06 angstrom.*--wavelength Cu"):
        powder_lines(library_phase("Li2OHCl"), 0.06, 81.0)
