"""The report of `ionweld validate`: other papers' numbers beside the twin's forecasts, hits and misses alike."""

from collections import Counter
from dataclasses import asdict
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ionweld import __version__
from ionweld.errors import SpecError
from ionweld.report.drawing import Drawing
from ionweld.report.figure import OKABE_ITO, PAPER, house_style
from ionweld.report.page import Marked, PageHead, Section, figure, paragraph, render_page, table
from ionweld.report.targets import MARKERS, readable
from ionweld.spec.borrowed import borrowed
from ionweld.spec.cell import parse_cell
from ionweld.spec.derived import library_parameters
from ionweld.study.forecast import cell_document
from ionweld.study.ordered import OrderedPair
from ionweld.study.validate import ComparedRow, Lessons, Score, Validation
from ionweld.study.validation_rows import UNITS, Kind
from ionweld.wording import many

VERDICTS = {"holds": "hit", "miss": "miss", "not predicted": "wait"}
TOLD, HELD_OUT, MISS = OKABE_ITO[2], OKABE_ITO[0], OKABE_ITO[1]
RULE = (
    "No number of the twin was refitted. Whether a paper was told to the library or held out was decided per paper before "
    "anything was calculated; only held-out numbers count in the score. A forecast is drawn over the ranges of all that is not "
    "known of the cell, and over chance; then it is moved and widened by what told papers of its kind and class teach about "
    "the twin's error and about the spread between laboratories (table below; the score of the physics alone stands beside). "
    "A number holds if the 90 % band has it, a bound (> or <) if the band reaches to its "
    "side. A naive forecast is the median of what was told of the same class and kind; skill is 1 minus the twin's median "
    "distance over the naive one's: above 0 the twin is better than looking up a similar cell, below 0 it is worse."
)
PAIRS = (
    "Two numbers of one paper that differ in one condition alone. Both are drawn together, so that what is not known of the "
    "cell does not blur what the condition does; the order is right where it is so in more than half of the draws (a tie "
    "counts as half)."
)
CAPTION = (
    "Forecast over measured, one panel for each kind of number; bars: 90 % bands; a triangle is a bound; the diagonal is "
    "agreement. The numbers are those of the table."
)


def figures(rows: list[ComparedRow]) -> dict[str, Figure]:
    """Return the figure of a validation: every number, by its place in the table."""
    with house_style():
        return {"forecasts": _panels(rows)}


def draw_ratios(axes: Axes, rows: list[ComparedRow]) -> None:
    """Draw forecast over measured for every number that has a ratio, with its 90 % band; 1 is agreement."""
    shown = [(row, ratio) for row in rows if (ratio := row.ratio or 0.0) > 0.0]
    for place, (row, ratio) in enumerate(shown):
        colour = TOLD if row.paper.split == "told" else HELD_OUT if row.status == "holds" else MISS
        low, high = (max((end or 0.0) / row.measured, 1e-4) for end in (row.low, row.high))
        axes.plot([low, high], [place, place], color=colour, lw=1.2, alpha=0.5)
        axes.plot([ratio], [place], MARKERS[row.about.relation], color=colour, ms=5)
    axes.axvline(1.0, color=PAPER, lw=0.8, ls="--")
    axes.set(xscale="log", xlabel="simulated / measured (a triangle is a bound)", ylabel="number")
    axes.set_yticks(range(len(shown)), [row.about.id for row, _ in shown], fontsize=4)
    axes.invert_yaxis()
    _key(axes)


def _key(axes: Axes) -> None:
    for colour, label in ((TOLD, "told"), (HELD_OUT, "held out, holds"), (MISS, "held out, miss")):
        axes.plot([], [], "o", color=colour, label=label)
    axes.legend(loc="upper left")


