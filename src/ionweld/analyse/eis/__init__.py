"""Impedance spectra -> circuits with honest errors, validity, relaxation times, named arcs, conductivity and energy."""
