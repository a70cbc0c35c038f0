"""EDS: known enrichments with counting errors, overlaps, refusals, and the maps' files."""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from ionweld.analyse.eds.profile import eds_profile, overlaps_of
from ionweld.errors import InputError, MissingExtraError, SpecError
from ionweld.measurement.micrograph import ElementMaps
from ionweld.read.eds import line_of, read_maps
from ionweld.simulate.eds import simulate_maps

INSIDE = {"F Ka": 2.0, "C Ka": 1.5, "Cl Ka": 0.4}
OUTSIDE = {"F Ka": 0.6, "C Ka": 1.5, "Cl Ka": 1.6}


def test_ratios_hold_the_truth_and_the_verdicts_follow() -> None:
    held = []
    for seed in range(40):
        result = eds_profile(simulate_maps(INSIDE, OUTSIDE, seed), (0.45, 0.55), background_from="continuum")
        found = {one.line: one for one in result.profiles}
        assert found["F Ka"].verdict == "enriched, or its overlap is"
        assert found["Cl Ka"].verdict == "depleted"
        for line, one in found.items():
            assert one.ratio is not None
            assert one.ratio_high is not None
            assert one.ratio_low < one.ratio < one.ratio_high
            held.append(one.ratio_low <= INSIDE[line] / OUTSIDE[line] <= one.ratio_high)
    assert 0.90 <= np.mean(held) <= 0.99  # 120 intervals; benchmarks/eds_coverage.py draws thousands


def test_where_little_was_counted_the_interval_stays_though_the_ratio_goes() -> None:
    maps = simulate_maps({"F Ka": 2.0}, {"F Ka": 0.05}, 3, (0.4, 0.6), shape=(4, 20))
    one = eds_profile(maps, (0.4, 0.6), background_from="continuum").profiles[0]
    assert one.ratio is None
    assert one.ratio_low > 1.0
    assert one.ratio_high is None or one.ratio_high > 40.0
    bare = eds_profile(maps, (0.4, 0.6)).profiles[0]
    assert bare.ratio is not None
    assert bare.ratio_high is not None
    assert bare.ratio_low < bare.ratio < bare.ratio_high


def test_errors_are_those_of_counting() -> None:
    maps = simulate_maps(INSIDE, OUTSIDE, 1)
    one = eds_profile(maps, (0.4, 0.6)).profiles[0]
    np.testing.assert_allclose(one.stderr**2, one.counts)
    net = eds_profile(maps, (0.4, 0.6), background_from="continuum").profiles[0]
    assert np.all(net.stderr > np.sqrt(np.abs(net.counts)))


def test_unsigned_counts_do_not_wrap_around_when_the_continuum_is_larger() -> None:
    maps = simulate_maps({"F Ka": 0.0}, {"F Ka": 0.0}, 2, continuum=3.0)
    small = {name: grid.astype(np.uint8) for name, grid in maps.counts.items()}
    unsigned = ElementMaps(small, maps.provenance)  # pyright: ignore[reportArgumentType]
    one = eds_profile(unsigned, (0.4, 0.6), background_from="continuum").profiles[0]
    assert abs(one.layer_per_pixel) < 5.0 * one.layer_stderr
    assert one.verdict == "no difference"
    assert one.ratio is None


def test_fluorine_and_iron_overlap_and_lithium_is_invisible() -> None:
    assert any("Fe La" in one for one in overlaps_of("F Ka", {"F Ka"}))
    assert overlaps_of("F Ka", {"Fe La"})[0].endswith("which was mapped too")
    assert overlaps_of("C Ka", set()) == ()
    warnings = eds_profile(simulate_maps(INSIDE, OUTSIDE, 0), (0.4, 0.6)).warnings
    assert any(one.startswith("Li is invisible") for one in warnings)
    assert any("no atomic percent" in one for one in warnings)