def _panels(rows: list[ComparedRow]) -> Figure:
    shown: list[Kind] = [kind for kind in UNITS if any(_drawn(row, kind) for row in rows)]
    drawn = Figure(figsize=(10.0, 4.6 * ((len(shown) + 1) // 2)), layout="constrained")
    panels = drawn.subplots((len(shown) + 1) // 2, 2, squeeze=False).ravel()
    for panel, kind in zip(panels, shown, strict=False):
        _panel(panel, kind, [(place, row) for place, row in enumerate(rows, 1) if _drawn(row, kind)])
    for panel in panels[len(shown) :]:
        panel.set_visible(False)
    _key(panels[0])
    return drawn


def _drawn(row: ComparedRow, kind: Kind) -> bool:
    return row.about.kind == kind and row.predicted is not None


def _panel(axes: Axes, kind: Kind, rows: list[tuple[int, ComparedRow]]) -> None:
    ends: list[float] = []
    for place, row in rows:
        low, middle, high = (value or 0.0 for value in (row.low, row.predicted, row.high))
        colour = TOLD if row.paper.split == "told" else HELD_OUT if row.status == "holds" else MISS
        axes.plot([row.measured, row.measured], [low, high], color=colour, lw=1.2, alpha=0.5)
        axes.plot([row.measured], [middle], MARKERS[row.about.relation], color=colour, ms=5)
        axes.annotate(f" {place}", (row.measured, middle), fontsize=6, va="center")
        ends += [row.measured, low, high]
    both = [min(ends), max(ends)]
    axes.plot(both, both, color=PAPER, lw=0.8, ls="--")
    if min(ends) > 0.0:
        axes.set(xscale="log", yscale="log")
    unit = UNITS[kind][1]
    said = "" if unit == "1" else f" / {unit}"
    axes.set(xlabel=f"measured{said}", ylabel=f"simulated{said}", title=kind.replace("_", " "))


def page(found: Validation, shown: dict[str, Drawing]) -> str:
    """Return the report as one HTML document."""
    rows = found.rows
    counts = Counter(row.status for row in rows)
    told = [row for row in rows if row.paper.split == "told"]
    held_out = [row for row in rows if row.paper.split != "told"]
    sections = [
        Section("Score", _score(found.score, found.score_of_physics) + paragraph(RULE)),
        Section("Held out: numbers that the library was not told", _rows(rows, held_out)),
        Section("Told: numbers that the library was built with", _rows(rows, told), folded=True),
        Section("Pairs that differ in one condition", paragraph(PAIRS) + _pairs(found.pairs)),
        Section("What told papers teach", _lessons(found.lessons), folded=True),
        Section("Sources, and how their numbers were seen", _sources(rows), folded=True),
    ]
    verdict = f"{counts['holds']} of {many(len(rows), 'number holds', 'numbers hold')}, {counts['miss']} miss, {counts['not predicted']} cannot be predicted."
    about = f"Every forecast is simulated, no number of the twin was refitted; ionweld {__version__}."
    head = PageHead("The twin against other papers", verdict, about, borrowed_by(rows))
    return render_page(head, sections, figure(shown["forecasts"], CAPTION))


def borrowed_by(rows: list[ComparedRow]) -> str:
    """Return what the forecasts borrow from other materials, in one sentence; nothing where nothing is borrowed."""
    found: dict[str, str] = {}
    for row in rows:
        if row.predicted is not None and row.about.material not in found:
            found[row.about.material] = _borrowed(row)
    named = ", ".join(f"{material} {counted}" for material, counted in found.items() if counted)
    return f"Parameters are borrowed from other materials: {named}" if named else ""


def _borrowed(row: ComparedRow) -> str:
    """Return how many of the parameters of a row's cell are borrowed; nothing where none is."""
    try:
        cell = parse_cell(cell_document(row.about), row.about.id)
    except SpecError:  # a number of the electrolyte alone needs no interface, and may have none
        return ""
    found = borrowed(cell, library_parameters(cell))
    return f"{len(found.numbers)} of {found.total}" if found.numbers else ""


def _score(taught: Score, physics: Score) -> str:
    both = [_score_lines(one) for one in (taught, physics)]
    lines = [(name, value, both[1][name]) for name, value in both[0].items()]
    return table(("score", "forecast", "physics alone"), lines)


def _score_lines(found: Score) -> dict[str, Marked]:
    numbers = {
        "held-out numbers that count": str(found.rows),
        "inside the 90 % band": _share(found.inside_90),
        "median distance / decades": _short(found.median_abs_log10_ratio),
        "median width of the band / decades": _short(found.median_width_decades),
        f"in the right order, of {found.ordered_pairs} pairs that differ in one condition": _share(found.right_order),
        f"the same of {found.told_pairs} told pairs": _share(found.told_right_order),
    }
    skills = {
        f"skill, {name.replace('_', ' ')}": Marked(_short(value), "number" if (value or 0.0) >= 0.0 else "miss")
        for name, value in found.skill.items()
    }
    return {name: Marked(text, "number") for name, text in numbers.items()} | skills


def _share(value: float | None) -> str:
    return "none" if value is None else f"{100.0 * value:.0f} %"


def _pairs(found: list[OrderedPair]) -> str:
    lines = [
        (
            pair.lower,
            pair.higher,
            pair.condition.replace("_", " "),
            pair.split.replace("_", " "),
            Marked(_share(pair.share), "number"),
            Marked("right" if pair.right else "wrong", "hit" if pair.right else "miss"),
        )
        for pair in found
    ]
    header = ("measured lower", "measured higher", "they differ in", "paper was", "draws in order", "order")
    return table(header, lines) if lines else paragraph("None.")


def _lessons(found: Lessons) -> str:
    lines = [
        (
            kind.replace("_", " "),
            class_ or "all others",
            Marked(str(one.told), "number"),
            Marked(f"{one.shift:+.2f}", "number"),
            Marked(f"{one.scale:.2f}", "number"),
        )
        for (kind, class_), one in found.items()
    ]
    header = (
        "kind",
        "class",
        "told numbers",
        "forecasts are moved by / decades",
        "spread between laboratories / decades",
    )
    return table(header, lines)


def _short(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"


def _rows(rows: list[ComparedRow], chosen: list[ComparedRow]) -> str:
    """Return a table of the rows chosen, under their numbers in the figure."""
    header = (
        "no.",
        "row",
        "kind",
        "material",
        "unit",
        "measured",
        "forecast",
        "90 % band",
        "naive",
        "paper was",
        "verdict",
        "why",
    )
    shown = [_row(place, row) for place, row in enumerate(rows, 1) if row in chosen]
    return table(header, shown) if shown else paragraph("None.")


def _row(place: int, row: ComparedRow) -> tuple[str | Marked, ...]:
    sign = "" if row.about.relation == "=" else f"{row.about.relation} "
    seen = "" if row.about.value_checked else "; the number itself was not seen"
    low, high = row.low, row.high
    return (
        str(place),
        row.about.id,
        row.about.kind.replace("_", " "),
        row.about.material,
        row.unit,
        Marked(f"{sign}{readable(row.measured)}", "number"),
        Marked("" if row.predicted is None else readable(row.predicted), "number"),
        "" if low is None or high is None else f"{readable(low)} to {readable(high)}",
        Marked("" if row.naive is None else readable(row.naive), "number"),
        row.paper.split.replace("_", " "),
        Marked(row.status, VERDICTS[row.status]),
        row.why + seen,
    )


def _sources(rows: list[ComparedRow]) -> str:
    papers = {row.paper.citation: row.paper for row in rows}
    lines = [
        (
            paper.citation,
            paper.doi or paper.arxiv or "not known",
            paper.class_,
            paper.split.replace("_", " "),
            paper.how_seen,
        )
        for paper in papers.values()
    ]
    return table(("source", "DOI", "class", "split", "how the numbers were seen"), lines)


def results(found: Validation, files: list[str]) -> dict[str, Any]:
    """Return the JSON document of the command line."""
    rows = found.rows
    return {
        "borrowed": borrowed_by(rows),
        "rows": [_result(*pair) for pair in zip(rows, found.physics, strict=True)],
        "score": asdict(found.score),
        "score_of_physics_alone": asdict(found.score_of_physics),
        "pairs": [asdict(pair) | {"right": pair.right} for pair in found.pairs],
        "told": [
            {
                "quantity": kind,
                "class": class_ or None,
                "rows": one.told,
                "shift_decades": one.shift,
                "scale_decades": one.scale,
            }
            for (kind, class_), one in found.lessons.items()
        ],
        "holds": sum(row.status == "holds" for row in rows),
        "misses": sum(row.status == "miss" for row in rows),
        "not_predicted": sum(row.status == "not predicted" for row in rows),
        "software": f"ionweld {__version__}",
        "files": files,
    }


def _result(row: ComparedRow, physics: ComparedRow) -> dict[str, Any]:
    return {
        "id": row.about.id,
        "source": row.paper.citation,
        "quantity": row.about.kind,
        "material": row.about.material,
        "class": row.paper.class_,
        "unit": row.unit,
        "relation": row.about.relation,
        "measured": row.measured,
        "predicted": row.predicted,
        "low": row.low,
        "high": row.high,
        "naive": row.naive,
        "ratio": row.ratio,
        "physics_predicted": physics.predicted,
        "physics_low": physics.low,
        "physics_high": physics.high,
        "split": row.paper.split,
        "role": "calibrated" if row.paper.split == "told" else "predicted",
        "status": row.status,
        "why": row.why,
        "where": row.about.where,
        "doi": row.paper.doi,
        "arxiv": row.paper.arxiv,
        "how_seen": row.paper.how_seen,
        "value_checked": row.about.value_checked,
    }
