"""Damaged files by the thousand: a finite spectrum or a message, and nothing else."""

from random import Random

import numpy as np
import pytest
from data_files import real_file
from eisread import generators as write

from ionweld.errors import FileFormatError, InputError
from ionweld.read.eis import read_spectra

SWEEPS = [write.spectrum(15), write.spectrum(12, 3.0)]
REAL = [
    "autolab_fra_z60w.txt",
    "biologic_peis.mpt",
    "gamry_eispot.DTA",
    "zplot.z",
    "pellet_series/s04147-200deg.txt",
    "inli_lpscl_ncm_end_of_discharge.mpr",
    "lili_tegdme_45_geis_sweeps.mpr",
]


def flip_bytes(data: bytearray, rng: Random) -> bytes:
    for _ in range(rng.randint(1, 20)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data)


def cut_out(data: bytearray, rng: Random) -> bytes:
    start = rng.randrange(len(data))
    del data[start : start + rng.choice((1, 3, 30, 300))]
    return bytes(data)


def truncate(data: bytearray, rng: Random) -> bytes:
    return bytes(data[: rng.randrange(len(data))])


def repeat(data: bytearray, rng: Random) -> bytes:
    start = rng.randrange(len(data))
    return bytes(data[:start] + data[start : start + 200] * rng.choice((2, 5)) + data[start:])


def swap_marks(data: bytearray, rng: Random) -> bytes:
    old, new = rng.choice(
        [(b".", b","), (b",", b"."), (b"\t", b" "), (b"\t", b";"), (b";", b","), (b"-", b""), (b"E", b"e+")]
    )
    return bytes(data).replace(old, new, rng.choice((-1, 1, 7)))


def insert_words(data: bytearray, rng: Random) -> bytes:
    words = [
        b"nan",
        b"inf",
        b"-1e400",
        b'"',
        b"\x00",
        b"\n\n",
        b"overload",
        b"\xff\xfe",
        b"1e308",
        b",,,,",
        "Ω".encode(),
    ]
    for _ in range(rng.randint(1, 6)):
        start = rng.randrange(len(data))
        data[start:start] = rng.choice(words)
    return bytes(data)


def shuffle_lines(data: bytearray, rng: Random) -> bytes:
    lines = bytes(data).split(b"\n")
    for _ in range(rng.randint(1, 10)):
        a, b = rng.randrange(len(lines)), rng.randrange(len(lines))
        lines[a], lines[b] = lines[b], lines[a]
    return b"\n".join(lines)


MUTATIONS = (flip_bytes, cut_out, truncate, repeat, swap_marks, insert_words, shuffle_lines)


def assert_spectra_or_message(path) -> bool:
    """Return whether the file was read; fail on anything but finite spectra or a message with a way to mend it."""
    try:
        spectra = read_spectra(path)
    except InputError as error:
        faults = error.faults
    else:
        return assert_whole(spectra)
    assert all(fault.seen and fault.mend and len(str(fault)) < 2000 for fault in faults)
    return False


def assert_whole(spectra) -> bool:
    assert spectra
    for spectrum in spectra:
        f, Z = spectrum.frequency_Hz, spectrum.impedance_ohm
        assert f.shape == Z.shape
        assert f.size >= 3
        assert np.isfinite(f).all()
        assert np.isfinite(Z).all()
        assert (f > 0).all()
        assert all(values.shape == f.shape for values in spectrum.extra.values())
    return True


def assault(data: bytes, path, seed: str, times: int) -> int:
    rng, read = Random(seed), 0
    for turn in range(times):
        path.write_bytes(MUTATIONS[turn % len(MUTATIONS)](bytearray(data), rng))
        read += assert_spectra_or_message(path)
    return read


@pytest.mark.parametrize("layout", write.EVERY_LAYOUT)
def test_damaged_generated_files(tmp_path, layout):
    read = assault(write.EVERY_LAYOUT[layout](SWEEPS), tmp_path / "cell.txt", layout, 42)
    assert 12 < read < 42  # most damage is survived, and some is not: the assault means something


@pytest.mark.parametrize("name", REAL)
def test_damaged_real_files(tmp_path, name):
    data = real_file(f"eis/{name}").read_bytes()
    if name.endswith("mpr"):
        pytest.importorskip("galvani")
    assert assault(data, tmp_path / "cell.txt", name, 70) > 10


def test_files_made_of_noise(tmp_path):
    rng = Random("noise")
    alphabet = [
        *"0123456789.,;\t -+eE\n\r\"'|/()",
        "Freq",
        "Z'",
        "Z''",
        "-Z''",
        "/ohm",
        "Hz",
        "ZCURVE\tTABLE\n",
        "EXPLAIN\n",
    ]
    for _ in range(200):
        text = "".join(rng.choices(alphabet, k=rng.randint(0, 400)))
        (tmp_path / "a").write_text(text, "utf-8")
        assert_spectra_or_message(tmp_path / "a")
        (tmp_path / "a").write_bytes(rng.randbytes(rng.randint(0, 400)))
        with pytest.raises(FileFormatError):
            read_spectra(tmp_path / "a")


@pytest.mark.parametrize(
    "piece", [b"1,", b"1\t", b'"', b"Freq Z' Z''\n", b"frequency_Hz,Z_real_ohm,Z_imag_ohm,", b"\n", b"1e5,1,-1\n"]
)
def test_long_monotony_neither_hangs_nor_fills_the_memory(tmp_path, piece):
    path = tmp_path / "long.csv"
    path.write_bytes(b"frequency_Hz,Z_real_ohm,Z_imag_ohm\n" + piece * (2_000_000 // len(piece)))
    assert_spectra_or_message(path)