@pytest.mark.parametrize("layer", [(0.6, 0.4), (0.0, 1.0), (0.5001, 0.5002), (-0.1, 0.5)])
def test_a_layer_without_pixels_or_outside_is_refused(layer: tuple[float, float]) -> None:
    with pytest.raises(InputError, match="columns"):
        eds_profile(simulate_maps(INSIDE, OUTSIDE, 0), layer)


def test_scaled_maps_and_unknown_backgrounds_are_refused() -> None:
    maps = simulate_maps(INSIDE, OUTSIDE, 0)
    with pytest.raises(InputError, match="no counts"):
        eds_profile(ElementMaps({"F Ka": maps.counts["F Ka"] * 0.37}, maps.provenance), (0.4, 0.6))
    with pytest.raises(InputError, match="is no map"):
        eds_profile(maps, (0.4, 0.6), background_from="sky")
    with pytest.raises(SpecError, match="other lines"):
        simulate_maps(INSIDE, {"F Ka": 1.0}, 0)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("F_Ka", "F Ka"),
        ("map F K", "F Ka"),
        ("Fe_L", "Fe La"),
        ("O", "O Ka"),
        ("site1_Cl", "Cl Ka"),
        ("continuum", "continuum"),
    ],
)
def test_names_of_maps(name: str, line: str) -> None:
    assert line_of(name) == line


def test_maps_from_files_of_two_kinds(tmp_path: Path) -> None:
    maps = simulate_maps(INSIDE, OUTSIDE, 0, shape=(20, 30))
    np.savetxt(tmp_path / "F_Ka.csv", maps.counts["F Ka"], fmt="%d", delimiter=",")
    Image.fromarray(maps.counts["C Ka"].astype(np.uint8)).save(tmp_path / "C_Ka.tif")
    read = read_maps([tmp_path / "F_Ka.csv", tmp_path / "C_Ka.tif"])
    np.testing.assert_array_equal(read.counts["F Ka"], maps.counts["F Ka"])
    np.testing.assert_array_equal(read.counts["C Ka"], maps.counts["C Ka"])
    np.savetxt(tmp_path / "O_Ka.csv", np.ones((5, 6)), fmt="%d", delimiter=",")
    with pytest.raises(InputError, match="differ in shape"):
        read_maps([tmp_path / "F_Ka.csv", tmp_path / "O_Ka.csv"])


class _Lazy:
    """Stands in for the lazy cube of rosettasciio: it says its size, and is only opened when it is asked for."""

    ndim = 3

    def __init__(self, cube: np.ndarray, nbytes: int) -> None:
        self.cube, self.nbytes, self.opened = cube, nbytes, False

    def __array__(self, *_: object, **__: object) -> np.ndarray:
        self.opened = True
        return self.cube


@pytest.mark.parametrize("nbytes", [10**15, 80])
def test_a_cube_beyond_the_memory_is_refused_before_it_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nbytes: int
) -> None:
    cube = _Lazy(np.ones((4, 5, 100), np.uint8), nbytes)
    signal = {
        "data": cube,
        "metadata": {"Sample": {"elements": ["O"]}},
        "axes": [{"units": "keV", "offset": 0.0, "scale": 0.01}],
    }
    stand_in = SimpleNamespace(file_reader=lambda *_, lazy, **__: [signal] if lazy else [])
    monkeypatch.setitem(sys.modules, "rsciio", SimpleNamespace(bruker=stand_in))
    monkeypatch.setitem(sys.modules, "rsciio.bruker", stand_in)
    (tmp_path / "map.bcf").write_bytes(b"AAMVHFSS")
    if nbytes > 10**12:
        with pytest.raises(InputError, match="GB of memory"):
            read_maps([tmp_path / "map.bcf"])
        assert not cube.opened
    else:
        assert read_maps([tmp_path / "map.bcf"]).counts["O Ka"].shape == (4, 5)


def test_bcf_without_its_package_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "rsciio.bruker", None)
    (tmp_path / "map.bcf").write_bytes(b"AAMVHFSS")
    with pytest.raises(MissingExtraError, match="pip install"):
        read_maps([tmp_path / "map.bcf"])
