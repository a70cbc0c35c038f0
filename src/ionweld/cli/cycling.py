"""`ionweld cycling ...`: verbs on cycling files."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ionweld.cli.cycling_output import print_read, print_summary
from ionweld.cli.output import JsonFlag, OutFolder, emit_json

if TYPE_CHECKING:
    from ionweld.measurement.cycling import CyclingTest

cycling = typer.Typer(
    name="cycling", help="Cycling files: read, summarise, differential capacity.", no_args_is_help=True
)

InputFile = Annotated[Path, typer.Argument(metavar="FILE", help="A cycler's file; the format is found by content.")]
InputFiles = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="A cycler's file, or the parts of one test; found by content.")
]
Description = Annotated[
    Path | None, typer.Option("--description", help="A TOML file that says how an unknown csv is to be read.")
]

Cycles = Annotated[
    Literal["program", "file"],
    typer.Option(
        "--cycles", help="Whose cycle count, where the vendor's program shows another than the raw file (Neware)."
    ),
]

CellArea = Annotated[
    str | None, typer.Option("--area", help='Of the cell, where a file has currents per area: "0.785 cm^2".')
]


@cycling.command()
def describe(file: InputFile) -> None:
    """Draft the description of a csv that no format knows, for --description: to be checked and completed by its owner."""
    from ionweld.cli.output import emit
    from ionweld.read.cycling import propose_description

    emit(propose_description(file).rstrip("\n"))


@cycling.command()
def read(
    file: InputFile,
    description: Description = None,
    cycles: Cycles = "program",
    area: CellArea = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write the table here: as .csv, .xlsx or .parquet.")] = None,
    json: JsonFlag = False,
) -> None:
    """Read a cycling file into the columns of the Battery Data Format, and say what was seen and done."""
    from ionweld.api.quantities import positive
    from ionweld.measurement.store import write_cycling
    from ionweld.read.cycling import read_cycling_file

    area_m2 = positive(area, "m^2", "--area")
    measurement = read_cycling_file(file, description=description, cycles=cycles, area_m2=area_m2)
    files = [str(write_cycling(out, measurement))] if out else []
    if json:
        emit_json(_document(file, measurement, files))
    else:
        print_read(measurement, files)


@cycling.command()
def summary(
    files: InputFiles,
    mass: Annotated[str | None, typer.Option(help='Mass of the active material, as "5 mg".')] = None,
    area: Annotated[str | None, typer.Option(help='Area that current densities refer to, as "0.2827 cm^2".')] = None,
    cell: Annotated[Literal["symmetric", "half", "full"] | None, typer.Option(help="What kind of cell it is.")] = None,
    first: Annotated[
        Literal["charge", "discharge"] | None, typer.Option(help="Which half cycle opens a cycle.")
    ] = None,
    interfaces: Annotated[
        int | None, typer.Option(min=1, help="Lithium interfaces in series; kept with the results.")
    ] = None,
    nominal: Annotated[str | None, typer.Option(help='The capacity that 1C refers to, as "2 mAh".')] = None,
    diffusion_length: Annotated[
        str | None,
        typer.Option(help='For GITT: volume of the active material over its surface, as "2 um"; of spheres r/3.'),
    ] = None,
    order: Annotated[
        Literal["clock", "given"] | None, typer.Option(help="How the parts of one test follow each other.")
    ] = None,
    description: Description = None,
    cycles: Cycles = "program",
    out: OutFolder = None,
    json: JsonFlag = False,
) -> None:
    """Summarise a cycling test: cycles, efficiencies, resistances, events. What is not given is asked, never assumed."""
    from ionweld.api.cycling import summarise
    from ionweld.api.measurements import Cycling
    from ionweld.api.quantities import positive
    from ionweld.read.cycling import read_cycling_file

    how = {"description": description, "cycles": cycles, "area_m2": positive(area, "m^2", "--area")}
    read = [read_cycling_file(file, **how) for file in files]
    tests = [Cycling("cycling", one) for one in read]
    given = {"mass": mass, "area": area, "nominal": nominal, "diffusion_length": diffusion_length}
    found = summarise(tests, kind=cell, first=first, interfaces=interfaces, order=order, out=out, **given)
    said = " + ".join(map(str, files))
    emit_json(found.to_dict() | {"file": said}) if json else print_summary(found)


@cycling.command()
def dqdv(
    file: InputFile,
    cycle: Annotated[
        list[int] | None, typer.Option("--cycle", help="Which cycle; may be given again. All of them otherwise.")
    ] = None,
    direction: Annotated[Literal["charge", "discharge"] | None, typer.Option(help="One direction only.")] = None,
    step: Annotated[str, typer.Option(help="Step of the grid of voltages.")] = "2 mV",
    smoothing: Annotated[str, typer.Option(help="Standard deviation of the Gaussian; 0 V for none.")] = "5 mV",
    description: Description = None,
    cycles: Cycles = "program",
    area: CellArea = None,
    out: OutFolder = None,
    json: JsonFlag = False,
) -> None:
    """Differential capacity dQ/dV of the half cycles of one file, with its peaks."""
    from ionweld.analyse.cycling.differential_capacity import all_differential_capacities
    from ionweld.api.quantities import positive
    from ionweld.cli.cycling_output import differential_document, print_differential
    from ionweld.read.cycling import read_cycling_file
    from ionweld.units import to_si

    step_V, smoothing_V = positive(step, "V", "--step"), to_si(smoothing, "V", "--smoothing")
    assert step_V is not None
    area_m2 = positive(area, "m^2", "--area")
    found = read_cycling_file(file, description=description, cycles=cycles, area_m2=area_m2)
    curves = all_differential_capacities(found, cycle or None, direction, step_V=step_V, smoothing_V=smoothing_V)
    _refuse_none(curves, file, cycle)
    document = differential_document(file, curves)
    if out is not None:
        from ionweld.report.cycling import write_differential

        document = write_differential(out, found, curves, document)
    emit_json(document) if json else print_differential(document)


def _refuse_none(curves: Sequence[Any], file: Path, cycle: list[int] | None) -> None:
    from ionweld.errors import Fault, InputError

    if not curves:
        which = f"cycle {', '.join(str(number) for number in cycle)}" if cycle else "any cycle"
        raise InputError(
            Fault(str(file), f"has no charge that moved in {which}", "See `ionweld cycling summary` for its cycles")
        )


def _document(file: Path, measurement: "CyclingTest", files: list[str]) -> dict[str, Any]:
    return {
        "file": str(file),
        "reader": measurement.provenance.software,
        "rows": measurement.table.height,
        "columns": measurement.table.columns,
        "ingest": measurement.ingest,
        "files": files,
    }
