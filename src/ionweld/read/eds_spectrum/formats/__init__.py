"""Formats of X-ray spectra, one file each: `recognises(head)` and `read(source)`."""
