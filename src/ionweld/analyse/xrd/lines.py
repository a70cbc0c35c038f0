"""Lines of a powder pattern and their derivatives, drawn out by rays that leave the plane and with their companions.

A line is told by seven numbers: its position, its intensity, how far it is drawn along and across (degrees), its full
width, its Lorentzian share, and by how many degrees a shift of the wavelength by 1 moves it. The laws are told in model.py.
"""

import numba
import numpy as np

_TAILS = 30.0  # a line is drawn to this many widths on either side, and goes to zero there without a step
# Gauss's rule of three points for a triangular density on -1 to 1, exact to the fifth degree, for both angles; places that
# coincide are one: (b^2 + g^2) / 2, b g, and their weights.
_NODE, _OUTER = 0.4, 5.0 / 24.0  # square of the outer nodes, weight of each
_ALONG = (0.0, _NODE / 2.0, _NODE, _NODE)
_ACROSS = (0.0, 0.0, _NODE, -_NODE)
_WEIGHTS = ((1.0 - 2.0 * _OUTER) ** 2, 4.0 * _OUTER * (1.0 - 2.0 * _OUTER), 2.0 * _OUTER**2, 2.0 * _OUTER**2)
_MEAN_SQUARE = 1.0 / 6.0
_NEAR = 5.0  # widths from a line: further out its tail is not drawn by parts
_END = 1.0 / (2.0 * _TAILS) ** 2
_LOG2, _GAUSS_ENDS = np.log(2.0), 60.0  # square of half widths
_GAUSS, _LORENTZ = 2.0 * np.sqrt(np.log(2.0) / np.pi), 2.0 / np.pi  # heights of lines of width and area 1


@numba.njit(cache=True, error_model="numpy")
def add_lines(x, lines, shifts, shares, rows, out):
    """Add each line, drawn out by rays out of the plane and with its companions, to its row of out, shape (rows, points).

    lines: positions, intensities, how far it is drawn along and across (degrees), widths, Lorentzian shares, and by how
    many degrees a shift of 1 moves it, shape (7, lines); shifts, shares: of the parts of the emission, the strong one
    first. A tail that ended with a step would give the derivatives a spike where a point enters or leaves.
    """
    for i in range(lines.shape[1]):
        position, intensity, along, across = lines[0, i], lines[1, i], lines[2, i], lines[3, i]
        width, share, beside = lines[4, i], lines[5, i], lines[6, i]
        if intensity == 0.0:
            continue
        row = out[rows[i]]
        middle, first, near, far, last = _reach(x, lines[:, i], shifts, shares)
        g, l = intensity * (1.0 - share) * _GAUSS / width, intensity * share * _LORENTZ / width  # noqa: E741
        for start, end in ((first, near), (far, last)):
            for j in range(start, end):
                u2 = (2.0 * (x[j] - middle) / width) ** 2
                row[j] += l / (1.0 + u2) * (1.0 - (u2 * _END) ** 4)
        symmetric = across == 0.0  # then its four places are one
        for j in range(near, far):
            cut = 1.0 - ((2.0 * (x[j] - middle) / width) ** 2 * _END) ** 4
            for k in range(3 if symmetric else 0, 3 + len(shares)):
                offset, weight, _, _, _ = _part(k, along, across, beside, shifts, shares)
                if symmetric and k == 3:
                    weight = shares[0]
                u2 = (2.0 * (x[j] - position - offset) / width) ** 2
                row[j] += weight * l / (1.0 + u2) * cut
                if u2 < _GAUSS_ENDS:
                    row[j] += weight * g * np.exp(-_LOG2 * u2)


@numba.njit(cache=True, error_model="numpy")
def _reach(x, line, shifts, shares):
    """Return the middle of a line, and between which points it is drawn: as a whole, by its parts, as a whole again."""
    position, along, across, width, beside = line[0], line[2], line[3], line[4], line[6]
    middle = position + _MEAN_SQUARE * along + beside * (shares * shifts).sum()
    parts = _NEAR * width + abs(along) + across + beside * np.abs(shifts).max()
    first, last = np.searchsorted(x, middle - _TAILS * width), np.searchsorted(x, middle + _TAILS * width)
    near = min(max(np.searchsorted(x, middle - parts), first), last)
    return middle, first, near, max(min(np.searchsorted(x, middle + parts), last), near), last


