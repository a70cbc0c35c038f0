"""The notebooks of `examples/notebooks`, as pages: they are executed when the site is built."""

from pathlib import Path

from ionweld_site.markdown import page


def pages(source: Path) -> dict[str, str]:
    """Return the notebooks as they are, and an overview."""
    found = {
        path.stem: path.read_text("utf-8")
        for path in sorted((source.parent / "examples" / "notebooks").glob("*.ipynb"))
    }
    if not found:
        return {}
    overview = page(
        "Notebooks",
        "They stand in `examples/notebooks` of the repository, without outputs; what you see here was calculated when this "
        "site was built, on data that the notebooks make themselves.",
        "```{toctree}\n" + "\n".join(found) + "\n```",
    )
    return {"notebooks/index.md": overview} | {f"notebooks/{name}.ipynb": text for name, text in found.items()}
