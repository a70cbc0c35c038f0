"""What the impedance verbs write: reports, and a folder of figures with their numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from ionweld.cli.output import say
from ionweld.wording import many

if TYPE_CHECKING:
    from ionweld.measurement.impedance import ImpedanceSpectrum


@dataclass(frozen=True, slots=True)
class SpectrumView:
    """How results are shown: as a page (spectra, results), and one by one as a figure and as csv (spectrum, result)."""

    kind: str
    page: Callable[..., str]
    figure: Callable[..., Any]
    csv: Callable[..., str]


def prove(report: Path | None, files: list[Path]) -> None:
    """Make sure, before any work is done, that the report can be written and takes no measurement's place."""
    from ionweld.errors import Fault, InputError
    from ionweld.measurement.store import prove_folder

    if report is None:
        return
    target = report.resolve()
    if target.suffix.lower() not in (".html", ".htm") or target in [path.resolve() for path in files]:
        mend = "Give a name of its own that ends in .html: a report never takes the place of a measurement"
        raise InputError(Fault("--report", f"{report} is no name for an HTML report", mend))
    if report.is_dir():
        raise InputError(Fault("--report", f"{report} is a folder", "Give the name of a file in it"))
    prove_folder(target.parent)


def write_report(report: Path, page: str) -> None:
    """Write a report, all of it or nothing."""
    from ionweld.measurement.store import write_whole

    write_whole(report, page)
    say(f"report: {report}")


def report_files(report: Path | None) -> list[str]:
    """Return the name of the report, if there is one."""
    return [str(report)] if report else []


def deliver(
    report: Path | None,
    out: Path | None,
    spectra: Sequence["ImpedanceSpectrum"],
    results: Sequence[Any],
    drawn: SpectrumView,
) -> list[str]:
    """Write the report, and a figure (SVG, PNG) and a csv of each spectrum into a folder; return the files' names."""
    if report:
        write_report(report, drawn.page(spectra, results))
    if out is None:
        return report_files(report)
    contents = {f"{drawn.kind}.svg": drawn.figure, f"{drawn.kind}.png": drawn.figure, f"{drawn.kind}.csv": drawn.csv}
    made = {name: _paired(make) for name, make in contents.items()}
    return [*report_files(report), *write_folder(out, spectra, list(zip(spectra, results, strict=True)), made, {})]


def _paired(make: Callable[..., Any]) -> Callable[[Any], Any]:
    return lambda pair: make(*pair)


def write_folder(
    out: Path,
    spectra: Sequence["ImpedanceSpectrum"],
    results: Sequence[Any],
    contents: Mapping[str, Callable[[Any], Any]],
    whole: Mapping[str, str],
) -> list[str]:
    """Write files of each result into a folder, and files of all; return their names.

    contents: by the end of a file's name, what makes its content of a result: text, or a figure for .svg and .png.
    whole: by its name, the content of a file of all results.
    """
    from ionweld.measurement.store import ensure_folder, write_whole
    from ionweld.report.figure import house_style, png, svg

    ensure_folder(out)
    files: dict[Path, str | bytes] = {out / name: text for name, text in whole.items()}
    with house_style():
        for stem, result in zip(_names(spectra), results, strict=True):
            for end, make in contents.items():
                made = make(result)
                files[out / f"{stem}.{end}"] = (
                    svg(made) if end.endswith("svg") else png(made) if end.endswith("png") else made
                )
    for path, content in files.items():
        write_whole(path, content)
    say(f"{many(len(files), 'file')} in {out}")
    return [str(path) for path in files]


def _names(spectra: Sequence["ImpedanceSpectrum"]) -> list[str]:
    """Return a file name for each sweep: that of its file, numbered where it holds several."""
    stems = [PurePath(spectrum.provenance.source).stem for spectrum in spectra]
    return [
        stem if stems.count(stem) == 1 else f"{stem}_{stems[: place + 1].count(stem)}"
        for place, stem in enumerate(stems)
    ]
