"""Real files: what the cycler counted is what we return, and what is odd about a file is said."""

import hashlib
import shutil
import sys
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from data_files import real_file

from ionweld.errors import FileFormatError, MissingExtraError
from ionweld.measurement.cycling import (
    CHARGING_CAPACITY,
    CURRENT,
    CYCLE,
    DISCHARGING_CAPACITY,
    REQUIRED,
    STEP,
    STEP_TYPE,
    TIME,
    VOLTAGE,
)
from ionweld.read.cycling import read_cycling_file
from ionweld.read.ec_lab import is_open_circuit
from ionweld.read.text import load

LANDT = "cycling/landt_li_graphite_half_cell.csv"
NEWARE = "cycling/neware_small.ndax"
BIOLOGIC = "cycling/lili_tegdme_gcpl_rest.mpr"


@pytest.fixture(scope="module")
def landt():
    return read_cycling_file(real_file(LANDT))


def test_landt_has_every_row_of_the_file_and_its_two_cycles(landt):
    assert landt.table.height == 25_162
    assert landt.table[CYCLE].unique().sort().to_list() == [1, 2]
    assert landt.table[STEP].unique().sort().to_list() == [1, 2, 3, 4]
    assert landt.table[STEP_TYPE].unique().sort().to_list() == ["CC_CHG", "CC_DCH", "REST"]
    assert landt.table["Step ID"].unique().sort().to_list() == [1, 2, 3]


def test_landt_capacities_are_the_cyclers_counters(landt):
    counted = {(check.cycle, check.direction): check.counter_Ah for check in landt.ingest.counters}
    assert counted == {(1, "charge"): 0.0032, (1, "discharge"): 0.0063, (2, "discharge"): 0.0013}
    assert landt.table[DISCHARGING_CAPACITY].max() == 0.0063
    assert landt.table[CHARGING_CAPACITY].max() == 0.0032


def test_landt_rounding_trap_is_reported_with_both_numbers(landt):
    integrals = {(check.cycle, check.direction): check.integral_Ah * 1e3 for check in landt.ingest.counters}
    assert integrals[1, "discharge"] == pytest.approx(7.14, abs=0.01)
    assert integrals[1, "charge"] == pytest.approx(3.56, abs=0.01)
    said = " ".join(landt.ingest.warnings)
    assert "In 3 of 3 half cycles" in said
    assert "writes current to 0.1 mA while the cell ran at about 0.2 mA" in said


def test_landt_report_says_where_everything_came_from(landt):
    data = real_file(LANDT).read_bytes()
    report = landt.ingest
    assert report.sha256 == landt.provenance.sha256 == hashlib.sha256(data).hexdigest()
    assert (report.encoding, report.decimal_mark, report.header_line) == ("utf-8", ".", 7)
    assert report.columns_mapped["channel_index"] == "Record Index / 1"
    assert report.columns_mapped["Pressure_Psi"] == "Applied Pressure / Pa"
    assert report.columns_unmapped == ()
    assert "no time zone" in report.derived["Unix Time / s"]
    assert landt.table["Unix Time / s"][0] == 1714487599.0  # 2024-04-30 14:33:19, month first


def test_neware_keeps_the_files_own_cycle_and_its_counters():
    measurement = read_cycling_file(real_file(NEWARE))
    table = measurement.table
    assert table.height == 1464
    assert table[CYCLE].unique().to_list() == [1]
    assert table[STEP].unique().sort().to_list() == [1, 2, 3, 4]
    assert table[CHARGING_CAPACITY].max() == pytest.approx(0.593039e-3, rel=1e-5)
    assert table[DISCHARGING_CAPACITY].max() == pytest.approx(0.625451e-3, rel=1e-5)
    assert table.filter(table[STEP_TYPE] == "CCCV_CHG")[CURRENT].min() > 0.0
    assert table.filter(table[STEP_TYPE] == "CCCV_DCH")[CURRENT].max() < 0.0
    assert measurement.ingest is not None
    for check in measurement.ingest.counters:
        assert check.integral_Ah == pytest.approx(check.counter_Ah, rel=0.01)


