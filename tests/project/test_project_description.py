"""project.toml and cells.toml: every fault at once; what is missing is asked and never defaulted; what is laid out."""

from pathlib import Path

import pytest
from command_line import ionweld
from project_bench import write_cycling_file, write_spectrum_file

from ionweld.errors import SpecError
from ionweld.lab.catalog import lay_out
from ionweld.lab.cells import read_description
from ionweld.lab.compare import load_cycling, load_spectra
from ionweld.lab.folder import ProjectFolder

CELLS = """
[[cell]]
name = "bare 1"
treatment = "bare"
replicate = 1
kind = "symmetric"
positive = "Li"
negative = "Li"
first_half_cycle = "charge"
area = "28.3 mm^2"
area_name = "lithium foil, 6 mm"
interfaces = 2
thickness = "0.9 mm"
temperature = "80 degC"

[[cell.measurement]]
file = "bare_1.csv"

[[cell.measurement]]
file = "bare_1_eis.csv"
state = "before cycling"
temperature = "45 degC"

[[cell]]
name = "welded 1"
treatment = "welded"
replicate = 1

[[cell.measurement]]
file = "welded_1.csv"
"""


@pytest.fixture
def project(tmp_path: Path) -> ProjectFolder:
    write_cycling_file(tmp_path / "in" / "bare_1.csv", 1)
    write_cycling_file(tmp_path / "in" / "welded_1.csv", 2)
    write_cycling_file(tmp_path / "in" / "nobody.csv", 3)
    write_spectrum_file(tmp_path / "in" / "bare_1_eis.csv", 4000.0)
    assert ionweld("ingest", tmp_path / "in", "--project", tmp_path / "P").status == 0
    home = ProjectFolder(tmp_path / "P")
    home.about.write_text('name = "weld"\n[treatments]\nbare = "as pressed"\nwelded = "3 uL per side"\n')
    home.cells.write_text(CELLS)
    return home


def test_the_files_that_a_new_project_gets_are_without_fault(tmp_path):
    write_cycling_file(tmp_path / "a.csv", 1)
    ionweld("ingest", tmp_path / "a.csv", "--project", tmp_path / 'a "quoted" name')
    description = read_description(ProjectFolder(tmp_path / 'a "quoted" name'))
    assert (description.name, description.cells) == ('a "quoted" name', ())


def test_the_example_in_a_new_cells_file_is_a_valid_cell(project):
    from ionweld.lab import folder

    example = "\n".join(line.removeprefix("# ") for line in folder._CELLS.splitlines()[2:])
    project.cells.write_text(example)
    project.about.write_text('name = "new"\n[treatments]\nuntreated = "as pressed"\n')
    (cell,) = read_description(project).cells
    assert cell.asks(["cycling", "impedance"]) == ()


def test_every_fault_is_listed_at_once(project):
    project.cells.write_text("""
colour = "blue"
[[cell]]
name = "one"
treatment = "bear"
replicate = 0
[[cell]]
name = "two"
treatment = "bare"
replicate = 1
area = "28.3"
active_mass = "3 mm"
interfaces = "2"
thicknes = "1 mm"
kind = "sym"
[[cell.measurement]]
state = "before"
""")
    with pytest.raises(SpecError) as caught:
        read_description(project)
    text = str(caught.value)
    for place in (
        "colour",
        "bear",
        "replicate",
        "area",
        "active_mass",
        "interfaces",
        "thicknes",
        "kind",
        "measurement 1: file",
    ):
        assert place in text
    assert "Did you mean 'thickness'?" in text
    assert len(caught.value.faults) == 9
    for verb in ("list", "rebuild"):
        assert ionweld("project", verb, "--project", project.folder).status == 2
    checked = ionweld("project", "verify", "--project", project.folder, "--json").document
    assert [damage["what"] for damage in checked["damages"]] == ["description"] * 9


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("bare", "bear"), "not one of the project"),
        (('name = "welded 1"', 'name = "bare 1"'), "names 2 cells"),
        (('file = "welded_1.csv"', 'file = "bare_1.csv"'), "2 times"),
        (('area = "28.3 mm^2"', 'area = "-28.3 mm^2"'), "must be positive"),
        (("[[cell]]", "[cell]"), "TOML"),
    ],
)
def test_a_fault_says_what_was_seen(project, change, said):
    project.cells.write_text(CELLS.replace(*change))
    with pytest.raises(SpecError, match=said):
        read_description(project)


