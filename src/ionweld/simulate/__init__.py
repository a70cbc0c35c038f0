"""Spec and protocol -> measurement."""
