"""Every result that the public names give shows itself, is written, compared and pickled alike."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import is_dataclass
from importlib import import_module
from inspect import isabstract
from pathlib import Path

import command_line
import held_results
import numpy as np
import polars as pl
import pytest
from small_study import write_study

import ionweld as iw
import ionweld.twin.pool
from ionweld.api.advice import Advised
from ionweld.api.comparison import Comparison
from ionweld.api.equality import same
from ionweld.api.measurements import Measurement
from ionweld.api.result import Result
from ionweld.api.series import Series
from ionweld.api.studies import Validated
from ionweld.errors import MissingExtraError
from ionweld.infer.advice import Question, Trial, advise
from ionweld.infer.goal import LONGER_LIFE
from ionweld.infer.reach import Reach
from ionweld.infer.unknown import unknown_draws
from ionweld.lab.compare import ProjectComparison
from ionweld.numerics.effects import Effect
from ionweld.report.numbers import csv_text
from ionweld.simulate.eds import simulate_maps
from ionweld.simulate.sem import CrossSection, simulate_cross_section
from ionweld.study import validate
from ionweld.study.forecast import Forecast
from ionweld.study.validation_rows import validation_papers

BARE = Path(__file__).parent.parent.parent / "examples" / "bare.toml"
DEAR = {"Diagnosis"}  # of many virtual cells: held where one is made, in tests/infer/test_infer_follow_up.py
F = np.geomspace(1e6, 1.0, 41)
NAMES = (
    "Advised", "Arrhenius", "Check", "Comparison", "Compatibility", "Cycling", "Ensemble", "Fit", "InfraredFit", "JoinedInterface", "Layers",
    "Measurement", "PatternFit", "Picture", "Profile", "Relaxation", "Reproduced", "Run", "Series", "Spectrum", "Summary", "Surface", "Sweep",
    "Validated",
)  # fmt: skip


def _arc(T: float) -> iw.Spectrum:
    R = 1e3 * np.exp(0.6 / 8.617e-5 * (1.0 / T - 1.0 / 350.0))
    return iw.Spectrum(frequency=F, impedance=100.0 + R / (1.0 + 2j * np.pi * F * R * 1e-8), temperature=f"{T} K")


def _made(folder: Path, *words: str) -> Path:
    answer = command_line.ionweld(*words, "--out", folder / f"{words[0]}.csv")
    assert answer.status == 0, answer.err
    return folder / f"{words[0]}.csv"


def _impedance() -> Iterator[Result]:
    yield from (_arc(350.0), iw.fit(_arc(350.0), "R0-p(R1,C1)"), iw.check(_arc(350.0)), iw.drt(_arc(350.0)))
    series = [_arc(T) for T in (330.0, 350.0, 370.0)]
    yield iw.arrhenius(series, "R0-p(R1,C1)", thickness="1 mm", diameter="10 mm")


def _twin() -> Iterator[Result]:
    protocol = iw.Protocol.symmetric(current_density="0.1 mA/cm^2", half_cycle_time="0.5 h", cycles=2)
    run = iw.simulate(BARE, protocol)
    yield from (run, run.test, run.picture(after_cycle=1), iw.summarise(run.test, kind="symmetric", first="charge"))
    yield iw.ensemble(BARE, protocol, n=2)
    yield iw.sweep(BARE, protocol, {"stack_pressure": ["0.1 MPa", "1 MPa"]}, n=1)


def _instruments(folder: Path) -> Iterator[Result]:
    pattern = _made(folder, "xrd", "simulate", "--phases", "Li2OHCl=100 %", "--wavelength", "Cu")
    yield from (iw.read_one(pattern), iw.fit_xrd(pattern, phases=["Li2OHCl"], wavelength="Cu"))
    yield iw.fit_ftir(_made(folder, "ftir", "simulate", "--amounts", "Li2OHCl=100 %"), electrolyte="Li2OHCl")
    surface = _made(folder, "xps", "simulate", "--amounts", "LiF=20, C-C=20")
    fitted = iw.fit_xps(surface, species=["LiF", "C-C"])
    yield from (fitted, Series("level", (1.0, 2.0), (fitted, fitted)))
    yield iw.measure_sem(Measurement("sem", simulate_cross_section(CrossSection(2e-6, 2e-8), 1)))
    maps = simulate_maps({"F Ka": 2.0, "O Ka": 1.0}, {"F Ka": 0.5, "O Ka": 1.0}, 1).counts
    for line in ("F Ka", "O Ka"):
        (folder / f"{line}.csv").write_text(csv_text([], maps[line].astype(int).tolist()).lstrip())
    yield iw.profile_eds([folder / "F Ka.csv", folder / "O Ka.csv"], layer=(0.45, 0.55))


def _advised() -> Result:
    cell, protocol = iw.Cell.load(BARE).spec, iw.Protocol.load(BARE.with_name("cycling.toml")).spec
    question = Question(cell, protocol, LONGER_LIFE, unknown_draws(cell, protocol, 3, "0"), "0")

    def formula(_function: object, tasks: Sequence[Trial]) -> Iterator[Reach]:
        yield from (Reach(3600.0 * (one.drawn.cell.stack_pressure.value / 1e5) ** 0.5, False) for one in tasks)

    return Advised(cell, advise(question, formula, lambda _title, _total: lambda: None))  # pyright: ignore[reportArgumentType]


def _compared() -> Result:
    row = Effect("life", "h", "ratio", "bare", "welded", 2.0, 1.5, 2.7, 3, 3, "Welch", "replicates")
    return Comparison(ProjectComparison("made up", {}, (), (row,), ()), Path("weld"), (row,))


def _joined(folder: Path) -> Iterator[Result]:
    pristine = {"name": "pristine", "conductivity": "1.0e-5 S/cm", "conductivity_error": "10 %"}
    yield iw.compatibility(
        [pristine, pristine | {"name": "THF"}, pristine | {"name": "water", "conductivity": "1e-9 S/cm"}]
    )
    layer = {"thickness": ("2 um", "0.1 um"), "resistance": ("120 ohm*cm^2", "10 ohm*cm^2")}
    yield iw.interface_verdict({"name": "welded", "temperature": "80 degC"} | layer)
    yield from (_advised(), _compared())
    yield iw.reproduce(write_study(folder / "my_study"))
    paper = validation_papers()[0]
    told = Forecast(paper.row[0].measured * np.geomspace(0.5, 2.0, 9))
    row = [validate.compare(paper, paper.row[0], told, None)]
    yield Validated(validate.Validation(row, row, {}, []))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    folder = tmp_path_factory.mktemp("bench")
    with pytest.MonkeyPatch.context() as alone:
        alone.setattr(ionweld.twin.pool, "worker_count", lambda: 1)
        return _each(folder)


def _each(folder: Path) -> dict[str, Result]:
    found = [*_impedance(), *_twin(), *_instruments(folder), *_joined(folder)]
    return {type(one).__name__: one for one in found}


def _kinds(base: type) -> Iterator[type]:
    for kind in base.__subclasses__():
        yield from (*([] if isabstract(kind) else [kind]), *_kinds(kind))


def test_each_kind_of_result_is_held_here(made: dict[str, Result]) -> None:
    for module in set(iw.PUBLIC.values()):
        import_module(f"ionweld.api.{module}")
    kinds = {kind.__name__: kind for kind in _kinds(Result)}
    assert set(NAMES) == set(made) == set(kinds) - DEAR
    assert all(is_dataclass(kind) for kind in kinds.values())


@pytest.mark.parametrize("name", NAMES)
def test_it_shows_itself(made: dict[str, Result], name: str) -> None:
    held_results.shows_itself(made[name])


@pytest.mark.parametrize("name", NAMES)
def test_its_table_is_written_and_read_back(made: dict[str, Result], name: str, tmp_path: Path) -> None:
    held_results.is_written_and_read_back(made[name], tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_its_report_is_one_page(made: dict[str, Result], name: str, undrawn: None, tmp_path: Path) -> None:
    held_results.reports_on_one_page(made[name], tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_what_pickle_gives_back_is_equal_and_what_differs_is_not(made: dict[str, Result], name: str) -> None:
    held_results.is_equal_to_what_pickle_gives_back(made[name])
    others = [other for other in made.values() if other is not made[name]]
    assert all(other != made[name] for other in others)


def _branches(share: float) -> np.ndarray:
    """Return rows of named numbers, as the branches of a tree are kept; what a leaf does not know is NaN."""
    return np.array([(1, np.nan), (2, share)], dtype=[("feature", "i4"), ("share", "f8")])


def test_equality_looks_into_arrays(made: dict[str, Result]) -> None:
    Z = _arc(350.0).impedance.copy()
    assert iw.Spectrum(frequency=F, impedance=Z, temperature="350 K") == _arc(350.0)
    Z[3] *= 1.0 + 1e-15
    assert iw.Spectrum(frequency=F, impedance=Z, temperature="350 K") != _arc(350.0)
    assert iw.fit(_arc(350.0), "R0-p(R1,C1)") == made["Fit"], "what a clock says is no part of a result"
    assert same({"a": [np.array([1.0, np.nan])]}, {"a": [np.array([1.0, np.nan])]})
    assert not same({"a": (1,)}, {"a": [1]})
    assert same(_branches(0.5), _branches(0.5))
    assert not same(_branches(0.5), _branches(0.25))
    assert not same(np.sin, np.cos)
    assert not same(_arc, _made)
    assert not same(pl.DataFrame({"a": [1, None]}), pl.DataFrame({"a": [1, 2]}))


def test_without_pandas_the_line_that_installs_it_is_said(
    made: dict[str, Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'ionweld\[pandas\]'"):
        made["Fit"].to_pandas()
