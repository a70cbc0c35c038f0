"""Formats of impedance, one file each, found by being there: a NAME, `recognises(text)` and `read(source, text)`.

Those that are no plain text have `recognises_bytes(source)` and `read_bytes(source)` instead, and are asked first.

Each documents its layout and columns. A file that several recognise is read by the first in the order of their names;
tables that only name their columns (plain.py, beside this folder) come after all of them.
"""
