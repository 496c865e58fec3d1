"""A first figure, table and query, made once before kernels are forked: what their first use prepares, all inherit.

Fonts are found and loaded, ibis learns how each kind of expression is written, pandas fills its caches. Nothing here
starts a thread, draws a random number or leaves something that a notebook could see.
"""

__all__ = ["rehearse"]


def rehearse() -> None:
    """Use once what nearly every notebook uses, and forget the results."""
    _draw()
    _tabulate()
    _compile()


def _draw() -> None:
    from crossborder import style

    letter = "a"
    fig, (left, right) = style.figure(columns=2)
    left.plot([1, 2], [1, 2], label="a")
    left.scatter([1, 2], [2, 1], label="b")
    left.fill_between([1, 2], [0, 1], [2, 3])
    left.legend()
    left.annotate("a", (1, 1))
    left.set_yscale("log")
    right.barh(["a", "b"], [1, 2])
    right.errorbar([1], [1], xerr=[[0.5], [0.5]])
    style.human_axis(right.xaxis, "%")
    style.finish(fig, title=letter, subtitle=letter, source=letter).png()


def _tabulate() -> None:
    import pandas as pd

    from crossborder import style

    letter = "a"
    frame = pd.DataFrame({"name": ["a", "b", "a"], "day": ["2026-01-01", "2026-01-02", "2026-02-01"], "n": [1, 2, 3]})
    frame["day"] = pd.to_datetime(frame["day"])
    months = frame.assign(month=frame["day"].dt.to_period("M")).groupby(["name", "month"], as_index=False)["n"].sum()
    wide = months.merge(frame[["name", "day"]], on="name").pivot_table(index="name", columns="month", values="n")
    shown = style.table(wide.reset_index(names="name").rename(columns=str).sort_values("name"), caption=letter)
    shown._repr_html_()
    repr(shown)


def _compile() -> None:
    import ibis

    lines = ibis.table({"name": "string", "at": "timestamp", "day": "date", "n": "int64", "usd": "float64"}, name="a")
    kept = lines.filter(lines.usd.notnull() & (lines.n > 0) & lines.name.isin(["a", "b"]))
    kept = kept.mutate(
        month=kept.at.truncate("M"),
        share=ibis.cases((kept.n > 1, kept.usd / kept.n), else_=0.0),
        number=ibis.row_number().over(group_by="name", order_by=kept.at),
    )
    sums = kept.group_by("name", "month").aggregate(
        usd=kept.usd.sum(), names=kept.name.nunique(), first=kept.at.min(), rows=kept.count()
    )
    both = sums.left_join(lines, "name").select("name", "usd", late=lines.day.cast("string"))
    ibis.to_sql(both.order_by(ibis.desc("usd")).limit(3), dialect="duckdb")
