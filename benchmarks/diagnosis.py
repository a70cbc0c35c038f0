"""How often a diagnosis is right, on virtual cells whose cause is known by ablation and that nothing was learnt from.

    python benchmarks/diagnosis.py [--draws 300] [--held-out 100] [--workers 2] [--only NAME] [--json FILE]

For each case (a cell with what is not known of it, and a test) draws are made as `ionweld diagnose` makes them; held-out
cells have numbers, and so seeds, of their own, and the twin's exact laws. Each is looked at with sound equipment and with
two faults, and counts as often as it is believed; the confusion matrix counts looks. Told are: accuracy over all and over failed
cells, balanced accuracy, log loss, expected calibration error, the confusion matrix, how often stated odds were true, how
many parameters lie in their 95 % intervals, today's event rules on the same cells, cells under the twin's other set of laws,
cells under laws that the twin does not have (held_out_cells.py), and how often cells are not explained
where the mechanism that kills them is left out of all draws. "all told" is how often the same trees are right that see,
besides, the true numbers of each cell: where they are as often wrong, more draws would help, and where they are not, only
another measurement.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from diagnosis_scores import hits, scores
from held_out_cells import held_out_draws

from ionweld.analyse.cycling import diagnose as find_signs
from ionweld.analyse.cycling import first_of, summarise
from ionweld.infer.ablation import SWITCHES, helping_alike, with_switch_off
from ionweld.infer.causes import learn_causes
from ionweld.infer.diagnosis import Mechanism
from ionweld.infer.discrepancy import with_rival_laws
from ionweld.infer.draws import DiagnosisDraw, DrawPlan, VirtualCell, virtual_cell
from ionweld.infer.engine import make_draws
from ionweld.infer.features import LEVELS
from ionweld.infer.kept import KeptDraws, user_cache
from ionweld.infer.moments import SpectrumMoment
from ionweld.infer.posterior import Expectation, learn_parameters, posterior, told, weighted_quantiles
from ionweld.infer.predictive import DRAWS as SHOWN
from ionweld.infer.prior import prior_of
from ionweld.infer.protocol import MeasuredProtocol, MeasuredStage
from ionweld.infer.resemblance import cloud_of, resemblance
from ionweld.infer.sampling import Sampling
from ionweld.infer.seen import SweepPlan, seen_test
from ionweld.infer.table import CAUSES, DrawTable, table_of
from ionweld.infer.trees import predicted
from ionweld.measurement.cycling import CyclingTest
from ionweld.result import EventKind
from ionweld.spec.cell import parse_cell
from ionweld.twin.pool import Mapper, workers

AREA_M2 = 2.827e-5  # of a foil of 6 mm
SWEEPS = (SweepPlan(SpectrumMoment("before"), 1e6, 0.1), SweepPlan(SpectrumMoment("after"), 1e6, 0.1))
OTHERS = ("other laws", "held-out laws")
OF_HITS = ("truth", "dead", "weights")
KNOWN = (*OF_HITS, "cells")
WITHOUT = 200  # draws of cells without a mechanism, as a diagnosis makes at least: a rank among a hundred tells little
HELD_OUT = 1_000_000  # numbers of held-out cells begin here
RULES = {  # what today's events are taken to mean
    EventKind.CONTACT_LOSS: "contact_loss",
    EventKind.HARD_SHORT: "filament",
    EventKind.SOFT_SHORT: "filament",
}


@dataclass(frozen=True)
class Case:
    """A cell with what is not known of it, and a test of stages (mA/cm2, hours, cycles)."""

    name: str
    cell: dict[str, Any]
    stages: tuple[tuple[float, float, int], ...]
    limits_V: tuple[float, float] = (0.0, 5.0)

    def plan(self) -> DrawPlan:
        cell = parse_cell(self.cell)
        steps = [MeasuredStage(10.0 * j * AREA_M2, 3600.0 * h, 0.0, n) for j, h, n in self.stages]
        every = max(60.0, steps[0].half_cycle_s / 40.0, sum(step.seconds for step in steps) / 8000.0)
        protocol = MeasuredProtocol(tuple(steps), "charge", self.limits_V, every)
        kind = "symmetric" if cell.cathode is None else "full"
        return DrawPlan(prior_of(cell), kind, protocol, Sampling(every, 4), SWEEPS, f"benchmark/{self.name}")


def _cell(name: str, material: str, temperature: str, pressure: tuple[str, str, str], **parts: Any) -> dict[str, Any]:
    usual, low, high = pressure
    interface = parts.get("interface", {})
    lithium = {"material": "Li", "diameter": "6 mm", "thickness": "100 um", "interface": interface}
    positive = {"positive": parts["positive"]} if "positive" in parts else {}
    return {
        "name": name,
        "temperature": temperature,
        "stack_pressure": {"assumed": usual, "range": [low, high], "why": "not measured"},
        "electrolyte": {
            "material": material,
            "diameter": "10 mm",
            "thickness": {"assumed": "0.8 mm", "range": ["0.6 mm", "1.1 mm"], "why": "not measured"},
        },
        "electrodes": {"negative": lithium, **positive},
    }


WELD = {"gap": "10 um", "liquid": "1 M LiPF6 in EC:DEC:FEC 45:45:10", "volume": "1 uL"}
LFP = {
    "material": "LiFePO4", "diameter": "6 mm", "loading": "2 mg/cm^2", "coat": "10 um",
    "slurry": {"active": "60 %", "binder": "15 %", "salt": "15 %", "carbon": "10 %"},
}  # fmt: skip
LOW, MIDDLE, HIGH = ("0.15 MPa", "0.03 MPa", "1 MPa"), ("2 MPa", "0.5 MPa", "8 MPa"), ("5 MPa", "1 MPa", "15 MPa")
CASES = (
    Case("Li2OHCl, dry, constant current", _cell("a", "Li2OHCl", "80 degC", LOW), ((0.1, 0.5, 50),)),
    Case(
        "Li2OHCl, liquid, stepped current",
        _cell("b", "Li2OHCl", "80 degC", LOW, interface=WELD),
        ((0.1, 0.5, 30), (0.2, 0.5, 30), (0.4, 0.5, 30)),
    ),
    Case(
        "Li6PS5Cl, ramp",
        _cell("c", "Li6PS5Cl", "25 degC", HIGH),
        tuple((round(0.1 * 1.2**k, 4), 0.5, 2) for k in range(16)),
    ),
    Case("LLZO, constant current", _cell("d", "LLZO", "60 degC", MIDDLE), ((0.2, 1.0, 40),)),
    Case("Li3PS4-glass, stepped current", _cell("e", "Li3PS4-glass", "25 degC", MIDDLE), ((0.1, 1, 20), (0.3, 1, 20))),
    Case(
        "Li2OHCl | LiFePO4, full cell",
        _cell("f", "Li2OHCl", "80 degC", LOW, interface=WELD, positive=LFP),
        ((0.068, 5.0, 30),),
        (2.5, 4.0),
    ),
)


def main() -> None:
    asked = _asked()
    found = _begun(asked)
    with workers(asked.workers) as mapper:
        for case in CASES:
            if case.name not in found["cases"] and (asked.only is None or asked.only in case.name):
                found["cases"][case.name] = _case(case, asked, mapper)
                found |= _together(list(found["cases"].values()))
                if asked.json:  # after each case: it takes long, and goes on where it was
                    asked.json.write_text(json.dumps(found, indent=1) + "\n")
    shown = {name: {key: part for key, part in case.items() if key != "looks"} for name, case in found["cases"].items()}
    print(json.dumps(found | {"cases": shown}, indent=1))


def _begun(asked: Any) -> dict[str, Any]:
    """Return what the same command has found before."""
    command = f"--draws {asked.draws} --held-out {asked.held_out} --other-laws {asked.other_laws}"
    if asked.json and asked.json.exists():
        found = json.loads(asked.json.read_text())
        if found["command"] == command:
            return found
    return {"command": command, "cases": {}}


def _together(cases: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the scores over all cases so far."""
    names = cases[0]["looks"]
    whole = {
        name: np.concatenate([_apart(name, case["looks"][name], place) for place, case in enumerate(cases)])
        for name in names
    }
    found: dict[str, Any] = {}
    for evidence in ("cycling", "cycling + spectra", "all told", *OTHERS):
        found[evidence] = scores(*(whole[f"{evidence}/{part}"] for part in ("p", *KNOWN)))
    found["rules"] = hits(*(whole[f"rules/{part}"] for part in ("said", *OF_HITS)))
    inside = whole["inside"]
    found["bands"] = _of_bands(whole["bands"])
    return found | {"parameters inside their 95 % interval": {"share": float(inside.mean()), "of": int(inside.size)}}