def test_neware_under_another_name_and_packed_anew_is_the_same(tmp_path):
    path = real_file(NEWARE)
    repacked = tmp_path / "measurement.zip"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(repacked, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    assert read_cycling_file(repacked).table.equals(read_cycling_file(path).table)


def test_reading_neware_leaves_zlib_as_it_was():
    import zlib

    before = zlib.decompressobj
    read_cycling_file(real_file(NEWARE))
    assert zlib.decompressobj is before


def test_biologic_mpr_without_a_stored_current_gets_it_from_the_charge_and_says_so():
    pytest.importorskip("galvani")
    measurement = read_cycling_file(real_file(BIOLOGIC))
    table = measurement.table
    assert table.height == 109
    assert set(REQUIRED) <= set(table.columns)
    running = table.filter(table["Step ID"] == 1)
    np.testing.assert_allclose(running[CURRENT].to_numpy()[5:], 4e-4, rtol=0.005)  # the program held 0.4 mA
    assert measurement.ingest is not None
    assert "no current is stored" in measurement.ingest.derived[CURRENT]
    assert "half cycle" in measurement.ingest.columns_unmapped
    (check,) = measurement.ingest.counters
    assert check.counter_Ah == pytest.approx(0.0666207e-3, rel=1e-5)
    assert check.integral_Ah == pytest.approx(check.counter_Ah, rel=1e-3)


def test_a_strange_settings_block_does_not_cost_the_cycling_of_an_mpr(tmp_path):
    pytest.importorskip("galvani")
    data, path = real_file(BIOLOGIC).read_bytes(), tmp_path / "cell.mpr"
    path.write_bytes(data[: data.index(b"MODULEVMP Set")] + data[data.index(b"MODULEVMP data") :])
    measurement, whole = read_cycling_file(path), read_cycling_file(real_file(BIOLOGIC))
    assert measurement.table.equals(whole.table)
    assert measurement.ingest is not None
    assert any("besides the data" in sentence for sentence in measurement.ingest.warnings)


def test_biologic_mpr_without_galvani_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "galvani.BioLogic", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'ionweld\[biologic\]'"):
        read_cycling_file(real_file(BIOLOGIC))


@pytest.mark.parametrize("name", ["eis/inli_lpscl_ncm_end_of_discharge.mpr", "eis/lili_tegdme_45_geis_sweeps.mpr"])
def test_impedance_in_a_biologic_binary_is_sent_to_the_other_door(name):
    pytest.importorskip("galvani")
    with pytest.raises(FileFormatError, match="impedance sweep"):
        read_cycling_file(real_file(name))


def test_impedance_in_a_biologic_text_is_sent_to_the_other_door():
    with pytest.raises(FileFormatError, match="impedance sweep"):
        read_cycling_file(real_file("eis/biologic_peis.mpt"))


@pytest.mark.parametrize(
    "name",
    [
        "eis/autolab_fra_z60w.txt", "eis/zplot.z", "eis/gamry_eispot.DTA", "eis/inli_lpscl_ncm_10_sweeps.csv",
        "xps/phi_versaprobe_multipak.npl", "xps/phi_sno2_crlf_header.spe", "xps/au_4f_doublet.csv",
        "xrd/panalytical_scan.xrdml", "xrd/rigaku.rasx", "xrd/LiF_225.cif", "sem/CS-MA-30000.jpg",
        "reference/obelix_lithium_electrolytes.csv",
    ],
)  # fmt: skip
def test_real_files_of_other_instruments_are_refused_with_a_reason(tmp_path, name):
    mislabelled = tmp_path / "cell.csv"
    shutil.copy(real_file(name), mislabelled)
    with pytest.raises(FileFormatError, match=r"cell\.csv: (is|holds|looks)"):
        read_cycling_file(mislabelled)


def test_voltages_and_times_are_exactly_those_in_the_file(landt):
    last = real_file(LANDT).read_text().splitlines()[-1].split(",")
    assert landt.table[TIME][-1] == float(last[4])
    assert landt.table[VOLTAGE][-1] == float(last[7])


def test_a_column_that_the_library_does_not_know_is_named_and_no_damage_is_claimed(monkeypatch):
    biologic = pytest.importorskip("galvani.BioLogic")

    def refuses(*_):
        raise NotImplementedError("Column ID 174 after column Ewe/V is unknown")

    monkeypatch.setattr(biologic, "VMPdata_dtype_from_colIDs", refuses)
    with pytest.raises(FileFormatError, match=r"galvani does not know \(.*Column ID 174.*\.mpt") as caught:
        read_cycling_file(real_file(BIOLOGIC))
    assert "damaged" not in str(caught.value)


def test_the_settings_of_an_mpr_say_whether_it_is_at_open_circuit(tmp_path):
    pytest.importorskip("galvani")
    source = load(real_file(BIOLOGIC))
    assert not is_open_circuit(source)
    assert not is_open_circuit(replace(source, data=source.data[:200]))
    place = source.data.index(b"MODULEVMP Set") + 57  # behind the module's header stands the number of the technique
    assert source.data[place] == 4
    changed = source.data[:place] + b"\x0b" + source.data[place + 1 :]
    assert is_open_circuit(replace(source, data=changed))
    (tmp_path / "odd.mpr").write_bytes(changed)  # its charges stay, whatever the settings say
    assert read_cycling_file(tmp_path / "odd.mpr").table.equals(read_cycling_file(real_file(BIOLOGIC)).table)