@numba.njit(cache=True, error_model="numpy", inline="always")
def _part(k, along, across, beside, shifts, shares):
    """Return where a part of a line stands, its weight, and by what it moves with along, across and beside.

    The strong part is drawn at four places, the others at their mean.
    """
    part = max(k - 3, 0)
    if k < 4:
        offset = beside * shifts[0] + along * _ALONG[k] + across * _ACROSS[k]
        return offset, shares[0] * _WEIGHTS[k], _ALONG[k], _ACROSS[k], shifts[0]
    return beside * shifts[part] + _MEAN_SQUARE * along, shares[part], _MEAN_SQUARE, 0.0, shifts[part]


@numba.njit(cache=True, error_model="numpy")
def add_slopes(x, lines, shifts, shares, changes, out):
    """Add the derivatives of all lines together to out, shape (shapes, points).

    lines, shifts, shares: as in add_lines; changes: derivatives of lines by each shape, shape (shapes, 7, lines).
    """
    for i in range(lines.shape[1]):
        if lines[1, i] == 0.0:
            continue
        middle, first, near, far, last = _reach(x, lines[:, i], shifts, shares)
        by = np.zeros((7, last - first))
        for j in range(first, last):
            _slopes_at(x[j], lines[:, i], middle, near <= j < far, shifts, shares, by[:, j - first])
        for shape in range(len(out)):
            for q in range(7):
                factor = changes[shape, q, i]
                if factor != 0.0:
                    for j in range(first, last):
                        out[shape, j] += factor * by[q, j - first]


@numba.njit(cache=True, error_model="numpy", inline="always")
def _slopes_at(x, line, middle, near, shifts, shares, by):
    """Fill in the derivatives of a line at x by its seven numbers; near: where it is drawn by its parts."""
    intensity, width, share = line[1], line[4], line[5]
    g, l = intensity * (1.0 - share) * _GAUSS / width, intensity * share * _LORENTZ / width  # noqa: E741
    u = 2.0 * (x - middle) / width
    ending = (u * u * _END) ** 3
    cut = 1.0 - ending * u * u * _END
    lorentz, gauss = 1.0 / (1.0 + u * u), 0.0  # of intensity and share 1
    if near:
        lorentz, gauss = _slopes_of_parts(x, line, shifts, shares, l * cut, g, by)
        slope = -8.0 * ending * u * _END * l * lorentz
    else:
        slope = (-8.0 * ending * u * _END - 2.0 * u * cut * lorentz) * l * lorentz
    by[0] += slope
    by[2] += slope * _MEAN_SQUARE
    by[6] += slope * (shares * shifts).sum()
    by[4] += 0.5 * slope * u
    whole = l * lorentz * cut + g * gauss
    by *= -2.0 / width
    by[4] -= whole / width
    by[1] = whole / intensity
    by[5] = intensity / width * (_LORENTZ * lorentz * cut - _GAUSS * gauss)


@numba.njit(cache=True, error_model="numpy", inline="always")
def _slopes_of_parts(x, line, shifts, shares, l, g, by):  # noqa: E741
    """Add the derivatives of the parts of a line by where they stand, in half widths; return its two heights."""
    lorentz = gauss = 0.0
    for k in range(3 + len(shares)):
        offset, weight, along, across, beside = _part(k, line[2], line[3], line[6], shifts, shares)
        u = 2.0 * (x - line[0] - offset) / line[4]
        high = weight / (1.0 + u * u)
        slope = -2.0 * u * l * high / (1.0 + u * u)
        lorentz += high
        if u * u < _GAUSS_ENDS:
            bell = weight * np.exp(-_LOG2 * u * u)
            gauss += bell
            slope -= 2.0 * _LOG2 * u * g * bell
        by[0] += slope
        by[2] += slope * along
        by[3] += slope * across
        by[4] += slope * 0.5 * u
        by[6] += slope * beside
    return lorentz, gauss
