"""The elements of circuits, one file each, found by being there: each holds an ELEMENT that states its law and its slopes.

The law is a function of the angular frequency (rad/s) and the parameters, `slopes` returns it with its derivatives by the
logarithm of each parameter. A test holds the law against the formula, and the slopes against differences.
"""
