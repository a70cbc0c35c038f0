"""The twin: one cell through a protocol, and the same cell drawn many times."""

from pathlib import Path
from typing import Unpack

from ionweld.api.cells import Cell, Protocol, as_cell, as_protocol
from ionweld.api.keywords import RunKeywords, Running, passes_on
from ionweld.api.quantities import Place, count, path_of
from ionweld.api.simulated import Ensemble, Run
from ionweld.simulate.refusals import refuse_the_impossible
from ionweld.simulate.spectra import as_csv
from ionweld.twin import ensemble as drawing
from ionweld.twin.own_parameters import parameters_from
from ionweld.twin.pool import workers as processes


def simulate(cell: Cell | Place, protocol: Protocol | Place, *, seed: int = 0, parameters: Place | None = None) -> Run:
    """Simulate one cell, symmetric or full, through a protocol.

    Parameters
    ----------
    cell, protocol : Cell and Protocol, or paths of their files
    seed : int
        Which cell is drawn: the same seed gives the same cell. It is the first cell of an `ensemble` of that seed.
    parameters : path, optional
        Numbers of own cells, as `Diagnosis.to_parameters` writes them.

    Returns
    -------
    Run
        How the test ended, the test as a measurement, and the states that no instrument sees, SI units.

    Raises
    ------
    SpecError
        When cell and protocol do not fit together, or ask for what the laws do not cover; with every fault.
    ComputationError
        When the integration stalls.

    Examples
    --------
    >>> import ionweld as iw
    >>> cell = iw.Cell.load("examples/bare.toml")
    >>> protocol = iw.Protocol.symmetric(current_density="0.1 mA/cm^2", half_cycle_time="0.5 h", cycles=2)
    >>> iw.simulate(cell, protocol, seed=1).table().height
    2
    """
    recipe = _recipe(cell, protocol, seed, parameters)
    done = drawing.run_one(recipe, 0)
    return Run(drawing.DrawnCells(recipe, [drawing.judged(recipe, done, 0)], done, 0))


@passes_on(Running)
def ensemble(
    cell: Cell | Place,
    protocol: Protocol | Place,
    *,
    n: int = 20,
    unknown: int = 0,
    parameters: Place | None = None,
    out: Place | None = None,
    **run: Unpack[RunKeywords],
) -> Ensemble:
    """Simulate `n` cells that differ by chance alone, and `unknown` more over what nobody measured.

    Parameters
    ----------
    cell, protocol : Cell and Protocol, or paths of their files
    n : int
        How many cells.
    unknown : int
        How many cells more, each with other numbers for what nobody measured, over the ranges of parameters and conditions.
    parameters : path, optional
        As for `simulate`.
    out : path, optional
        Folder for the report, its figures with their numbers, the data and results.json.
    seed : int
        Which cells are drawn: the same seed gives the same numbers, on any number of workers.
    workers : int
        Processes. With more than one, a script needs ``if __name__ == "__main__":`` around it, as always in Python.
    progress : callable, optional
        As for `reproduce`.

    Returns
    -------
    Ensemble
        The cells, how many survive each cycle, and the band of any number by cycle.

    Raises
    ------
    SpecError, ComputationError
        As `simulate`.
    OutputError
        When the folder cannot be written, before anything is simulated.

    Examples
    --------
    >>> import ionweld as iw
    >>> protocol = iw.Protocol.symmetric(current_density="0.1 mA/cm^2", half_cycle_time="0.5 h", cycles=2)
    >>> iw.ensemble("examples/bare.toml", protocol, n=2).survival()["surviving"].to_list()
    [1.0, 1.0]
    """
    from ionweld.measurement.store import prove_folder

    said = Running(**run)
    recipe, cells = _recipe(cell, protocol, said.seed, parameters), count(n, "n")
    folder = None if out is None else prove_folder(path_of(out, "out"))
    found = Ensemble(_drawn(recipe, cells, count(unknown, "unknown", 0), said))
    return found if folder is None else Ensemble(found.found, _written(found, folder))


def _drawn(recipe: drawing.Recipe, cells: int, unknown: int, said: Running) -> drawing.DrawnCells:
    """Simulate the cells that chance tells apart, and those over what is unknown."""
    from ionweld.twin.unknown_cells import run_unknown

    with processes(min(count(said.workers, "workers"), cells + unknown)) as mapper:
        drawn = drawing.run(recipe, cells, mapper, said.started("cells", cells))
        if not unknown:
            return drawn
        return run_unknown(drawn, unknown, mapper, said.started("over what is unknown", unknown))


def _recipe(cell: Cell | Place, protocol: Protocol | Place, seed: int, parameters: Place | None) -> drawing.Recipe:
    described, program = as_cell(cell).spec, as_protocol(protocol).spec
    refuse_the_impossible(described, program)
    known = parameters_from(None if parameters is None else path_of(parameters, "parameters"))(described)
    return drawing.Recipe(str(count(seed, "seed", 0)), described, program, known)


def _written(made: Ensemble, folder: Path) -> tuple[str, ...]:
    """Write the report, figures, data and results.json; return their names."""
    from ionweld.report.files import write_results
    from ionweld.report.simulation import figures, page, results

    found, taken = made.found, made.taken
    document = write_results(
        folder,
        lambda shown: page(found, shown, taken),
        figures(found, taken),
        {"typical": found.typical.measurement},
        lambda files: results(found, files, taken),
        {one.file: as_csv(one.spectrum) for one in taken},
    )
    return tuple(document["files"])
