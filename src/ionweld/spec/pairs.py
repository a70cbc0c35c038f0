"""Which library entry describes which pair of materials, and the fault of a pair that the library does not know."""

from ionweld.errors import Fault

# Which interface entry of the library describes a metal against an electrolyte, and the liquids known to weld it
INTERFACES = {
    ("Li", "Li2OHCl"): "Li | Li2OHCl",
    ("Li", "Li6PS5Cl"): "Li | Li6PS5Cl",
    ("Li", "LLZO"): "Li | LLZO",
}
# The same for an electrolyte against a cathode
CATHODES = {("Li2OHCl", "LiFePO4"): "Li2OHCl | LiFePO4"}


def unknown_pair(where: str, one: str, other: str, known: dict[tuple[str, str], str]) -> list[Fault]:
    """Return the fault of two materials, each of the library, whose interface it does not describe; none if it does."""
    if (one, other) in known:
        return []
    pairs = ", ".join(f"{first} with {second}" for first, second in known)
    return [Fault(where, f"the library has no interface of {one} with {other}", f"Known: {pairs}")]
