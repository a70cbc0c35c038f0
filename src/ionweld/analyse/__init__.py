"""Measurement -> result. One folder per technique; they do not know each other."""
