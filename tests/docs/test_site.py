"""The computed pages: nothing of the library, the laws, the verbs or the formats is missing from them, and text stays what it says."""

import sys
from pathlib import Path

import pytest

import ionweld
from ionweld.read.cycling.formats import known_formats
from ionweld.simulate.mechanisms import mechanism_names
from ionweld.spec.described import MODELS
from ionweld.spec.library import Library

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs" / "_ext"))
from ionweld_site import commands, formats, laws, library, mechanisms, names, notebooks, schemas  # noqa: E402
from ionweld_site.markdown import blocks, escaped, is_equation, table  # noqa: E402

DOCS = ROOT / "docs"


def test_every_number_of_the_library_has_its_place_with_its_source() -> None:
    pages = library.pages(DOCS)
    known = Library()
    for name in known.names(*MODELS):
        one = known.entry(name)
        (text,) = (page for page in pages.values() if page.startswith(f"# {escaped(name)}\n"))
        for number, quantity in one.properties.items():
            assert f"`{number}`" in text
            assert escaped(quantity.source) in text
            assert f"**{quantity.status}**" in text
    assert "Li6PS5Cl" in pages["materials/index.md"]


def test_every_law_has_its_equation_and_its_source() -> None:
    pages = laws.pages(DOCS)
    for module in laws.modules():
        text = pages[f"laws/{module.__name__.rpartition('.')[2]}.md"]
        for name, law in laws.laws_of(module):
            assert f"({name})=" in text
            assert "Source:" in text.split(f"({name})=")[1] or "Source:" not in law.__doc__
    text = pages["laws/contact.md"]
    assert '<math display="block" alttext="theta_e = (P / 3 P_ref) (n creep_rate t_rest)^(1/n)">' in text
    assert "[10.1007/s10853-018-2971-3](https://doi.org/10.1007/s10853-018-2971-3)" in text


def test_every_mechanism_shows_its_laws() -> None:
    pages = mechanisms.pages(DOCS)
    assert {f"mechanisms/{name}.md" for name in mechanism_names()} < set(pages)
    assert "](../laws/filament.md#filament_rate)" in pages["mechanisms/filament.md"]
    assert "| `filament` | m | length of the filament | states |" in pages["mechanisms/filament.md"]


def test_every_verb_has_its_options_and_examples_that_a_guide_shows() -> None:
    pages = commands.pages(DOCS)
    text = pages["commands/eis.md"]
    assert "## ionweld eis arrhenius" in text
    assert "`--pellet-diameter`" in text
    assert "ionweld eis check pellet_60degC.csv --report check.html" in text
    for name, page in pages.items():
        assert f"`ionweld {Path(name).stem}" in pages["commands/index.md"] or name.endswith("index.md")
        assert "| `--" in page or name.endswith("index.md")


def test_every_format_has_what_it_maps() -> None:
    pages = formats.pages(DOCS)
    for form in known_formats():
        section = pages["formats/cycling.md"].split(f"## {escaped(form.name)}\n")[1].split("\n## ")[0]
        assert all(f"`{column.target}`" in section for column in form.columns)
    assert "Gamry Explain data" in pages["formats/eis.md"]
    assert {"formats/xrd.md", "formats/ftir.md", "formats/xps.md", "formats/sem.md", "formats/eds.md"} <= set(pages)


def test_every_public_name_and_every_schema_has_a_page() -> None:
    pages = names.pages(DOCS) | schemas.pages(DOCS)
    assert {f"api/{name}.md" for name in ionweld.PUBLIC} <= set(pages)
    assert all(f"`iw.{name}`" in pages["api/index.md"] for name in ionweld.PUBLIC)
    assert "| `stack_pressure` | yes |" in pages["schemas/cell.md"]


def test_notebooks_are_kept_without_outputs() -> None:
    import json

    found = {name: text for name, text in notebooks.pages(DOCS).items() if name.endswith(".ipynb")}
    assert len(found) >= 5
    for name, text in found.items():
        cells = json.loads(text)["cells"]
        assert cells[0]["cell_type"] == "markdown", name
        assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells), (
            f"{name}: strip its outputs"
        )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a*b and c_d", r"a\*b and c\_d"),
        ("`a*b` stays", "`a*b` stays"),
        ("Li | Li2OHCl", r"Li \| Li2OHCl"),
        ("see 10.1021/acsami.1c06706.", "see [10.1021/acsami.1c06706](https://doi.org/10.1021/acsami.1c06706)."),
    ],
)
def test_plain_text_shows_as_it_is(text: str, shown: str) -> None:
    assert escaped(text) == shown


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("R_s = pi a (1 - sqrt(theta))^1.5 / (4 sigma theta)", True),
        ("x: converted fraction; k_x (1/s). Source: first order.", False),
        ("Here j = 0 at rest.", False),
        ("nothing is equal to anything", False),
    ],
)
def test_an_equation_is_told_from_a_sentence(text: str, is_one: bool) -> None:
    assert is_equation(text) == is_one


def test_columns_become_a_table_and_what_stands_below_goes_on() -> None:
    text = (
        "    state     what changes it        what it becomes\n"
        "    filament  plating above a limit  a\n"
        "                                     bridge"
    )
    assert blocks(text) == [
        table(["state", "what changes it", "what it becomes"], [["filament", "plating above a limit", "a bridge"]])
    ]
