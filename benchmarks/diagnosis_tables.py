"""The tables of docs/concepts/diagnosis_tested.md, from what benchmarks/diagnosis.py found.

python benchmarks/diagnosis_tables.py FOUND.json [--into docs/concepts/diagnosis_tested.md]

Without --into they are printed; with it they take the place of what stands between the page's two marks.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"
EVIDENCE = ("cycling", "cycling + spectra")
OTHERS = ("other laws", "held-out laws")
SCORED = (*EVIDENCE, "all told", *OTHERS)
SHARES = (
    "accuracy of failed",
    "accuracy of failed, undecided an answer",
    "accuracy",
    "balanced",
    "mean odds of what is said",
)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("found", type=Path)
    parser.add_argument("--into", type=Path)
    asked = parser.parse_args()
    text = "\n".join(tables(json.loads(asked.found.read_text())))
    if asked.into is None:
        print(text)
        return
    page = asked.into.read_text()
    before, rest = page.split(BEGIN)
    asked.into.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}")


def tables(found: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of all tables."""
    yield f"`python benchmarks/diagnosis.py {found['command']}`\n"
    yield from _scores(found)
    yield f"\nParameters inside their 95 % interval: {_inside(found)}."
    yield f"\nLevels of the measured curve inside the 95 % band of the draws that a report shows: {_bands(found)}."
    for evidence in EVIDENCE:
        yield f"\nConfusion, {evidence}, all cases (rows: true cause, columns: said; looks):\n"
        yield from _confusion(found[evidence]["confusion"])
    yield "\nReliability (odds of the cause that is said; a share of the cells as they are believed):\n"
    yield from _reliability(found)
    yield "\nRight, of each cause:\n"
    yield from _per_cause(found)
    yield "\nCalled *not explained* (aim for cells of the prior: 5 %), and cells that die by a mechanism that no draw has:\n"
    yield from _refused(found["cases"])


def _row(*cells: Any) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def _head(*cells: str) -> list[str]:
    return [_row(*cells), "|" + "---|" * len(cells)]


def _percent(value: float | None) -> str:
    return "" if value is None else f"{100.0 * value:.0f} %"


def _scores(found: dict[str, Any]) -> Iterator[str]:
    yield from _head(
        *("cells", "right, of failed that one change spares", "right, of all failed", "right, of all"),
        *("balanced", "mean odds", "log loss", "calibration error", "of true odds", "event rules"),
    )
    wholes = (("**all cases**", found), *found["cases"].items())
    for name, case in wholes:
        for evidence in SCORED:
            one = case[evidence]
            known = (one[key] for key in SHARES)
            rules = _percent(case["rules"]["accuracy of failed"]) if evidence in EVIDENCE else ""
            errors = (f"{one[name]:.3f}" for name in ("calibration error", "calibration error by chance"))
            numbers = (f"{one['log loss']:.2f}", *errors, rules)
            yield _row(f"{name}: {evidence}", *map(_percent, known), *numbers)


def _inside(found: dict[str, Any]) -> str:
    whole = found["parameters inside their 95 % interval"]
    parts = (f"{name} {_percent(case['parameters inside'])}" for name, case in found["cases"].items())
    return f"{_percent(whole['share'])} of {whole['of']} ({'; '.join(parts)})"


def _bands(found: dict[str, Any]) -> str:
    parts = (f"{name} {_of_band(case['bands'])}" for name, case in found["cases"].items())
    return f"{_of_band(found['bands'])} of the prior's width ({'; '.join(parts)})"


def _of_band(band: dict[str, float]) -> str:
    return f"{_percent(band['inside'])} in {_percent(band['width over that of the prior'])}"


def _confusion(table: dict[str, dict[str, int]]) -> Iterator[str]:
    said = list(dict.fromkeys(name for row in table.values() for name in row))
    yield from _head("", *(name.replace("_", " ") for name in said))
    for cause, row in table.items():
        yield _row(cause.replace("_", " "), *(row[name] for name in said))


def _reliability(found: dict[str, Any]) -> Iterator[str]:
    yield from _head("evidence", "odds said (mean)", "true", "share of cells")
    for evidence in (*EVIDENCE, *OTHERS):
        for said, true, share in found[evidence]["reliability (said, true, share of cells)"]:
            yield _row(evidence, f"{said:.2f}", f"{true:.2f}", _percent(share))


def _per_cause(found: dict[str, Any]) -> Iterator[str]:
    kinds = (*EVIDENCE, *OTHERS, "rules")
    yield from _head("cause", *(name if name != "rules" else "event rules" for name in kinds))
    for cause in found["cycling"]["per cause"]:
        yield _row(cause.replace("_", " "), *(_percent(found[kind]["per cause"].get(cause)) for kind in kinds))


def _refused(cases: dict[str, Any]) -> Iterator[str]:
    yield from _head("cells", "of the prior", *(f"of {name}" for name in OTHERS), "left out of all draws", "with it")
    for name, case in cases.items():
        out = case["taken out"]
        shares = (case["not explained"], *(case[other]["not explained"] for other in OTHERS))
        left = f"{out['mechanism'].replace('_', ' ')}: {_percent(out['without it'])} of {out['looks']} looks"
        yield _row(name, *map(_percent, shares), left, _percent(out["with it"]))


if __name__ == "__main__":
    main()
