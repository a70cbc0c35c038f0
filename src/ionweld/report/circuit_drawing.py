"""An equivalent circuit drawn as inline SVG: boxes for elements, branches above each other where they are parallel."""

from html import escape

from ionweld.spec.circuit import Circuit, Leaf, Node

_BOX_WIDTH, _BOX_HEIGHT, _GAP, _ROW = 78.0, 28.0, 18.0, 14.0
_STROKE = 'stroke="currentColor" stroke-width="1.5" fill="none"'


def draw_circuit(circuit: Circuit) -> str:
    """Return the drawing of a circuit as SVG text."""
    width, height = _size(circuit.tree)
    middle = height / 2 + _GAP
    parts = [_wire(0, middle, _GAP, middle), *_draw(circuit.tree, _GAP, middle)]
    parts.append(_wire(_GAP + width, middle, 2 * _GAP + width, middle))
    size = f'width="{width + 2 * _GAP:.0f}" height="{height + 2 * _GAP:.0f}"'
    view = f'viewBox="0 0 {width + 2 * _GAP:.0f} {height + 2 * _GAP:.0f}"'
    title = f"<title>{escape(circuit.text)}</title>"
    return f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size} {view}>{title}{"".join(parts)}</svg>'


def _size(node: Node) -> tuple[float, float]:
    if isinstance(node, Leaf):
        return _BOX_WIDTH, _BOX_HEIGHT
    sizes = [_size(child) for child in node.children]
    if node.kind == "series":
        return sum(width for width, _ in sizes) + _GAP * (len(sizes) - 1), max(height for _, height in sizes)
    return max(width for width, _ in sizes) + 2 * _GAP, sum(height for _, height in sizes) + _ROW * (len(sizes) - 1)


def _draw(node: Node, left: float, middle: float) -> list[str]:
    """Return the parts of a node whose wires enter at (left, middle) and leave at the same height."""
    if isinstance(node, Leaf):
        return _box(node, left, middle)
    width, height = _size(node)
    parts: list[str] = []
    if node.kind == "series":
        at = left
        for place, child in enumerate(node.children):
            if place:
                parts.append(_wire(at, middle, at + _GAP, middle))
                at += _GAP
            parts += _draw(child, at, middle)
            at += _size(child)[0]
        return parts
    top = middle - height / 2
    centres = []
    for child in node.children:
        child_width, child_height = _size(child)
        centre, begin = top + child_height / 2, left + (width - child_width) / 2
        parts += [_wire(left, centre, begin, centre), *_draw(child, begin, centre)]
        parts.append(_wire(begin + child_width, centre, left + width, centre))
        centres.append(centre)
        top += child_height + _ROW
    return [*parts, *(_wire(x, centres[0], x, centres[-1]) for x in (left, left + width))]


def _box(leaf: Leaf, left: float, middle: float) -> list[str]:
    top = middle - _BOX_HEIGHT / 2
    text = (
        f'<text x="{left + _BOX_WIDTH / 2:.1f}" y="{middle + 5:.1f}" text-anchor="middle" font-size="14" '
        f'font-family="system-ui, sans-serif" fill="currentColor">{escape(leaf.name)}</text>'
    )
    tip = f"<title>{escape(leaf.element.name)}: Z = {escape(leaf.element.formula)}</title>"
    size = f'width="{_BOX_WIDTH:.0f}" height="{_BOX_HEIGHT:.0f}"'
    return [f'<g>{tip}<rect x="{left:.1f}" y="{top:.1f}" {size} rx="3" {_STROKE}/>{text}</g>']


def _wire(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" {_STROKE}/>'
