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
        position, intensity = lines[0, i], lines[1, i]
        width, share = lines[4, i], lines[5, i]
        if intensity == 0.0:
            continue
        row = out[rows[i]]
        middle, first, near, far, last = _reach(x, lines[:, i], shifts, shares)
        g, l = intensity * (1.0 - share) * _GAUSS / width, intensity * share * _LORENTZ / width  # noqa: E741
        for start, end in ((first, near), (far, last)):
            for j in range(start, end):
                u2 = (2.0 * (x[j] - middle) / width) ** 2
                row[j] += l / (1.0 + u2) * (1.0 - (u2 * _END) ** 4)
        parts = _parts(lines[:, i], shifts, shares)
        for j in range(near, far):
            cut = 1.0 - ((2.0 * (x[j] - middle) / width) ** 2 * _END) ** 4
            for k in range(len(parts)):
                offset, weight = parts[k, 0], parts[k, 1]
                u2 = (2.0 * (x[j] - position - offset) / width) ** 2
                row[j] += weight * l / (1.0 + u2) * cut
                if u2 < _GAUSS_ENDS:
                    row[j] += weight * g * np.exp(-_LOG2 * u2)


@numba.njit(cache=True, error_model="numpy")
def _reach(x, line, shifts, shares):
    """Return the middle of a line, and between which points it is drawn: as a whole, by its parts, as a whole again."""
    position, along, across, width, share, beside = line[0], line[2], line[3], line[4], line[5], line[6]
    middle = position + _MEAN_SQUARE * along + beside * (shares * shifts).sum()
    parts = _NEAR * width + abs(along) + across + beside * np.abs(shifts).max()
    whole = _TAILS * width if share > 0.0 else parts  # a bell has no tails
    first, last = np.searchsorted(x, middle - whole), np.searchsorted(x, middle + whole)
    near = min(max(np.searchsorted(x, middle - parts), first), last)
    return middle, first, near, max(min(np.searchsorted(x, middle + parts), last), near), last


@numba.njit(cache=True, error_model="numpy")
def _parts(line, shifts, shares):
    """Return of each part of a line where it stands, its weight, and by what it moves with along, across and beside.

    The strong part is drawn at four places, or at their mean where they are one; the others at their mean.
    """
    along, across, beside = line[2], line[3], line[6]
    strong = 4 if across != 0.0 else 1
    parts = np.empty((strong + len(shares) - 1, 5))
    for k in range(len(parts)):
        part = max(k - strong + 1, 0)
        one, other, weight = _MEAN_SQUARE, 0.0, shares[part]
        if k < strong and strong > 1:
            one, other, weight = _ALONG[k], _ACROSS[k], shares[0] * _WEIGHTS[k]
        offset = beside * shifts[part] + along * one + across * other
        parts[k, 0], parts[k, 1], parts[k, 2], parts[k, 3], parts[k, 4] = offset, weight, one, other, shifts[part]
    return parts


@numba.njit(cache=True, error_model="numpy")
def add_slopes(x, lines, shifts, shares, changes, out):
    """Add the derivatives of all lines together to out, shape (shapes, points).

    lines, shifts, shares: as in add_lines; changes: derivatives of lines by each shape, shape (shapes, 7, lines).
    """
    by = np.empty((7, len(x)))
    for i in range(lines.shape[1]):
        if lines[1, i] == 0.0:
            continue
        middle, first, near, far, last = _reach(x, lines[:, i], shifts, shares)
        for start, end in ((first, near), (far, last)):
            _slopes_as_a_whole(x[start:end], lines[:, i], middle, (shares * shifts).sum(), _rows(by, start, end))
        _slopes_by_parts(x[near:far], lines[:, i], shifts, shares, _rows(by, near, far))
        p, q, r, s, t, u, v = _rows(by, first, last)
        for shape in range(len(out)):  # seven rows at a time: one after the other takes twice as long
            row = out[shape, first:last]
            a, b, c, d, e, f, g = changes[shape, :, i]
            for j in range(last - first):
                row[j] += a * p[j] + b * q[j] + c * r[j] + d * s[j] + e * t[j] + f * u[j] + g * v[j]


@numba.njit(cache=True, error_model="numpy")
def _rows(by, start, end):
    """Return the seven rows by themselves: the compiler then knows that no point of one is a point of another."""
    first, second, third, fourth = by[0, start:end], by[1, start:end], by[2, start:end], by[3, start:end]
    return first, second, third, fourth, by[4, start:end], by[5, start:end], by[6, start:end]


@numba.njit(cache=True, error_model="numpy")
def _slopes_as_a_whole(x, line, middle, mean_shift, by):
    """Fill in the derivatives of a line by its seven numbers, where it is drawn as a whole."""
    intensity, width, share = line[1], line[4], line[5]
    by_place, by_intensity, by_along, by_across, by_width, by_share, by_beside = by
    for j in range(len(x)):
        u = 2.0 * (x[j] - middle) / width
        ending = (u * u * _END) ** 3
        lorentz = _LORENTZ / width / (1.0 + u * u)
        tail = lorentz * (1.0 - ending * u * u * _END)
        slope = -share * (8.0 * ending * u * _END * lorentz + 2.0 * u * tail / (1.0 + u * u))
        by_place[j] = -2.0 * intensity / width * slope
        by_intensity[j] = share * tail
        by_along[j] = by_place[j] * _MEAN_SQUARE
        by_across[j] = 0.0
        by_width[j] = -intensity / width * (u * slope + share * tail)
        by_share[j] = intensity * tail
        by_beside[j] = by_place[j] * mean_shift


@numba.njit(cache=True, error_model="numpy")
def _slopes_by_parts(x, line, shifts, shares, by):
    """Fill in the derivatives of a line by its seven numbers, where it is drawn by its parts."""
    intensity, width, share = line[1], line[4], line[5]
    g, l = (1.0 - share) * _GAUSS / width, share * _LORENTZ / width  # noqa: E741
    by_place, by_intensity, by_along, by_across, by_width, by_share, by_beside = by
    parts = _parts(line, shifts, shares)
    for j in range(len(x)):
        total = high = gentle = stretched = sideways = drawn = moved = 0.0
        for k in range(len(parts)):
            offset, weight, along, across, beside = parts[k]
            u = 2.0 * (x[j] - line[0] - offset) / width
            lorentz, gauss = weight / (1.0 + u * u), 0.0
            if u * u < _GAUSS_ENDS:
                gauss = weight * np.exp(-_LOG2 * u * u)
            slope = -2.0 * u * (l * lorentz / (1.0 + u * u) + _LOG2 * g * gauss)
            high += l * lorentz + g * gauss
            gentle += _LORENTZ * lorentz - _GAUSS * gauss
            total += slope
            drawn += slope * along
            sideways += slope * across
            stretched += slope * u
            moved += slope * beside
        by_place[j] = -2.0 * intensity / width * total
        by_intensity[j] = high
        by_along[j] = -2.0 * intensity / width * drawn
        by_across[j] = -2.0 * intensity / width * sideways
        by_width[j] = -intensity / width * (stretched + high)
        by_share[j] = intensity / width * gentle
        by_beside[j] = -2.0 * intensity / width * moved
