"""The data of the paper by Yu et al. 2021: complete, readable, and in the paper's own words."""

import re
import shutil
from importlib.resources import files
from pathlib import Path

import pytest
from data_files import real_file
from study.paper_text import Text, one_spaced

from ionweld.errors import SpecError
from ionweld.spec.derived import derive
from ionweld.study.model import Study, available, load_study, read_study
from ionweld.study.text import PaperNumber
from ionweld.units import to_si


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study("yu2021")


@pytest.fixture(scope="module")
def text() -> Text:
    return Text(real_file("../seed/yu2021.xml"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the study that a test may spoil."""
    return Path(shutil.copytree(str(files("ionweld.study").joinpath("yu2021")), tmp_path / "yu2021"))


def by_id(study: Study) -> dict[str, PaperNumber]:
    return {number.id: number for number in study.numbers}


# --- against the paper


def test_every_quote_stands_in_the_paper(study: Study, text: Text) -> None:
    quotes = [number.quote for number in study.numbers] + [note.printed for note in study.notes]
    assert [quote for quote in quotes if one_spaced(quote) not in text.letters] == []


def test_every_number_of_the_paper_is_covered(study: Study, text: Text) -> None:
    assert text.uncovered([one_spaced(number.quote) for number in study.numbers]) == []


def test_the_cover_check_sees_a_missing_quote(study: Study, text: Text) -> None:
    """Without the entries of one quote its number is listed: the check above can fail."""
    for missing in ("a gap of about 10 μm", "liquid lithium metal at 195°C", "even after 390 cycles"):
        rest = [one_spaced(number.quote) for number in study.numbers if number.quote != missing]
        (listed,) = text.uncovered(rest)
        assert missing in listed


def test_the_paper_is_named_as_in_its_own_file(study: Study) -> None:
    raw = real_file("../seed/yu2021.xml").read_text("utf-8")
    paper = study.paper
    assert f"<article-title>{paper.title}</article-title>" in raw
    assert f'<article-id pub-id-type="doi">{paper.doi}</article-id>' in raw
    assert f"<journal-title>{paper.journal}</journal-title>" in raw
    assert f"<volume>{paper.volume}</volume>" in raw
    assert f"<elocation-id>{paper.article_number}</elocation-id>" in raw
    names = re.findall(r"<surname>(.*?)</surname>\s*<given-names>(.*?)</given-names>", raw.split("</contrib-group>")[0])
    assert paper.authors == [f"{surname}, {given}" for surname, given in names]


# --- in itself


def test_every_printed_number_is_in_its_quote(study: Study) -> None:
    """The digits of a value are those of the text, but for the power of ten, and one number written as a word."""
    written = {"1e-3": "10−3", "3": "three"}
    for number in study.numbers:
        digits = number.value.split()[0]
        words = written.get(digits, digits) if number.id.startswith(("introduction.", "fig3.")) else digits
        quote = number.quote.replace(",", "").replace("400 000", "400000").replace("−3.04", "-3.04")
        if not number.reading:
            assert re.search(rf"(?<![\d.]){re.escape(words)}(?![.]?\d)", quote), number.id


def test_ids_are_unique(study: Study) -> None:
    ids = [number.id for number in study.numbers] + [note.id for note in study.notes]
    assert len(ids) == len(set(ids))


def test_observables_are_compared_once(study: Study) -> None:
    observables = [number.observable for number in study.targets()]
    assert len(observables) == len(set(observables))


def test_values_are_si(study: Study) -> None:
    numbers = by_id(study)
    assert numbers["fig2a.bare.overpotential"].value_si == pytest.approx(0.150)
    assert numbers["fig2a.bare.asr"].value_si == pytest.approx(0.150 / 1.0)  # 150 mV over 0.1 mA/cm2 = 1 A/m2
    assert numbers["introduction.lithium.capacity"].value_si == pytest.approx(1.3896e7)
    assert numbers["cell.temperature"].value_si == pytest.approx(353.15)
    assert numbers["cell.temperature"].precision_si == pytest.approx(0.5)  # a difference: 0.5 K, not 273.65 K
    assert numbers["fig1d.activation_energy.before"].value_si == pytest.approx(0.605 * 96485.33, rel=1e-6)
    assert numbers["fig4.welded.layer"].value_si == pytest.approx(2e-6)


def test_no_precision_is_as_wide_as_its_value(study: Study) -> None:
    for number in study.numbers:
        if number.precision_si is not None:
            zero = to_si("0 degC", "K") if "degC" in number.value else 0.0
            assert number.precision_si <= 0.5 * abs(number.value_si - zero), number.id


def test_the_roles_are_those_fixed_beforehand(study: Study) -> None:
    """Written a second time, from the table that fixed them, so that no role moves unseen."""
    roles = {role: {n.observable for n in study.numbers if n.role == role} for role in ("calibrated", "predicted")}
    assert roles["calibrated"] == {
        "bare.max_overpotential", "bare.first_short_cycle", "bare.failure_cycle", "welded.overpotential_cycle_10",
        "full_bare.impedance_0", "full_bare.impedance_40", "full_bare.efficiency_1_to_20", "full_welded.impedance_0",
        "full_welded.capacity_1", "full_welded.capacity_40", "full_welded.efficiency_min",
    }  # fmt: skip
    assert roles["predicted"] == {
        "welded.peak_cycle", "welded.change_10_to_280", "welded.survival", "full_bare.capacity_1",
        "full_bare.efficiency_unstable_cycle", "full_welded.capacity_10", "full_welded.impedance_40",
    }  # fmt: skip


# --- cells and protocols


def test_the_cells_differ_in_the_liquid_alone(study: Study) -> None:
    bare, welded = study.cells["bare"].model_dump(), study.cells["welded"].model_dump()
    for cell in (bare, welded):
        cell.pop("name")
        for side in ("negative", "positive"):
            cell["electrodes"][side]["interface"].pop("liquid")
            cell["electrodes"][side]["interface"].pop("volume")
    assert bare == welded


def test_the_cells_derive_the_filled_gap(study: Study) -> None:
    assert [fill.chi for fill in derive(study.cells["bare"]).fills] == [0.0, 0.0]
    assert [fill.chi for fill in derive(study.cells["welded"]).fills] == [1.0, 1.0]
    assert derive(study.cells["bare"]).columns == 21


def test_what_the_paper_leaves_out_has_a_range(study: Study) -> None:
    for cell in study.cells.values():
        for quantity in (cell.stack_pressure, cell.rest, cell.electrolyte.relative_density):
            assert quantity.status in ("assumed", "chosen")
            assert quantity.low is not None
            assert quantity.source


def test_the_protocol_is_that_of_the_numbers(study: Study) -> None:
    numbers = by_id(study)
    for k, stage in enumerate(study.protocols["figure2c"].stages, start=1):
        assert stage.cycles == numbers[f"fig2c.stage_{k}.cycles"].value_si
        assert stage.current_density.value == numbers[f"fig2c.stage_{k}.current_density"].value_si
        hours = stage.cycles * 2 * stage.half_cycle_time.value
        assert hours == pytest.approx(numbers[f"fig2.caption.stage_{k}.time"].value_si)
    (stage,) = study.protocols["figure2a"].stages
    assert stage.current_density.value == numbers["fig2a.current_density"].value_si
    assert stage.cycles > numbers["fig2a.bare.failure"].value_si


# --- faults


def test_available_and_unknown() -> None:
    assert "yu2021" in available()
    with pytest.raises(SpecError, match=r"'yu2020' is no study. .*one of: .*yu2021"):
        load_study("yu2020")


def test_all_faults_of_all_files_are_reported_at_once(folder: Path) -> None:
    for name, old, new in [
        ("paper.toml", 'doi = "', 'dio = "'),
        ("numbers.toml", 'value = "400 h"', 'value = "400 V"'),
        ("notes.toml", 'id = "lico3"\n', ""),
        ("cells/bare.toml", '"0.15 g"', '"-0.15 g"'),
        ("protocols/figure2a.toml", "cycles = 100\n", "cycles = 0\n"),
    ]:
        path = folder / name
        content = path.read_text("utf-8")
        assert old in content
        path.write_text(content.replace(old, new, 1), "utf-8")
    with pytest.raises(SpecError) as caught:
        read_study(folder)
    places = [fault.where.split(":")[0] for fault in caught.value.faults]
    assert set(places) == {"paper.toml", "numbers.toml", "notes.toml", "bare.toml", "figure2a.toml"}


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        ('id = "abstract.current_density"', 'id = "abstract.cycling_time"', "stands 2 times"),
        ('note = "cem"', 'note = "cm"', "there is no note 'cm'"),
        ('precision = "0.5 h"\n', "", "precision None"),
        ('observable = "welded.survival"\n', "", "is predicted, but by nothing"),
    ],
)
def test_faults_between_the_entries(folder: Path, old: str, new: str, seen: str) -> None:
    path = folder / "numbers.toml"
    content = path.read_text("utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), "utf-8")
    with pytest.raises(SpecError) as caught:
        read_study(folder)
    assert [seen in fault.seen for fault in caught.value.faults] == [True]
