"""Physics: pure functions of SI floats or arrays, written with numpy ufuncs.

Each law is one function: its equation, units, range of validity and source are in its docstring. Every law is also
callable from compiled code (`@law`), so the simulator integrates the very functions that a test or a notebook calls.
Symbols are those of the equations; no file is read here, and a law holds no fitted number.
"""
