"""What a figure draws, as a table: the data behind a picture that has no table of its own."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["COLUMNS", "data"]

COLUMNS = ["panel", "kind", "series", "x", "y", "x_end", "y_end", "value", "text"]
MOST_OUTLINE = 400  # points of a shape; a longer one is a map's coast, which is no data


def data(figure: "Figure") -> "pd.DataFrame":
    """Everything drawn in the axes of a figure, one row a point, bar, segment, cell or text.

    Columns: panel (title of the axes, else their number), kind (line, point, bar, segment, band, shape, cell, text),
    series, x and y (the tick's label where an axis has categories, a date where it has dates), x_end and y_end (the
    other end of a bar, a segment or a band), value (of a coloured cell or point), text.
    """
    import pandas as pd

    rows = [
        {"panel": axes.get_title(loc="left") or axes.get_title() or place, **row}
        for place, axes in enumerate((one for one in figure.axes if one.get_label() != "<colorbar>"), start=1)
        for row in _rows(axes)
    ]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.drop(columns=[name for name in COLUMNS[5:] if frame[name].isna().all()])


def _rows(axes: "Axes") -> Iterator[dict]:
    # Labels of categories stand at ticks that only a layout fixes.
    across, up = _reader(axes.xaxis), _reader(axes.yaxis)
    for line in axes.lines:
        for x, y in zip(*map(_plain, line.get_data(orig=False)), strict=True):
            yield {"kind": "line", "series": _label(line), "x": across(x), "y": up(y)}
    yield from _bars(axes, across, up)
    for collection in axes.collections:
        yield from _collected(collection, across, up)
    for image in axes.images:
        yield from _grid(_plain(image.get_array()), across, up)
    for text in axes.texts:
        if text.get_text().strip():
            x, y = text.xy if hasattr(text, "xy") else text.get_position()
            yield {"kind": "text", "x": across(x), "y": up(y), "text": text.get_text()}


def _collected(collection: Any, across: Any, up: Any) -> Iterator[dict]:
    from matplotlib import collections

    series = _label(collection)
    values = collection.get_array()
    if isinstance(collection, collections.QuadMesh):
        yield from _grid(_plain(values), across, up, offset=0.5)
    elif isinstance(collection, collections.LineCollection):
        for segment in collection.get_segments():
            if len(segment) == 2:
                (x, y), (x_end, y_end) = segment
                yield {"kind": "segment", "series": series, "x": across(x), "y": up(y), "x_end": across(x_end),
                       "y_end": up(y_end)}  # fmt: skip
    elif isinstance(collection, collections.PathCollection):
        shown = _plain(values) if values is not None else []
        for place, (x, y) in enumerate(_plain(collection.get_offsets())):
            more = {"value": shown[place]} if len(shown) > place else {}
            yield {"kind": "point", "series": series, "x": across(x), "y": up(y), **more}
    elif isinstance(collection, collections.FillBetweenPolyCollection):
        yield from _band(collection, series, across, up)
    elif isinstance(collection, collections.PolyCollection):
        for path in collection.get_paths():
            for x, y in path.vertices if len(path.vertices) <= MOST_OUTLINE else ():
                yield {"kind": "shape", "series": series, "x": across(x), "y": up(y)}


def _band(collection: Any, series: str, across: Any, up: Any) -> Iterator[dict]:
    """The two edges of a band, by the variable that it runs along."""
    along = 0 if collection.t_direction == "x" else 1
    edges: dict[float, list[float]] = {}
    for path in collection.get_paths():
        for point in path.vertices:
            edges.setdefault(float(point[along]), []).append(float(point[1 - along]))
    for place in sorted(edges):
        low, high = min(edges[place]), max(edges[place])
        if along == 0:
            yield {"kind": "band", "series": series, "x": across(place), "y": up(low), "y_end": up(high)}
        else:
            yield {"kind": "band", "series": series, "y": up(place), "x": across(low), "x_end": across(high)}


def _grid(cells: Any, across: Any, up: Any, offset: float = 0.0) -> Iterator[dict]:
    """The cells of a heat map; a picture in colours has no values and is left out."""
    if getattr(cells, "ndim", 0) != 2:
        return
    for row in range(cells.shape[0]):
        for column in range(cells.shape[1]):
            yield {"kind": "cell", "x": across(column + offset), "y": up(row + offset), "value": cells[row, column]}


def _bars(axes: "Axes", across: Any, up: Any) -> Iterator[dict]:
    """Each bar at its place, from its foot to its end; a rectangle that is no bar with its two corners."""
    from matplotlib.container import BarContainer
    from matplotlib.patches import Rectangle

    groups = {id(bar): group for group in axes.containers if isinstance(group, BarContainer) for bar in group}
    for bar in (patch for patch in axes.patches if isinstance(patch, Rectangle)):
        group = groups.get(id(bar))
        x, y, wide, high = bar.get_x(), bar.get_y(), bar.get_width(), bar.get_height()
        ends = {"kind": "bar", "series": _label(group or bar)}
        if group is not None and group.orientation == "vertical":
            yield {**ends, "x": across(x + wide / 2), "y": up(y), "y_end": up(y + high)}
        elif group is not None:
            yield {**ends, "x": across(x), "y": up(y + high / 2), "x_end": across(x + wide)}
        else:
            yield {**ends, "x": across(x), "y": up(y), "x_end": across(x + wide), "y_end": up(y + high)}


def _reader(axis: Any) -> Any:
    """From a place on an axis to what a reader reads there: a category's label, a date, or the number."""
    from matplotlib import category, dates, ticker

    locator = axis.get_major_locator()
    if isinstance(locator, dates.DateLocator):
        return lambda place: dates.num2date(place).strftime("%Y-%m-%d") if isinstance(place, float) else place
    labels = {}
    if isinstance(locator, category.StrCategoryLocator | ticker.FixedLocator):
        labels = {place: text for place, text in zip(axis.get_majorticklocs(), _labels(axis), strict=False) if text}
    return lambda place: labels.get(round(place, 9), place) if isinstance(place, int | float) else place


def _labels(axis: Any) -> list[str]:
    """The texts at fixed ticks; numbers there are left as numbers."""
    texts = [text.replace("\n", " ") for text in axis.get_major_formatter().format_ticks(axis.get_majorticklocs())]
    return [] if all(text.strip("-−+ .,%\u2009").isnumeric() for text in texts if text) else texts


def _label(artist: Any) -> str:
    text = str(artist.get_label())
    return "" if text.startswith("_") else text


def _plain(values: Any) -> Any:
    """An array of numbers, masked places as missing."""
    import numpy as np

    return np.ma.filled(np.ma.asarray(values, dtype=float), np.nan)
