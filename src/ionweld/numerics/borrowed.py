"""Arrays of compiled code by their address alone.

Compiled code counts who holds an array, with an atomic addition wherever a row is taken or an array handed on: an eighth
of the time of a simulated cell. Who only borrows an array need not count.
"""

from numba import carray, types  # pyright: ignore[reportPrivateImportUsage]
from numba.extending import intrinsic

from ionweld.numerics.compiled import inner


@intrinsic
def pointer(typingctx, array):
    """Return the address of an array's first number."""

    def codegen(context, builder, signature, args):
        return context.make_array(signature.args[0])(context, builder, args[0]).data

    return types.CPointer(array.dtype)(array), codegen


@inner
def borrowed(array):
    """Return the same contiguous array without a hold on it. For an argument: whoever calls holds it until the end."""
    return carray(pointer(array), array.shape)  # pyright: ignore[reportCallIssue]
