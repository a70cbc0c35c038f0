"""Formats of diffractograms, one file each, found by being there: `recognises(head)` and `read(source)`.

recognises: from the first bytes of a file (64 kB at least, or all). read: one scan, or FileFormatError.
A file that several recognise is read by the first in the order of their names; columns.py, beside this folder, comes last.
"""
