import numpy as np
import pandas as pd
import pytest
from crossborder import style
from crossborder.reports import drawn


def drawn_in(draw, **figure):
    """The rows of a figure that `draw` fills."""
    fig, axes = style.figure(**figure)
    draw(axes)
    return drawn.data(fig)


def rows(frame, *columns):
    return list(frame[list(columns)].itertuples(index=False, name=None))


def test_a_line_over_dates_keeps_its_dates_and_its_name():
    found = drawn_in(lambda ax: ax.plot(pd.to_datetime(["2026-01-05", "2026-01-12"]), [1, 2], label="DE"))
    assert rows(found, "kind", "series", "x", "y") == [
        ("line", "DE", "2026-01-05", 1.0),
        ("line", "DE", "2026-01-12", 2.0),
    ]


def test_bars_stand_at_their_category_and_reach_their_value():
    found = drawn_in(lambda ax: ax.barh(["DE", "US"], [3.0, 4.0], label="cost"))
    assert rows(found, "kind", "series", "x", "y", "x_end") == [
        ("bar", "cost", 0, "DE", 3.0),
        ("bar", "cost", 0, "US", 4.0),
    ]
    found = drawn_in(lambda ax: ax.bar([1, 2], [3.0, 4.0], bottom=[1, 1]))
    assert rows(found, "x", "y", "y_end") == [(1.0, 1, 4.0), (2.0, 1, 5.0)]


def test_a_band_has_two_edges():
    found = drawn_in(lambda ax: ax.fill_between([0, 1], [1, 2], [3, 5], label="90%"))
    assert rows(found, "kind", "x", "y", "y_end") == [("band", 0.0, 1.0, 3.0), ("band", 1.0, 2.0, 5.0)]


def test_points_carry_the_value_of_their_colour():
    found = drawn_in(lambda ax: ax.scatter([1, 2], [3, 4], c=[5, 6]))
    assert rows(found, "kind", "x", "y", "value") == [("point", 1.0, 3.0, 5.0), ("point", 2.0, 4.0, 6.0)]


def test_intervals_and_texts_are_kept():
    def draw(ax):
        ax.hlines([0], [1], [2])
        ax.annotate("best", (1, 2))

    found = drawn_in(draw)
    assert rows(found[found.kind == "segment"], "x", "y", "x_end", "y_end") == [(1.0, 0.0, 2.0, 0.0)]
    assert rows(found[found.kind == "text"], "x", "y", "text") == [(1, 2, "best")]


@pytest.mark.parametrize("how", ["imshow", "pcolormesh"])
def test_a_heat_map_is_its_cells_by_their_labels(how):
    def draw(ax):
        getattr(ax, how)(np.array([[1.0, 2.0]]))
        shift = 0.5 if how == "pcolormesh" else 0
        ax.set_xticks([0 + shift, 1 + shift], ["a", "b"])

    assert rows(drawn_in(draw), "kind", "x", "value") == [("cell", "a", 1.0), ("cell", "b", 2.0)]


def test_a_panel_is_called_by_its_title_and_a_scale_of_colours_is_none():
    def draw(axes):
        axes[0].set_title("left")
        axes[0].plot([1], [1])
        axes[1].figure.colorbar(axes[1].scatter([1], [1], c=[1]), ax=axes[1])

    assert rows(drawn_in(draw, columns=2), "panel") == [("left",), (2,)]


def test_a_coast_is_no_data():
    many = np.linspace(0, 6, drawn.MOST_OUTLINE + 1)
    from matplotlib.collections import PolyCollection

    coast = PolyCollection([np.column_stack([np.cos(many), np.sin(many)])])
    assert drawn_in(lambda ax: ax.add_collection(coast)).empty