def _apart(name: str, values: list, place: int) -> np.ndarray:
    """Return what is known of the looks of a case; its cells have numbers that no other case has."""
    return np.array(values) + (place * 10 * HELD_OUT if name.endswith("/cells") else 0)


def _asked() -> Any:
    parser = argparse.ArgumentParser()
    for name, usual in (("--draws", 300), ("--held-out", 100), ("--workers", 2), ("--other-laws", 40)):
        parser.add_argument(name, type=int, default=usual)
    parser.add_argument("--only")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--keep", type=Path, default=user_cache(), help="where draws are kept")
    return parser.parse_args()


def _case(case: Case, asked: Any, mapper: Any) -> dict[str, Any]:
    """Return the scores of a case, and what was said of each look."""
    plan = case.plan()
    every: dict[str, list] = {}
    learnt = _made(plan, range(asked.draws), mapper, asked.keep)
    exact = replace(plan, doubt=0.0)
    held = _made(exact, range(HELD_OUT, HELD_OUT + asked.held_out), mapper, asked.keep)
    known = _known(held)
    told: dict[str, Any] = {"causes": dict(Counter(one.cause for one in learnt)), "held out": len(held)}
    taught = Taught(learnt, mapper)
    for evidence, p in (
        ("cycling", Taught(_of_cycling(learnt), mapper).odds(_of_cycling(held))),
        ("cycling + spectra", taught.odds(held)),
        ("all told", Taught(_all_told(plan, learnt), mapper).odds(_all_told(exact, held))),
    ):
        told[evidence] = scores(p, **known)
        _add(every, evidence, p=p, **known)
    said = np.array([CAUSES.index(one) for one in _by_rules(exact, held)])
    told["rules"] = hits(said, *(known[part] for part in OF_HITS))
    _add(every, "rules", said=said, **known)
    learnt_of = learn_parameters(taught.table, mapper)
    inside = np.array(list(_inside(learnt_of, taught.table, held)), dtype=float)
    _add(every, "inside", inside=inside)
    told["parameters inside"] = float(inside.mean())
    bands = np.array(list(_bands(learnt_of, taught, held)), dtype=float)
    _add(every, "bands", bands=bands)
    told["bands"] = _of_bands(bands)
    told["not explained"] = _refused(learnt, held)
    told["taken out"] = _taken_out(exact, learnt, held, mapper, asked.keep)
    for name, others in zip(OTHERS, (_of_the_other_set, _of_no_set), strict=True):
        cells = others(exact, asked.other_laws, mapper, asked.keep)
        p, known = taught.odds(cells), _known(cells)
        _add(every, name, p=p, **known)
        told[name] = scores(p, **known) | {"not explained": _refused(learnt, cells)}
    return told | {"looks": every}


