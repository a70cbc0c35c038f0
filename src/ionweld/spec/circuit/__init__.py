"""Equivalent circuits: text in two notations -> a compiled circuit."""

from ionweld.spec.circuit.compiled import Circuit, circuit, compile_tree
from ionweld.spec.circuit.grammar import Branch, Leaf, Node, leaves

__all__ = ["Branch", "Circuit", "Leaf", "Node", "circuit", "compile_tree", "leaves"]
