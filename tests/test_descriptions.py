"""What a description beside a file says of it is heard at every door: the verb's, Python's and `look`'s."""

from pathlib import Path

import numpy as np
import pytest
from command_line import ionweld
from PIL import Image

import ionweld as iw

CIRCUIT = "R0-p(R1,C1)"


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    """Return a sweep without names and per nothing: 20 ohm and an arc of 100 ohm."""
    f = np.logspace(6, 1, 41)
    Z = 20.0 + 100.0 / (1.0 + 2j * np.pi * f * 1e-4)
    path = tmp_path / "sweep.txt"
    path.write_text("".join(f"{z.real:.6g} {-z.imag:.6g} {a:.6g}\n" for a, z in zip(f, Z, strict=True)))
    path.with_name("sweep.txt.toml").write_text(
        'technique = "eis"\ncolumns = "re,-im,f"\narea = "0.5 cm^2"\ntemperature = "60 degC"\n'
    )
    return path


def resistance(*words: object) -> dict[str, float]:
    answer = ionweld("eis", "fit", *words, "--circuit", CIRCUIT, "--json")
    assert answer.status == 0, answer.err
    spectrum = answer.document["spectra"][0]
    return {one["name"]: one["value"] for one in spectrum["parameters"]} | {"T": spectrum["temperature_K"]}


def test_a_sweep_is_read_as_its_description_says_and_the_command_goes_before_it(sweep: Path) -> None:
    assert ionweld("look", sweep, "--out", sweep.parent / "out").status == 0
    told = resistance(sweep)
    assert (told["R0"], told["R1"], told["T"]) == pytest.approx((20.0, 100.0, 333.15), rel=1e-4)
    assert resistance(sweep, "--temperature", "80 degC")["T"] == pytest.approx(353.15)
    fit = iw.fit(sweep, CIRCUIT)
    assert fit["R1"] == pytest.approx(100.0, rel=1e-4)
    assert fit.solution.spectrum.geometry.area_m2 == pytest.approx(0.5e-4)


def test_a_description_of_another_technique_says_nothing_of_a_sweep(sweep: Path) -> None:
    sweep.with_name("sweep.txt.toml").write_text('technique = "ftir"\nordinate = "absorbance"\n')
    assert ionweld("eis", "fit", sweep, "--circuit", CIRCUIT).status == 2


@pytest.mark.parametrize(("said", "strongest"), [("absorbance", 0.8), ("transmittance", 2.0)])
def test_an_infrared_spectrum_is_what_its_description_says(tmp_path: Path, said: str, strongest: float) -> None:
    """From 0.8 down to 0.01 in a band: absorbance with a dip, or transmittance with an absorbance of 2."""
    wavenumber = np.arange(4000.0, 600.0, -2.0)
    value = 0.8 - 0.79 * np.exp(-(((wavenumber - 3570.0) / 30.0) ** 2))
    path = tmp_path / "ir.txt"
    path.write_text("".join(f"{a} {b:.5f}\n" for a, b in zip(wavenumber, value, strict=True)))
    path.with_name("ir.txt.toml").write_text(f'technique = "ftir"\nordinate = "{said}"\n')
    found = iw.fit_ftir(path, electrolyte="Li2OHCl")
    assert found.data.absorbance.max() == pytest.approx(strongest, rel=1e-3)


def test_a_picture_has_the_scale_of_its_description(tmp_path: Path) -> None:
    path = tmp_path / "layer.png"
    grey = np.full((200, 200), 200, np.uint8)
    grey[80:120] = 40
    Image.fromarray(grey).save(path)
    path.with_name("layer.png.toml").write_text('technique = "sem"\nscale = "50 nm/px"\n')
    data = iw.read_one(path).data
    assert data.scale.metres_per_pixel == pytest.approx(50e-9)
    answer = ionweld("sem", "measure", path, "--json")
    assert "scale" not in answer.err, answer.err
