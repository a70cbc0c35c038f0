"""Joins the two arms: calibrate, identify, ensemble, compare mechanisms."""