class Taught:
    """Draws, and what they teach of causes."""

    def __init__(self, draws: list[DiagnosisDraw], mapper: Mapper) -> None:
        self.table = table_of(draws, {})
        self.causes = learn_causes(self.table, mapper)

    def odds(self, cells: list[DiagnosisDraw]) -> np.ndarray:
        """Return the odds of cells (n, causes)."""
        return self.causes.odds_of(np.array([self.table.row(one.features) for one in cells]))


def _refused(draws: Sequence[DiagnosisDraw], cells: list[DiagnosisDraw]) -> float:
    """Return the share of cells that are not explained by draws."""
    table = table_of(draws, dict.fromkeys((name for one in cells for name in one.features), 0.0))
    cloud = cloud_of(table)
    refused = [not resemblance(cloud, table.row(one.features)).explained for one in cells]
    return float(np.average(refused, weights=[one.weight for one in cells]))


def _of_the_other_set(exact: DrawPlan, count: int, mapper: Mapper, keep: Path) -> list[DiagnosisDraw]:
    """Return cells of the same materials under exactly the twin's other set of laws, which a quarter of the draws has roughly."""
    prior = exact.prior
    plan = replace(
        exact, prior=replace(prior, parameters=with_rival_laws(prior.parameters)), seed=f"{exact.seed}/other laws"
    )
    return _made(plan, range(count), mapper, keep)


