"""Results -> figures (matplotlib, SVG) -> one self-contained HTML file."""
