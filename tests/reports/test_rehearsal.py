import threading

import matplotlib as mpl
import numpy as np
from crossborder import style
from crossborder.reports.rehearsal import rehearse


def test_leaves_nothing_that_a_notebook_could_see() -> None:
    shown, settings, threads = dict(style.SHOWN), dict(mpl.rcParams), threading.active_count()
    random = np.random.get_state()[1].tolist()  # noqa: NPY002  the state that forks share
    rehearse()
    assert shown == style.SHOWN
    assert settings == dict(mpl.rcParams)
    assert np.random.get_state()[1].tolist() == random  # noqa: NPY002
    assert threading.active_count() == threads


def test_a_first_figure_and_query_find_what_they_need_prepared() -> None:
    import ibis
    from matplotlib import font_manager

    rehearse()
    found = font_manager.fontManager._findfont_cached.cache_info()
    style.finish(style.figure()[0], title="a", subtitle="b").png()
    assert font_manager.fontManager._findfont_cached.cache_info().misses == found.misses
    assert "SUM" in ibis.to_sql(ibis.table({"n": "int64"}, name="a").n.sum(), dialect="duckdb")
