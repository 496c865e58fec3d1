"""Names beside points, each where it covers least: neither another name, nor a point, nor a line, nor the frame."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection

from crossborder import language

__all__ = ["HALO", "beside", "halo"]

HALO = [patheffects.withStroke(linewidth=2.2, foreground="white")]  # keeps a line under a text from striking it out
# Where a name may stand, seen from its point, the best places first.
DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))
REACH = (1.0, 1.9, 3.0)
NAME, POINT, LINE, OUTSIDE, FAR = 300.0, 6.0, 1.0, 60.0, 0.4
RIM = 1.5  # pixels kept free around a name
STEP = 5.0  # pixels between the places at which a line is felt


def halo(text: Any) -> Any:
    """The text with a white rim."""
    text.set_path_effects(HALO)
    return text


def beside(ax: Axes, names: Sequence[tuple[str, float, float, object]], *, size: float = 8, gap: float = 6) -> None:
    """Write (text, x, y, colour) beside their points; call it when limits, points and lines are in place.

    `gap` is the distance from the point's middle, in printer's points.
    """
    if not names:
        return
    fig = ax.figure
    fig.draw_without_rendering()
    renderer, pixels = fig.canvas.get_renderer(), fig.dpi / 72
    at = ax.transData.transform([(float(ax.convert_xunits(x)), float(ax.convert_yunits(y))) for _, x, y, _ in names])
    points, lines = np.vstack([at, *_points(ax)]), np.vstack([np.empty((0, 2)), *_lines(ax)])
    frame, taken = ax.get_window_extent(renderer), []
    for (text, x, y, hue), here in zip(names, at, strict=True):
        said = language.text(text)  # the place that it needs is that of the reader's language
        made = halo(ax.annotate(said, (x, y), size=size, color=hue, xytext=(0, 0), textcoords="offset points"))
        extent = made.get_window_extent(renderer)
        others = points[np.abs(points - here).max(axis=1) > 1]
        choices = []
        for reach, (right, up) in ((reach, way) for reach in REACH for way in DIRECTIONS):
            slant = 0.75 if right and up else 1.0
            offset = np.array([right, up]) * gap * reach * slant
            low = here + offset * pixels - np.array([extent.width * (1 - right) / 2, extent.height * (1 - up) / 2])
            box = (low[0], low[1], low[0] + extent.width, low[1] + extent.height)
            cost = FAR * (reach - 1) + _cost(box, others, lines, taken, frame, gap * pixels / 2)
            choices.append((cost, len(choices), offset, right, up, box))
        _, _, offset, right, up, box = min(choices, key=lambda one: one[:2])
        taken.append(box)
        made.set(position=tuple(offset), ha=("center", "left", "right")[right], va=("center", "bottom", "top")[up])


def _cost(box: tuple, points: np.ndarray, lines: np.ndarray, taken: list, frame: Any, near: float) -> float:
    """What a place costs: what it covers of names, points and lines, and what of it lies outside."""
    left, low, right, high = box
    area = (right - left) * (high - low)
    # Letters are up to a twentieth wider in print than as they are measured.
    rim = RIM + (right - left) / 20
    names = sum(
        max(0.0, min(right, b[2]) - max(left, b[0]) + rim) * max(0.0, min(high, b[3]) - max(low, b[1]) + RIM)
        for b in taken
        if min(right, b[2]) > max(left, b[0]) - rim and min(high, b[3]) > max(low, b[1]) - RIM
    )
    inside = max(0.0, min(right, frame.x1) - max(left, frame.x0)) * max(0.0, min(high, frame.y1) - max(low, frame.y0))
    return (
        NAME * names / area
        + POINT * _within(points, left - near, low - near, right + near, high + near)
        + LINE * _within(lines, left, low, right, high) * STEP / (right - left)
        + OUTSIDE * (1 - inside / area)
    )


def _within(places: np.ndarray, left: float, low: float, right: float, high: float) -> int:
    x, y = places[:, 0], places[:, 1]
    return int(((x > left) & (x < right) & (y > low) & (y < high)).sum())


def _points(ax: Axes) -> Iterator[np.ndarray]:
    """The points of the axes, in pixels."""
    for one in ax.collections:
        if isinstance(one, PathCollection) and len(one.get_offsets()):
            yield ax.transData.transform(np.asarray(one.get_offsets(), float))


def _lines(ax: Axes) -> Iterator[np.ndarray]:
    """Places along the lines of the axes, in pixels."""
    for line in ax.lines:
        path = line.get_transform().transform(np.column_stack(line.get_data(orig=False)).astype(float))
        yield _along(path[:-1], path[1:])
    for one in ax.collections:
        if isinstance(one, LineCollection) and (segments := one.get_segments()):
            ends = np.cumsum([len(segment) for segment in segments])[:-1]
            path = ax.transData.transform(np.concatenate(segments))
            apart = np.delete(np.arange(len(path) - 1), ends - 1)  # no piece leads from one segment to the next
            yield _along(path[apart], path[apart + 1])


def _along(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Places on the straight pieces from start to end, `STEP` or less apart, both ends included."""
    length = np.hypot(*(end - start).T)
    known = np.isfinite(length)
    start, way, steps = start[known], (end - start)[known], (length[known] // STEP).astype(int) + 1
    piece = np.repeat(np.arange(len(steps)), steps + 1)
    step = np.arange(len(piece)) - np.repeat(np.cumsum(steps + 1) - steps - 1, steps + 1)
    share = np.where(step == steps[piece], 1.0, step * (1 / steps)[piece])
    return start[piece] + share[:, None] * way[piece]
