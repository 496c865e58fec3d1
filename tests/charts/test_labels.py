"""Names beside points stand clear of each other, of the points, and of the frame."""

import itertools

import pytest
from crossborder import style
from crossborder.charts import labels


def boxes(ax):
    ax.figure.draw_without_rendering()
    return [text.get_window_extent() for text in ax.texts]


def test_names_of_a_crowd_do_not_cover_each_other():
    _, ax = style.figure(height=3.0)
    spots = [(0.5, 0.5), (0.52, 0.5), (0.5, 0.53), (0.97, 0.97), (0.02, 0.02), (0.55, 0.47)]
    ax.scatter(*zip(*spots, strict=True))
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    labels.beside(ax, [(f"market number {place}", x, y, style.INK) for place, (x, y) in enumerate(spots)])
    found = boxes(ax)
    assert len(found) == len(spots)
    assert not any(one.overlaps(other) for one, other in itertools.combinations(found, 2))
    frame = ax.get_window_extent()
    assert all(box.x0 >= frame.x0 - 1 and box.x1 <= frame.x1 + 1 for box in found)
    pixels = ax.transData.transform(spots)
    assert not any(box.contains(*pixel) for box in found for pixel in pixels)


def test_a_name_keeps_off_a_line_where_it_can():
    _, ax = style.figure(height=3.0)
    ax.plot([0, 1], [0.5, 0.5])
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    labels.beside(ax, [("the middle", 0.5, 0.5, style.INK)])
    (box,) = boxes(ax)
    height = ax.transData.transform((0.5, 0.5))[1]
    assert not box.y0 < height < box.y1


def test_no_names_leave_the_axes_as_they_are():
    _, ax = style.figure()
    labels.beside(ax, [])
    assert not ax.texts


@pytest.mark.parametrize("heights", [[0.5, 0.5, 0.5], [0.0, 0.0, 0.01], [1.0, 1.0, 0.99, 0.2]])
def test_labels_at_line_ends_move_apart_and_stay_in_the_axes(heights):
    _, ax = style.figure(height=3.2)
    ax.set_ylim(0, 1)
    style.label_ends(ax, {f"line {place}": (1.0, y, style.ACCENT) for place, y in enumerate(heights)})
    placed = [text.xy[1] for text in ax.texts]
    assert min(b - a for a, b in itertools.pairwise(sorted(placed))) >= 0.06 - 1e-9
    assert min(placed) >= 0 and max(placed) <= 1
    # A pile is moved as a whole: its middle stays near the ends of its lines.
    assert abs(sum(placed) - sum(heights)) / len(placed) < 0.1
