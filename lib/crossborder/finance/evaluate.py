"""Lines on arrays: [path, month, market, channel], each dimension whole or of length one."""

import math
from collections.abc import Callable, Iterable, Mapping

import numpy as np

from crossborder.errors import InputError
from crossborder.finance.lines import Model, Term

__all__ = ["evaluate"]

OPERATIONS = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide,
    "largest": np.maximum, "smallest": np.minimum, "negative": np.negative,
}  # fmt: skip
Function = Callable[[Mapping[str, np.ndarray], Mapping[str, np.ndarray]], np.ndarray]


def evaluate(
    model: Model, inputs: Mapping[str, object], months: int, *, keep: Iterable[str] | None = None
) -> dict[str, np.ndarray]:
    """The model's lines on arrays.

    Parameters
    ----------
    inputs : one array (or number) an input, broadcastable to [path, month, market, channel].
    months : number of months.
    keep : lines wanted; all if None. What is not wanted is let go as soon as nothing needs it any more.

    Returns
    -------
    dict of arrays of four dimensions; a dimension on which a line does not depend has length one.

    Raises
    ------
    InputError : an input is missing, unknown, of a wrong shape, or not finite.
    """
    values = _checked(model, inputs, months)
    segments = _segments(values)
    wanted = set(model.lines if keep is None else keep)
    for name in wanted - model.lines.keys():
        raise InputError.unknown("line to keep", name, model.lines)
    needed = {below for name in wanted for below in model.lineage(name)}
    groups = [group for group in model.components() if needed & set(group)]
    last_use = _last_use(model, groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        for place, group in enumerate(groups):
            if model.looks_back(group):
                values |= _by_month(model, group, values, months, segments)
            elif group[0] not in values:
                values[group[0]] = _all_months(model, group[0], values, months, segments)
            for name in [n for n, last in last_use.items() if last == place and n not in wanted]:
                values.pop(name, None)
    return {name: values[name] for name in model.lines if name in wanted}


def _by_month(model: Model, group: list[str], values: Mapping, months: int, segments: tuple[int, int]) -> dict:
    """The lines of a group that carry balances through each other, month by month."""
    needs = {below for name in group for below in model.lines[name].now | model.lines[name].before} - set(group)
    columns: dict[str, list[np.ndarray]] = {name: [] for name in group}
    opening = {name: _opening(model, name, values) for name in needs | set(group)}
    functions = {name: _function(model.lines[name].expression, segments) for name in group}
    for month in range(months):
        now = {name: _month(values[name], month) for name in needs}
        before = {name: _month(values[name], month - 1) if month else opening[name] for name in needs}
        before |= {name: columns[name][-1] if month else opening[name] for name in group}
        for name, function in functions.items():
            now[name] = function(now, before)
            columns[name].append(now[name])
    return {name: _joined(columns[name]) for name in group}


def _joined(columns: list[np.ndarray]) -> np.ndarray:
    shape = np.broadcast_shapes(*{column.shape for column in columns})
    same = [column if column.shape == shape else np.broadcast_to(column, shape) for column in columns]
    return np.concatenate(same, axis=1)


def _all_months(model: Model, name: str, values: Mapping, months: int, segments: tuple[int, int]) -> np.ndarray:
    """A line over all months at once; the month before is a shift."""
    expression = model.lines[name].expression
    before = {
        below: _shifted(values[below], _opening(model, below, values), months) for below in model.lines[name].before
    }
    return _function(expression, segments)(values, before)


def _function(term: Term, segments: tuple[int, int]) -> Function:
    """An expression as a function of the lines of this month and of the month before."""
    if term.operation == "constant":
        constant = np.full((1, 1, 1, 1), term.value)
        return lambda now, before: constant
    if term.operation == "line":
        return lambda now, before: now[term.name]
    if term.operation == "previous":
        below = term.arguments[0].name
        return lambda now, before: before[below]
    if term.operation == "total":
        below = term.arguments[0].name
        return lambda now, before: _total(now[below], segments)
    operation, parts = OPERATIONS[term.operation], [_function(one, segments) for one in term.arguments]
    if len(parts) == 1:
        only = parts[0]
        return lambda now, before: operation(only(now, before))
    first, second = parts
    return lambda now, before: operation(first(now, before), second(now, before))


def _total(array: np.ndarray, segments: tuple[int, int]) -> np.ndarray:
    # A dimension of length one stands for equal values in all its segments.
    missing = math.prod(n for n, length in zip(segments, array.shape[2:], strict=True) if length == 1)
    return array.sum(axis=(2, 3), keepdims=True) * missing


def _month(array: np.ndarray, month: int) -> np.ndarray:
    return array if array.shape[1] == 1 else array[:, month : month + 1]


def _opening(model: Model, name: str, values: Mapping[str, np.ndarray]) -> np.ndarray:
    opening = model.lines[name].opening
    return values[opening][:, :1] if opening else np.zeros((1, 1, 1, 1))


def _shifted(array: np.ndarray, opening: np.ndarray, months: int) -> np.ndarray:
    shape = np.broadcast_shapes(array[:, :1].shape, opening.shape)
    first = np.broadcast_to(opening, shape)
    later = np.broadcast_to(array, (array.shape[0], months, *array.shape[2:]))[:, :-1]
    return np.concatenate([first, np.broadcast_to(later, (shape[0], months - 1, *shape[2:]))], axis=1)


def _checked(model: Model, inputs: Mapping[str, object], months: int) -> dict[str, np.ndarray]:
    missing = set(model.inputs) - inputs.keys()
    if missing:
        raise InputError(
            f"inputs {sorted(missing)} are missing\n  given: {sorted(inputs)}\n  do: give every input of the model"
        )
    for name in inputs.keys() - set(model.inputs):
        raise InputError.unknown("input", name, model.inputs)
    values = {name: np.asarray(inputs[name], dtype=float) for name in model.inputs}
    for name, array in values.items():
        if not np.isfinite(array).all():
            raise InputError.out_of_range(
                f"input {name!r}", float(array[~np.isfinite(array)].flat[0]), "finite numbers"
            )
        values[name] = array.reshape((1,) * (4 - array.ndim) + array.shape) if array.ndim < 4 else array
        if array.ndim > 4 or values[name].shape[1] not in (1, months):
            raise InputError.out_of_range(
                f"shape of input {name!r}", array.shape, f"[path, month (1 or {months}), market, channel]"
            )
    return values


def _segments(values: Mapping[str, np.ndarray]) -> tuple[int, int]:
    try:
        shape = np.broadcast_shapes(*(array.shape for array in values.values()))
    except ValueError:
        shapes = {name: array.shape for name, array in values.items()}
        raise InputError.out_of_range("shapes of the inputs", shapes, "arrays that fit each other") from None
    return shape[2], shape[3]


def _last_use(model: Model, groups: list[list[str]]) -> dict[str, int]:
    """For each line the place in `groups` after which nothing needs it any more."""
    last: dict[str, int] = {}
    for place, group in enumerate(groups):
        for name in group:
            below = model.lines[name].now | model.lines[name].before
            openings = {model.lines[n].opening for n in below | {name}} - {None}
            last |= dict.fromkeys([name, *below, *openings], place)
    return last