def test_what_is_missing_is_asked(project):
    document = ionweld("project", "list", "--project", project.folder, "--json").document
    asked = {(ask["where"], ask["missing"]) for ask in document["asks"]}
    needs = {"kind", "positive", "negative", "area", "area_name", "interfaces", "first_half_cycle"}
    assert {missing for where, missing in asked if where == "cells.toml: welded 1"} == needs
    assert not {where for where, _ in asked if "bare 1" in where}
    assert any("nobody.csv" in missing for _, missing in asked)
    cells = {item["name"]: item["cell"] for item in document["measurements"]}
    assert cells == {"bare_1.csv": "bare 1", "bare_1_eis.csv": "bare 1", "welded_1.csv": "welded 1", "nobody.csv": None}


def test_a_full_cell_is_asked_for_its_mass_and_a_spectrum_for_its_temperature(project):
    changed = CELLS.replace('kind = "symmetric"', 'kind = "full"').replace("temperature", "note")
    project.cells.write_text(changed)
    asked = {(ask.where, ask.missing) for ask in lay_out(project).assigned.asks}
    assert ("cells.toml: bare 1", "active_mass") in asked
    assert ("cells.toml: bare 1: bare_1_eis.csv", "temperature") in asked


def test_a_name_that_two_files_have_is_asked_and_a_hash_settles_it(project, tmp_path):
    other = write_cycling_file(tmp_path / "other" / "bare_1.csv", 9)
    sha = ionweld("ingest", other, "--project", project.folder, "--json").document["stored"][0]["sha256"]
    assert any("2 stored files have this name" in ask.missing for ask in lay_out(project).assigned.asks)
    project.cells.write_text(CELLS.replace('file = "bare_1.csv"', f'file = "{sha[:8]}"'))
    laid = lay_out(project)
    (file, _) = laid.files_of(laid.groups[1][0])
    assert file.record.sha256 == sha


def test_the_collection_joins_measurements_with_what_is_known_of_their_cell(project):
    laid = lay_out(project)
    assert [(group[0].treatment, len(group)) for group in laid.groups] == [("welded", 1), ("bare", 1)]
    (cycling, impedance) = laid.files_of(laid.groups[1][0])
    test = load_cycling(project, cycling, *cycling.record.derived)
    assert test.context.area_m2 == pytest.approx(28.3e-6)
    assert (test.context.interfaces, test.context.temperature_K) == (2, pytest.approx(353.15))
    assert test.context.active_mass_kg is None
    (sweep,) = load_spectra(project, impedance, *impedance.record.derived)
    assert (sweep.temperature_K, sweep.temperature_from) == (pytest.approx(318.15), "given")
    assert sweep.geometry.thickness_m == pytest.approx(0.9e-3)
    assert impedance.said.state == "before cycling"
    assert [item.record.name for item in laid.assigned.files if item.cell is None] == ["nobody.csv"]


def test_the_catalogue_follows_the_description_and_derived_files_do_not_change(project):
    derived = {path.name: path.read_bytes() for path in project.data.iterdir()}
    before = ionweld("project", "list", "--project", project.folder, "--json").document
    project.cells.write_text(CELLS.replace('area = "28.3 mm^2"', 'area = "0.5 cm^2"'))
    after = ionweld("project", "list", "--project", project.folder, "--json").document
    assert [cell["area_m2"] for cell in before["cells"]] == [pytest.approx(28.3e-6), None]
    assert [cell["area_m2"] for cell in after["cells"]] == [pytest.approx(0.5e-4), None]
    assert {path.name: path.read_bytes() for path in project.data.iterdir()} == derived