def _of_no_set(exact: DrawPlan, count: int, mapper: Mapper, keep: Path) -> list[DiagnosisDraw]:
    """Return cells of the same materials under laws that the twin does not have."""
    plan = replace(exact, seed=f"{exact.seed}/held-out laws")
    return _usable(held_out_draws(plan, count, mapper, keep))


def _taken_out(
    exact: DrawPlan, learnt: list[DiagnosisDraw], held: list[DiagnosisDraw], mapper: Mapper, keep: Path
) -> dict[str, Any]:
    """Return how often cells that a mechanism kills are not explained, by draws with this mechanism and without it.

    It is the one that, left out, spares most of the cells. Cells are compared with draws of the exact laws alone.
    """
    spares = Counter(name for one in held for name in _sparing(one) if name in SWITCHES)
    (mechanism, _), *_ = spares.most_common(1)
    killed = [one for one in held if mechanism in _sparing(one)]
    prior = prior_of(with_switch_off(exact.prior.cell, mechanism))
    lacking = replace(exact, prior=prior, seed=f"{exact.seed}/without {mechanism}")
    without = _made(lacking, range(WITHOUT), mapper, keep)
    shares = {"with it": _refused(learnt, killed), "without it": _refused(without, killed)}
    return {"mechanism": mechanism, "looks": len(killed)} | shares


def _sparing(one: DiagnosisDraw) -> tuple[Mechanism, ...]:
    return helping_alike(one.fate, one.without)


def _made(plan: DrawPlan, runs: range, mapper: Any, keep: Path) -> list[DiagnosisDraw]:
    return _usable(make_draws(plan, runs, mapper, lambda: None, KeptDraws(keep, plan.key)))


def _usable(made: list[DiagnosisDraw | None]) -> list[DiagnosisDraw]:
    return [one for one in made if one is not None and one.features]


def _known(draws: list[DiagnosisDraw]) -> dict[str, np.ndarray]:
    """Return what is known of draws: the true cause, whether they died, how often each counts, and of which cell it is."""
    told: dict[str, list] = {
        "truth": [CAUSES.index(one.cause) for one in draws],
        "dead": [one.fate.dead for one in draws],
    }
    told |= {"weights": [one.weight for one in draws], "cells": [one.run for one in draws]}
    return {name: np.array(values) for name, values in told.items()}


def _of_cycling(draws: list[DiagnosisDraw]) -> list[DiagnosisDraw]:
    return [
        replace(one, features={name: value for name, value in one.features.items() if " Hz" not in name})
        for one in draws
    ]


