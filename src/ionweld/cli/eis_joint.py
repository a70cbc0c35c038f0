"""One fit of a whole series (`eis fit --joint`): what it runs over, its links, and how it is shown."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ionweld.cli.output import emit

if TYPE_CHECKING:
    from ionweld.analyse.eis.fit import CircuitFit
    from ionweld.analyse.eis.joint import JointFit

Course = Literal["temperature", "cycles"]
JointFlag = Annotated[bool, typer.Option("--joint", help="Fit all sweeps together as one series.")]
Over = Annotated[Course | None, typer.Option("--over", help="What the series of --joint runs over.")]
Links = Annotated[
    list[str] | None,
    typer.Option(
        "--link",
        help='Of --joint: "R1:arrhenius", "CPE1.n:shared", "*.n:smooth"; repeat for more. What is not named is free then.',
    ),
]
Alike = Annotated[
    bool, typer.Option("--alike", help="Of --joint: one noise for all spectra (one chi2), not each one's own.")
]


@dataclass(frozen=True, slots=True)
class JointWish:
    """What a person asks of a joint fit, as text."""

    over: Course | None = None
    links: list[str] | None = None
    alike: bool = False

    def check(self, joint: bool, circuit: list[str] | None) -> None:
        """Raise InputError for a series without a circuit, and for links of no series."""
        from ionweld.errors import Fault, InputError

        if joint and not circuit:
            mend = "Give --circuit: run `eis fit` on one spectrum without it to see which are proposed"
            raise InputError(Fault("--joint", "a series is fitted with one circuit, and none is given", mend))
        if not joint and (self.links or self.alike or self.over):
            seen = "links, --over and --alike belong to a fit of a series"
            raise InputError(Fault("--link" if self.links else "--over/--alike", seen, "Give --joint as well"))


def fit_series(fits: list["CircuitFit"], wish: JointWish) -> dict[str, Any]:
    """Return the joint fit of a series: the fits at its solution, rows of parameters, JSON and changes."""
    from ionweld.analyse.eis.arrhenius import arrhenius_fit, linked_energy, linked_fit
    from ionweld.analyse.eis.cycles import changes
    from ionweld.analyse.eis.joint import at_solution, joint_parameters
    from ionweld.analyse.eis.links import read_links

    along = wish.over or _course(fits)
    links = read_links(wish.links, fits[0].circuit, temperature=along == "temperature") if wish.links else None
    if along == "temperature":
        found = ()
        solution = (
            arrhenius_fit(fits, "sigma T", alike=wish.alike)
            if links is None
            else linked_fit(fits, links, "sigma T", alike=wish.alike)
        )
    else:
        found, solution = changes(fits, links=links, alike=wish.alike)
    lines = [name for name in solution.lines if solution.links[name] == "arrhenius"]
    energies = {name: linked_energy(solution, name) for name in lines}
    return {
        "fits": at_solution(solution),
        "rows": [joint_parameters(solution, index) for index in range(len(fits))],
        "json": _about(solution, along, wish.alike) | {"activation_energies": energies, "changes": found},
        "changes": found,
    }


def _course(fits: list["CircuitFit"]) -> Course:
    temperatures = {fit.spectrum.temperature_K for fit in fits}
    return "temperature" if None not in temperatures and len(temperatures) == len(fits) > 2 else "cycles"


def _about(solution: "JointFit", along: Course, alike: bool) -> dict[str, Any]:
    doubt = solution.link_p_value < 0.05
    energies = "arrhenius" in solution.links.values()
    return {
        "over": along,
        "links": solution.links,
        "noise": "one for all spectra" if alike else "each spectrum's own",
        "free_parameters": len(solution.theta),
        "chi2": solution.chi2,
        "degrees_of_freedom": sum(fit.problem.data for fit in solution.fits) - len(solution.theta),
        "link_p_value": solution.link_p_value,
        "excess_scatter": solution.excess,
        "convention": "Ea from ln(sigma T) against 1/T" if energies else None,
        "warnings": [f"the links do not hold (p = {solution.link_p_value:.2g}): trust the separate fits"]
        if doubt
        else [],
    }


def print_series(series: dict[str, Any]) -> None:
    """Print what the series gives beside the fit of each spectrum."""
    from ionweld.cli.eis_output import change_table

    about = series["json"]
    named = ", ".join(f"{name} {link}" for name, link in about["links"].items()) or "none"
    emit(f"joint fit over {about['over']}; links: {named}; noise: {about['noise']}")
    emit(
        f"  {about['free_parameters']} parameters, {about['degrees_of_freedom']} degrees of freedom, "
        f"chi2 {about['chi2']:.6e}"
    )
    for name, energy in about["activation_energies"].items():
        emit(f"  {name}: Ea {energy.Ea_eV:.4f} +- {energy.stderr_eV:.4f} eV ({about['convention']})")
    change_table(series["changes"])
    for warning in about["warnings"]:
        emit(f"  note: {warning}")
