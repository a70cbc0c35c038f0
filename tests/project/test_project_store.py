"""Spectra as Parquet, and the hash of a table's values."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ionweld.errors import FileFormatError
from ionweld.measurement.cycling import CyclingTest
from ionweld.measurement.impedance import ImpedanceSpectrum, SampleGeometry
from ionweld.measurement.provenance import Provenance
from ionweld.measurement.store import hash_values, read_spectra, write_cycling, write_spectra

ORIGIN = Provenance("measured", "a.txt", "00" * 32, "a reader", {"instrument": "one"})


def test_spectra_come_back_as_they_were_written(tmp_path):
    rng = np.random.default_rng(1)
    spectra = [
        ImpedanceSpectrum(
            frequency_Hz=10.0 ** rng.uniform(-2, 7, size),
            impedance_ohm=rng.normal(size=size) + 1j * rng.normal(size=size),
            provenance=ORIGIN,
            temperature_K=temperature,
            temperature_from="file header" if temperature else None,
            geometry=SampleGeometry(thickness_m=1e-3),
            label=f"sweep of {size}",
            extra={"Time / s": rng.normal(size=size)} if size > 3 else {},
        )
        for size, temperature in [(5, 353.15), (3, None), (9, 300.0)]
    ]
    back = read_spectra(write_spectra(tmp_path / "x.eis.parquet", spectra))
    assert len(back) == 3
    for written, read in zip(spectra, back, strict=True):
        np.testing.assert_array_equal(read.frequency_Hz, written.frequency_Hz)
        np.testing.assert_array_equal(read.impedance_ohm, written.impedance_ohm)
        assert read.extra.keys() == written.extra.keys()
        for name in read.extra:
            np.testing.assert_array_equal(read.extra[name], written.extra[name])
        for name in ("provenance", "temperature_K", "temperature_from", "geometry", "label"):
            assert getattr(read, name) == getattr(written, name)


def test_a_cycling_table_is_no_table_of_spectra(tmp_path):
    table = pl.DataFrame({"Test Time / s": [0.0], "Voltage / V": [0.1], "Current / A": [0.0]})
    path = write_cycling(tmp_path / "x.bdf.parquet", CyclingTest(table, ORIGIN))
    with pytest.raises(FileFormatError, match="impedance spectra"):
        read_spectra(path)


VALUES = {
    pl.Float64: st.floats(allow_nan=False),
    pl.Int64: st.integers(-(2**60), 2**60),
    pl.String: st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    pl.Boolean: st.booleans(),
}


@given(data=st.data(), dtype=st.sampled_from(list(VALUES)))
def test_the_hash_of_values_tells_any_two_tables_apart_and_no_table_from_itself(data, dtype):
    columns = st.lists(st.none() | VALUES[dtype], max_size=4)
    one, two = (pl.DataFrame({"a": pl.Series(data.draw(columns), dtype=dtype)}) for _ in range(2))
    same = repr(one.to_dicts()) == repr(two.to_dicts())
    assert (hash_values(one) == hash_values(two)) == same
    assert hash_values(one) == hash_values(pl.concat([one.head(1), one.slice(1)], rechunk=False))


def test_the_hash_of_values_sees_names_and_types():
    table = pl.DataFrame({"a": [1, 2]})
    others = [table.rename({"a": "b"}), table.cast(pl.Int32), table.cast(pl.Float64), table.cast(pl.Datetime("us"))]
    assert len({hash_values(other) for other in [table, *others]}) == 5
