"""Vectors of draws as values inside Numba: a thin layer over the vector instructions of LLVM.

The draws of a block are adjacent in memory; one `load` reads the same cell of all draws of a block, and `+ - *`
act on all of them at once, so vectorisation does not depend on the compiler. Every draw has its own lane and
lanes never mix, so the results of a draw do not depend on the other draws of its block.

The kernel reads and writes memory by raw addresses (`flat`): passing arrays would cost reference counts and seven
numbers each at every call. The caller holds the arrays until the kernel returns. Offsets count elements and are not
checked.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201, ANN202, ANN204

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np
from llvmlite import ir
from llvmlite.binding import get_host_cpu_features
from numba import njit as _njit
from numba.core import cgutils, types
from numba.extending import intrinsic as _intrinsic
from numba.extending import models, overload, register_model

BYTES = 64
WIDE = bool(get_host_cpu_features().get("avx512f", False))  # one register holds a vector, and there are 32
intrinsic: Any = _intrinsic
njit: Any = _njit
inner: Any = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True)  # compiled with, and kept in, the one who calls
_FAST = ("contract",)


def lanes(itemsize: int) -> int:
    """Number of draws in one vector of numbers of `itemsize` bytes (8 or 4)."""
    return BYTES // itemsize


class Lanes(types.Type):
    """The Numba type of a vector of `element`."""

    def __init__(self, element):
        self.element = element
        self.count = lanes(element.bitwidth // 8)
        super().__init__(name=f"Lanes({element} x {self.count})")


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager, kind):
        scalar = manager.lookup(kind.element).get_value_type()
        super().__init__(manager, kind, ir.VectorType(scalar, kind.count))


@intrinsic
def flat(_typing, array):
    """The address of the first number of a contiguous array; it does not keep the array alive."""

    def code(context, builder, signature, arguments):
        return context.make_array(signature.args[0])(context, builder, arguments[0]).data

    return types.CPointer(array.dtype)(array), code


@intrinsic
def beyond(_typing, address, offset):
    """The address `offset` elements further on."""
    return address(address, types.intp), lambda _context, builder, _signature, given: builder.gep(given[0], [given[1]])


def _spread(builder, scalar, count):
    kind = ir.VectorType(scalar.type, count)
    first = builder.insert_element(ir.Constant(kind, ir.Undefined), scalar, ir.Constant(ir.IntType(32), 0))
    mask = ir.Constant(ir.VectorType(ir.IntType(32), count), [0] * count)
    return builder.shuffle_vector(first, ir.Constant(kind, ir.Undefined), mask)


@intrinsic
def load(_typing, array, offset):
    """The vector at `offset` from an address."""

    def code(context, builder, signature, arguments):
        place = builder.gep(arguments[0], [arguments[1]])
        vector = context.get_value_type(signature.return_type)
        return builder.load(builder.bitcast(place, vector.as_pointer()), align=array.dtype.bitwidth // 8)

    return Lanes(array.dtype)(array, types.intp), code


@intrinsic
def store(_typing, array, offset, vector):
    """Write a vector at `offset` from an address."""

    def code(context, builder, signature, arguments):
        place = builder.gep(arguments[0], [arguments[1]])
        kind = context.get_value_type(vector).as_pointer()
        builder.store(arguments[2], builder.bitcast(place, kind), align=array.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(array, types.intp, vector), code


@intrinsic
def spread(_typing, array, offset):
    """The number at `offset` from an address, in every lane."""
    found = Lanes(array.dtype)

    def code(context, builder, signature, arguments):
        place = builder.gep(arguments[0], [arguments[1]])
        return _spread(builder, builder.load(place), found.count)

    return found(array, types.intp), code


def exp_series(order: int) -> list[float]:
    """Coefficients of exp r for |r| <= ln 2 / 2, highest power first: 1 + r + r^2 q(r), q by Chebyshev interpolation.

    The error is about 2 (ln 2 / 4)^(order + 1) / (order + 1)!; exp 0 is 1 exactly.
    """
    half = math.log(2) / 2
    nodes = half * np.cos(np.pi * (np.arange(order - 1) + 0.5) / (order - 1))
    values = np.sum([nodes**k / math.factorial(k + 2) for k in range(20)], axis=0)
    q = np.polynomial.Polynomial.fit(nodes, values, order - 2, domain=[-half, half])
    return [*(float(c) for c in q.convert().coef[::-1]), 1.0, 1.0]


def _constant(value):
    @intrinsic
    def made(_typing, array):
        found = Lanes(array.dtype)

        def code(context, _builder, _signature, _arguments):
            return ir.Constant(context.get_value_type(found), [value] * found.count)

        return found(array), code

    return made


zero = _constant(0.0)  # in every lane, of the type of an address
one = _constant(1.0)


@intrinsic
def width(_typing, array):
    """Number of draws in one vector of the elements of `array`."""
    count = lanes(array.dtype.bitwidth // 8)
    return types.intp(array), lambda context, *_: context.get_constant(types.intp, count)


def _binary(emit):
    @intrinsic
    def made(_typing, a, b):
        def code(_context, builder, _signature, arguments):
            return emit(builder, *arguments)

        return a(a, b), code

    return made


_plus = _binary(lambda builder, a, b: builder.fadd(a, b, flags=_FAST))
_minus = _binary(lambda builder, a, b: builder.fsub(a, b, flags=_FAST))
_times = _binary(lambda builder, a, b: builder.fmul(a, b, flags=_FAST))
least = _binary(lambda builder, a, b: builder.select(builder.fcmp_ordered("<", a, b), a, b))
most = _binary(lambda builder, a, b: builder.select(builder.fcmp_ordered(">", a, b), a, b))


@overload(operator.add)
def _add(a, b):
    return (lambda a, b: _plus(a, b)) if isinstance(a, Lanes) and isinstance(b, Lanes) else None


@overload(operator.sub)
def _sub(a, b):
    return (lambda a, b: _minus(a, b)) if isinstance(a, Lanes) and isinstance(b, Lanes) else None


@overload(operator.mul)
def _mul(a, b):
    return (lambda a, b: _times(a, b)) if isinstance(a, Lanes) and isinstance(b, Lanes) else None


@intrinsic
def one_minus(_typing, vector):
    """1 - y."""

    def code(context, builder, signature, arguments):
        kind = context.get_value_type(signature.return_type)
        return builder.fsub(ir.Constant(kind, [1.0] * vector.count), arguments[0], flags=_FAST)

    return vector(vector), code


@intrinsic
def exp_minus(_typing, vector):
    """exp(-y) for y >= 0, accurate to 2 units in the last place.

    y = k ln 2 - r with |r| <= ln 2 / 2, `exp_series` of r (order 10 in double, 6 in single precision), times
    2^-k set in the bits of the exponent. Above 700 (87 in single precision) y is taken as 700 (87).
    """

    def code(context, builder, signature, arguments):
        kind = context.get_value_type(signature.return_type)
        double = vector.element == types.float64
        bits, tail, bias, order, top = (64, 52, 1023, 10, 700.0) if double else (32, 23, 127, 6, 87.0)
        high = 6.93147180369123816490e-01 if double else 0.693359375
        low = 1.90821492927058770002e-10 if double else -2.12194440e-4

        def constant(value):
            return ir.Constant(kind, [value] * vector.count)

        top_value = constant(top)
        y = builder.select(builder.fcmp_ordered("<", arguments[0], top_value), arguments[0], top_value)
        name = f"llvm.rint.v{vector.count}f{bits}"
        nearest = cgutils.get_or_insert_function(builder.module, ir.FunctionType(kind, [kind]), name)
        k = builder.call(nearest, [builder.fmul(y, constant(1 / math.log(2)))])
        r = builder.fsub(builder.fmul(k, constant(high), flags=_FAST), y, flags=_FAST)
        r = builder.fadd(r, builder.fmul(k, constant(low), flags=_FAST), flags=_FAST)
        series = [constant(c) for c in exp_series(order)]
        value = series[0]
        for term in series[1:]:
            value = builder.fadd(builder.fmul(value, r, flags=_FAST), term, flags=_FAST)
        whole = builder.fptosi(k, ir.VectorType(ir.IntType(32), vector.count))
        if double:
            whole = builder.sext(whole, ir.VectorType(ir.IntType(64), vector.count))
        integer = ir.VectorType(ir.IntType(bits), vector.count)
        power = builder.sub(ir.Constant(integer, [bias] * vector.count), whole)
        power = builder.shl(power, ir.Constant(integer, [tail] * vector.count))
        return builder.fmul(value, builder.bitcast(power, kind), flags=_FAST)

    return vector(vector), code
