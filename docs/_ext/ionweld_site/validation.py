"""Validation: tables that this build computes, from the studies' own data and the library as it is."""

import re
from pathlib import Path

from ionweld.study.calibration import predictive
from ionweld.study.forecast import ForecastTask, forecast
from ionweld.study.model import load_study
from ionweld.study.ordered import ordered_pairs
from ionweld.study.published import Study
from ionweld.study.reproduce import target
from ionweld.study.validate import ComparedRow, compare, naive, score
from ionweld.study.validation_rows import validation_papers
from ionweld.twin.ensemble import Member, Recipe, run, under
from ionweld.twin.pool import workers
from ionweld_site.markdown import escaped, page, table

STUDY = "yu2021"
CELLS = 3  # of each kind: enough to see a hit or a miss by, in seconds
DRAWS = 30
CHEAP = ("conductivity", "interface_resistance", "pressure_exponent")  # what is read off without cycling a cell


def pages(_: Path) -> dict[str, str]:
    """Return a page on the calibrated study, and one on the numbers of other papers."""
    study = load_study(STUDY)
    return {"validation/study.md": _study(study), "validation/papers.md": _papers()}


def _study(study: Study) -> str:
    members = _simulated(study)
    rows = []
    for number in study.targets():
        observable = study.observable(str(number.observable))
        if observable.quantity == "activation energy":
            continue  # of pellets, whose spectra `reproduce` draws and fits
        found = target(study, number, {name: (some, some) for name, some in members.items()}, None)
        unit = "" if found.unit == "1" else f" {found.unit}"
        rows.append(
            [
                escaped(found.quantity),
                escaped(f"{found.relation.replace('=', '')} {found.paper:.4g}{unit}".strip()),
                escaped(f"{found.twin:.4g}{unit}"),
                found.role,
                "holds" if found.holds else "**miss**",
                escaped(found.why),
            ]
        )
    return page(
        "The calibrated study",
        f"{escaped(study.paper.title)}, [{study.paper.doi}](https://doi.org/{study.paper.doi}).",
        f"**Computed when this site was built**: {CELLS} cells of each kind at the kept calibration, medians of these few. "
        f"`ionweld reproduce {study.name}` runs a hundred of each, draws what the data leave open, and writes the whole "
        "report; a row near its limit may fall on the other side there.",
        table(["quantity", "paper", "twin", "role", "", "how it was decided"], rows),
        "## What was calibrated",
        f"{len(study.calibrated.parameters)} parameters on {len(study.calibrated.misfits)} numbers of the paper; kept in the study's folder "
        "(`calibrated.toml`), found again by `--recalibrate`. *Left open* is the posterior's width over the prior's: 1 "
        "says that nothing was learnt.",
        table(["parameter", "value", "one standard deviation, times or over", "left open"], _calibrated(study)),
        "## How well the calibration meets what it was told",
        table(
            ["number", "misfit / sigma"],
            [[f"`{name}`", f"{off:+.3f}"] for name, off in study.calibrated.misfits.items()],
        ),
        "## All numbers of the paper's text",
        f"{len(study.numbers)} numbers with their place and role; read from the study's files.",
        table(["quantity", "paper", "where", "role"], [_number(one) for one in study.numbers]),
    )


def _simulated(study: Study) -> dict[str, list[Member]]:
    parameters, _ = predictive(study, study.calibration, study.calibrated)
    recipes = {
        test.name: under(Recipe(f"{study.name}/{test.name}", *study.described(test), parameters), parameters)
        for test in study.tests
    }
    return {name: run(recipe, CELLS, map, lambda: None).members for name, recipe in recipes.items()}


def _calibrated(study: Study) -> list[list[str]]:
    found = study.calibrated.parameters
    return [
        [f"`{name}`", escaped(one.value), f"{one.factor:.3g}", f"{one.posterior_over_prior:.2g}"]
        for name, one in found.items()
    ]


def _number(one: object) -> list[str]:
    said = f"{one.relation.replace('=', '')} {one.value}".strip()
    return [escaped(one.quantity), escaped(said), escaped(one.where), one.role]


def _papers() -> str:
    papers = validation_papers()
    rows = [(paper, row) for paper in papers for row in paper.row]
    cheap = [(paper, row) for paper, row in rows if row.kind in CHEAP]
    with workers() as mapped:
        drawn = list(mapped(forecast, (ForecastTask(row, DRAWS) for _, row in cheap)))
    compared = [
        compare(paper, row, one, naive(papers, paper.class_, row))
        for (paper, row), one in zip(cheap, drawn, strict=True)
    ]
    kinds = {row.kind: sum(one.kind == row.kind for _, one in rows) for _, row in rows}
    found = score(compared, ordered_pairs(cheap, drawn))
    return page(
        "Numbers of other papers",
        f"{len(rows)} numbers of {len(papers)} papers; whether a paper was told to the library or held out was decided before "
        "anything was calculated. Nothing is refitted.",
        f"**Computed when this site was built** ({DRAWS} draws each): what can be read off without cycling a cell. "
        "**Not computed here**: "
        + ", ".join(f"{count} of {kind.replace('_', ' ')}" for kind, count in kinds.items() if kind not in CHEAP)
        + ", which take some minutes: `ionweld validate`.",
        f"Of these {found.rows} held-out rows count: {100 * (found.inside_90 or 0):.0f} % lie inside the 90 % band; the "
        f"median distance is {found.median_abs_log10_ratio or 0:.2f} decades, the band's median width "
        f"{found.median_width_decades or 0:.2f}; skill against a naive forecast "
        f"{'not known' if found.skill['all'] is None else format(found.skill['all'], '+.2f')}.",
        table(
            ["paper", "material", "quantity", "measured", "forecast", "90 % band", "split", ""],
            map(_compared, compared),
        ),
        "## What is not computed here",
        table(
            ["paper", "material", "quantity", "measured", "split"],
            [_told(paper, row) for paper, row in rows if row.kind not in CHEAP],
        ),
    )


def _short(paper: object) -> str:
    """Return a citation up to its year, as a link where the paper has an address."""
    found = re.match(r".{,70}?\b(19|20)\d\d\b", paper.citation)
    text = escaped(found[0] if found else paper.citation[:60])
    return f"[{text}](https://doi.org/{paper.doi})" if paper.doi else text


def _compared(one: ComparedRow) -> list[str]:
    unit = "" if one.unit == "1" else f" {one.unit}"
    known = one.predicted is not None
    verdict = one.status.replace("miss", "**miss**") + ("" if known else f": {escaped(one.why)}")
    return [
        _short(one.paper),
        escaped(one.about.material),
        one.about.kind.replace("_", " "),
        escaped(f"{one.about.relation.replace('=', '')} {one.measured:.3g}{unit}".strip()),
        f"{one.predicted:.3g}" if known else "",
        f"{one.low:.3g} to {one.high:.3g}" if known else "",
        one.paper.split.replace("_", " "),
        verdict,
    ]


def _told(paper: object, row: object) -> list[str]:
    said = f"{row.relation.replace('=', '')} {row.value}".strip()
    return [
        _short(paper),
        escaped(row.material),
        row.kind.replace("_", " "),
        escaped(said),
        paper.split.replace("_", " "),
    ]
