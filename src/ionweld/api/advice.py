"""What to change in a cell or its test, and what it brings."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from ionweld.api.cells import Cell, Protocol, as_cell, as_protocol
from ionweld.api.progress import Progress, unseen
from ionweld.api.quantities import Place, count, text_of
from ionweld.api.result import Result
from ionweld.infer import counsel as words
from ionweld.infer.advice import Advice, Counsel, Question
from ionweld.infer.advice import advise as ask
from ionweld.infer.goal import parse_goal
from ionweld.infer.reach import usual_goal
from ionweld.infer.unknown import unknown_draws
from ionweld.result import plain
from ionweld.spec.borrowed import borrowed
from ionweld.spec.cell import CellSpec
from ionweld.twin.calibrated import parameters_for
from ionweld.twin.pool import workers as processes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NUMBERS = ("gain", "low", "high", "helps", "hurts", "reaches")


@dataclass(frozen=True, eq=False, repr=False)
class Advised(Result):
    """What to change in a cell or its test, best first, each change with its gain and its odds.

    Attributes
    ----------
    cell
        The cell that was asked about.
    counsel
        The goal, the cell as it is, every change, the best ones together, and the levers on which the twin has no word.
    """

    cell: CellSpec
    counsel: Counsel

    @property
    def advice(self) -> tuple[Advice, ...]:
        """The changes, best first: what is changed, gain with its 5-95 % range, the odds that it helps, hurts, reaches the goal."""
        return self.counsel.advice

    @property
    def reachable(self) -> bool | None:
        """Whether the goal can be reached; None without a goal, or where the draws do not agree."""
        return self.counsel.reachable

    @property
    def verdict(self) -> str:
        return words.sentence(self.counsel)

    @property
    def warnings(self) -> tuple[str, ...]:
        first = borrowed(self.cell, parameters_for(self.cell)).sentence
        return (*([first] if first else []), *words.warnings(self.counsel))

    def table(self) -> pl.DataFrame:
        """Return one row per change, best first: median gain and its 5-95 % range in `unit`, and shares of the draws."""
        rows = [(one.change, *(getattr(one, name) for name in _NUMBERS), one.unit, one.draws) for one in self.advice]
        kinds = {"change": pl.String} | dict.fromkeys(_NUMBERS, pl.Float64) | {"unit": pl.String, "draws": pl.Int64}
        return pl.DataFrame(rows, schema=kinds, orient="row")

    def to_dict(self) -> dict[str, Any]:
        return plain(words.document(self.counsel, self.cell))

    def _page(self) -> str:
        from ionweld.report.diagnosis import advice_page
        from ionweld.report.shown import drawing

        first = borrowed(self.cell, parameters_for(self.cell)).sentence
        return advice_page(self.cell.name, self.counsel, first, drawing(self._draw, "advice"))

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.diagnosis_figures import draw_advice

        draw_advice(ax, self.counsel)


def advise(
    cell: Cell | Place,
    protocol: Protocol | Place,
    *,
    goal: str | None = None,
    draws: int = 20,
    seed: int = 0,
    workers: int = 1,
    progress: Progress | None = None,
) -> Advised:
    """Say what to change in a cell or its test: every lever over what is not known of the cell, with its gain and odds.

    Parameters
    ----------
    cell, protocol : Cell and Protocol, or paths of their files
    goal : str, optional
        As for `diagnose`; a longer life without it.
    draws : int
        Cells that may be the real one: the same ones with and without each change.
    seed, workers : int
        As for `ensemble`.
    progress : callable, optional
        As for `reproduce`.

    Returns
    -------
    Advised
        One row per change, best first; gains in the unit of the goal.

    Raises
    ------
    SpecError
        For a goal that cannot be read, or that this cell cannot have.
    ComputationError
        When no draw of the cell can be integrated.

    Examples
    --------
    >>> import ionweld as iw
    >>> iw.advise("examples/bare.toml", "examples/cycling.toml", goal="a long life")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ionweld.errors.SpecError: goal: ...
    """
    described, program = as_cell(cell).spec, as_protocol(protocol).spec
    aim = usual_goal(program) if goal is None else parse_goal(text_of(goal, "goal", "400 h at 0.4 mA/cm^2"))
    chance = str(count(seed, "seed", 0))
    unknown = unknown_draws(described, program, count(draws, "draws", 2), chance)
    with processes(count(workers, "workers")) as mapper:
        found = ask(Question(described, program, aim, unknown, chance), mapper, progress or unseen)
    return Advised(described, found)
