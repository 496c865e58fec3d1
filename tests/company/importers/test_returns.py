"""Pieces sent back, put to the sales they came from."""

import pytest
from crossborder.company.importers import returns
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

EVENT = st.tuples(st.integers(0, 9), st.integers(1, 5), st.booleans(), st.sampled_from("ab"))


def laid(desk, events):
    """Tables of sales and returns from (moment, pieces, back, group); rows are the places in the list."""
    rows = [
        f"('f', {place}, {moment}, {pieces}, {back}, '{group}')"
        for place, (moment, pieces, back, group) in enumerate(events)
    ]
    values = f"(VALUES {', '.join(rows)}) t(file_, row_, sold_at, pieces, back, who)"
    return [desk.keep(f"SELECT * EXCLUDE (back) FROM {values} WHERE {side}") for side in ("NOT back", "back")]


def by_hand(events):
    """Pieces by (sale, return): each piece sent back takes the oldest piece that was sold before and is still out."""
    found, out = {}, {"a": [], "b": []}
    for place, (_, pieces, back, group) in sorted(enumerate(events), key=lambda one: (one[1][0], one[1][2], one[0])):
        if not back:
            out[group] += [place] * pieces
            continue
        for sale in out[group][:pieces]:
            found[sale, place] = found.get((sale, place), 0) + 1
        del out[group][:pieces]
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(EVENT, min_size=1, max_size=14))
def test_pieces_go_to_the_oldest_sale_that_is_still_out(desk, events):
    table = returns.match(desk, *laid(desk, events), by=("who",))
    matched = {
        (sale, back): pieces for sale, back, pieces in desk.rows(f"SELECT sale_row, back_row, pieces FROM {table}")
    }
    assert matched == by_hand(events)


@pytest.mark.parametrize(("sold", "came", "pieces"), [(1, 2, 3), (2, 1, None)])
def test_a_return_finds_no_later_sale(desk, sold, came, pieces):
    table = returns.match(desk, *laid(desk, [(sold, 5, False, "a"), (came, 3, True, "a")]), by=("who",))
    assert desk.rows(f"SELECT pieces FROM {table}") == ([(pieces,)] if pieces else [])