def _all_told(plan: DrawPlan, draws: list[DiagnosisDraw]) -> list[DiagnosisDraw]:
    """Return draws that show the numbers that they were made from as well: nobody can know more of a cell."""
    cells = [virtual_cell(plan, one.number) for one in draws]
    return [
        replace(one, features=one.features | _numbers(cell) | {"exact laws": float(one.exact)})
        for one, cell in zip(draws, cells, strict=True)
    ]


def _numbers(one: VirtualCell) -> dict[str, float]:
    known = {f"true {name}": quantity.value for name, quantity in one.parameters.properties.items()}
    around = {name: getattr(one.nuisances, name) for name in ("lead_size", "ageing")}
    faulty = {"faulty leads": float(one.nuisances.leads != "sound")}
    return known | around | faulty | {"true stack pressure": one.cell.stack_pressure.value}


def _inside(learnt: tuple[Expectation, ...], table: DrawTable, held: list[DiagnosisDraw]) -> Iterator[bool]:
    rows = np.array([table.row(one.features) for one in held])
    for one in learnt:
        at = np.mean([predicted(fold, rows) for fold in one.folds], axis=0)
        for draw, expected in zip(held, at.tolist(), strict=True):
            low, _, high = np.exp(told(one, expected)[1])
            true = max(draw.parameters[one.name], float(np.exp(np.nanmin(one.values))))
            yield bool(low * (1 - 1e-9) <= true <= high * (1 + 1e-9))


def _bands(learnt: tuple[Expectation, ...], taught: Taught, held: list[DiagnosisDraw]) -> Iterator[tuple[bool, float]]:
    """Yield of each level of each curve whether it lies in the band of the draws that stand for it, and how wide that is.

    Over that of the prior, as a 95 % interval, of the draws that a report shows.
    """
    table = taught.table
    for one in held:
        row = table.row(one.features)
        weights = posterior(learnt, table, row, taught.causes.held_out, taught.causes.odds(row)).weights
        heaviest = np.argsort(-weights, kind="stable")[:SHOWN]
        for place in (place for place, name in enumerate(table.names) if name in LEVELS and np.isfinite(row[place])):
            values, known = table.features[heaviest, place], np.isfinite(table.features[:, place])
            if np.isfinite(values).mean() >= 0.2:
                low, high = np.nanquantile(values, [0.025, 0.975])
                before = np.ptp(weighted_quantiles(table.features[known, place], table.weights[known]))
                yield low <= row[place] <= high, (high - low) / before if before > 0.0 else 1.0


def _of_bands(bands: np.ndarray) -> dict[str, float]:
    """Return the share of levels inside, and the median width over that of the prior."""
    return {"inside": float(bands[:, 0].mean()), "width over that of the prior": float(np.median(bands[:, 1]))}


def _by_rules(plan: DrawPlan, held: list[DiagnosisDraw]) -> Iterator[str]:
    """Yield what today's events say of each look: the gravest of them, or none."""
    for _, looks in groupby(held, key=lambda one: one.run):
        run = None
        for one in looks:
            virtual: VirtualCell = virtual_cell(plan, one.number)
            run = virtual.run() if run is None else run
            yield _by_events(plan, seen_test(run, virtual.nuisances, plan.sampling, plan.protocol.seconds))


def _by_events(plan: DrawPlan, test: CyclingTest) -> str:
    signs = find_signs(test, summarise(test, plan.kind, "charge"), plan.kind)
    first = first_of(signs, *RULES)
    worn = first_of(signs, EventKind.END_OF_LIFE)
    if first is not None:
        return RULES[first.kind]
    return "none" if worn is None else "cathode" if plan.kind == "full" else "interphase"


def _add(every: dict[str, list], name: str, **parts: np.ndarray) -> None:
    """Keep what was said of each look, and what is true, in four digits."""
    for part, value in parts.items():
        every[name if part == name else f"{name}/{part}"] = np.round(np.asarray(value, dtype=float), 4).tolist()


if __name__ == "__main__":
    main()
