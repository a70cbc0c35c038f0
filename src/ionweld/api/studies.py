"""Published numbers beside the twin's: a study run again, and forecasts held against other papers."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from ionweld.api.progress import Progress, unseen
from ionweld.api.quantities import Place, count, path_of
from ionweld.api.result import Result
from ionweld.result import plain
from ionweld.study import reproduce as study_run
from ionweld.study import validate as comparison
from ionweld.study.model import load_study
from ionweld.study.validation_rows import validation_papers
from ionweld.twin.calibrated import KEPT, keep
from ionweld.twin.pool import workers as processes
from ionweld.wording import many

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
class Reproduced(Result):
    """A study run again: each number of the paper beside the twin's, hit or miss.

    Attributes
    ----------
    found
        The cells, their targets, and all that was simulated of other instruments.
    files : tuple
        What was written, where a folder was given.
    """

    found: study_run.Reproduction
    files: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        judged = [one for one in self.found.targets if one.role == "predicted"]
        held = sum(one.holds for one in judged)
        return f"{self.found.study.name}: {held} of {many(len(judged), 'predicted number holds', 'predicted numbers hold')}, {len(judged) - held} miss"

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is borrowed from other materials, and every predicted number that misses, and why."""
        from ionweld.report.reproduction import borrowed_by

        missed = [one for one in self.found.targets if one.role == "predicted" and not one.holds]
        first = borrowed_by(self.found)
        return (*([first] if first else []), *(f"{one.id} misses: {one.why}" for one in missed))

    def table(self) -> pl.DataFrame:
        """Return one row per number of the paper, in its unit: the twin's median, 5-95 % bands, role and verdict."""
        return pl.DataFrame([asdict(one) for one in self.found.targets], infer_schema_length=None)

    def to_dict(self) -> dict[str, Any]:
        from ionweld.report.reproduction import results

        return plain(results(self.found, list(self.files)))

    def _page(self) -> str:
        from ionweld.report.files import drawings
        from ionweld.report.reproduction import figures, page

        return page(self.found, drawings(figures(self.found)))

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.targets import draw_targets

        draw_targets(ax, self.found.targets)


@dataclass(frozen=True, eq=False, repr=False)
class Validated(Result):
    """The twin's forecasts beside other papers' numbers, nothing refitted.

    Attributes
    ----------
    found : Validation
        Each number with its forecast, 90 % band and the naive forecast; the same of the physics alone; what was told.
    files : tuple
        What was written, where a folder was given.
    """

    found: comparison.Validation
    files: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        found = self.to_dict()
        inside = found["score"]["inside_90"]
        said = "" if inside is None else f"; {100 * inside:.0f} % of the held-out ones inside the 90 % band"
        return f"{found['holds']} of {many(len(self.found.rows), 'number holds', 'numbers hold')}, {found['misses']} miss{said}"

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the forecasts borrow from other materials."""
        from ionweld.report.validation import borrowed_by

        first = borrowed_by(self.found.rows)
        return (first,) if first else ()

    def table(self) -> pl.DataFrame:
        """Return one row per number, in its unit: measured, forecast, 90 % band, split and verdict."""
        return pl.DataFrame(self.to_dict()["rows"], infer_schema_length=None)

    def to_dict(self) -> dict[str, Any]:
        from ionweld.report.validation import results

        return plain(results(self.found, list(self.files)))

    def _page(self) -> str:
        from ionweld.report.files import drawings
        from ionweld.report.validation import figures, page

        return page(self.found, drawings(figures(self.found.rows)))

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.validation import draw_ratios

        draw_ratios(ax, self.found.rows)


def reproduce(
    study: Place, *, out: Place | None = None, recalibrate: bool = False, progress: Progress | None = None
) -> Reproduced:
    """Run a published study again and set the results beside its numbers, hit or miss.

    Parameters
    ----------
    study : str or path
        Name of a study that comes with ionweld, or the folder of one's own.
    out : path, optional
        Folder for the report, its figures with their numbers, the data and results.json.
    recalibrate : bool
        Calibrate from scratch, in minutes, in place of taking the kept result.
    progress : callable, optional
        Called with the title and the size of each part of the work; what it returns is called after each step.

    Returns
    -------
    Reproduced
        One row per number of the paper, in its unit.

    Raises
    ------
    SpecError
        For a name that is no study, with every fault of a folder's files.
    OutputError
        When the folder cannot be written, before anything is simulated.

    Examples
    --------
    >>> import ionweld as iw
    >>> iw.reproduce("my_study")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ionweld.errors.SpecError: study: 'my_study' is no study. Give the path of a study's folder, or one of: ...
    """
    from ionweld.measurement.store import prove_folder

    published = load_study(str(path_of(study, "study")))
    folder = None if out is None else prove_folder(path_of(out, "out"))
    found = study_run.reproduce(published, progress or unseen, fresh_calibration=recalibrate)
    return Reproduced(found) if folder is None else _written(found, folder, recalibrate)


def validate(*, out: Place | None = None, draws: int = 12, progress: Progress | None = None) -> Validated:
    """Hold the twin's forecasts against numbers of other papers, misses shown as misses, with a score.

    Parameters
    ----------
    out : path, optional
        Folder for the report, its figure with its numbers, and results.json.
    draws : int
        Simulated cells for each number; resistances and conductivities, which need no test, take eight times as many.
    progress : callable, optional
        As for `reproduce`.

    Returns
    -------
    Validated
        One row per number, in its unit.

    Raises
    ------
    InputError
        For a number of draws below two.

    Examples
    --------
    >>> import ionweld as iw
    >>> iw.validate(draws=1)
    Traceback (most recent call last):
    ionweld.errors.InputError: draws: 1 is no whole number from 2 on. Give one such as 2
    """
    from ionweld.measurement.store import prove_folder

    papers, each = validation_papers(), count(draws, "draws", 2)
    folder = None if out is None else prove_folder(path_of(out, "out"))
    done = (progress or unseen)("numbers", sum(len(paper.row) for paper in papers))
    with processes() as mapper:
        found = comparison.validate(papers, each, mapper, done)
    return Validated(found, _validation_files(found, folder) if folder else ())


def _written(found: study_run.Reproduction, folder: Path, recalibrated: bool) -> Reproduced:
    from ionweld.report.files import write_results
    from ionweld.report.reproduction import figures, page, results

    tables = {f"{name}_typical": ensemble.typical.measurement for name, ensemble in found.ensembles.items()}
    document = write_results(
        folder, lambda shown: page(found, shown), figures(found), tables, lambda files: results(found, files)
    )
    if recalibrated and found.known.calibrated is not None:
        keep(found.known.calibrated, folder / KEPT)
    return Reproduced(found, tuple(document["files"]))


def _validation_files(found: comparison.Validation, folder: Path) -> tuple[str, ...]:
    from ionweld.report.files import write_results
    from ionweld.report.validation import figures, page, results

    document = write_results(
        folder, lambda shown: page(found, shown), figures(found.rows), {}, lambda files: results(found, files)
    )
    return tuple(document["files"])
