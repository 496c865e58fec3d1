"""Figure, tables and sentences on other kinds of revenue."""

import numpy as np
import pandas as pd
import pytest
from crossborder.charts import finance_mix as charts
from crossborder.finance import revenue_lines, revenue_mix

SALES, EARNED = np.array([1000.0, 1200.0, 1400.0]), np.array([250.0, 324.0, 392.0])


@pytest.fixture(scope="module")
def found():
    table = revenue_mix.line_assumptions()
    table.loc[table["parameter"].isin(["run_usd", "build_usd"]), ["low", "base", "high"]] *= 1e-3
    bases = {"all sales": 1.0, "own store sales": 0.3, "own logistics cost": 0.1}
    sizes = np.exp(np.random.default_rng(2).normal(0, 0.05, (60, 1)))
    return revenue_mix.revenue_mix(
        table, bases, sizes * SALES * 1e3, sizes * EARNED * 1e3, rate=0.1, tax_rate=0.25, target_margin=0.3,
        rng=np.random.default_rng(4),
    )  # fmt: skip


def test_the_figure_counts_the_lines_that_pay(found):
    figure = charts.mix_figure(found)
    paying = int(found.lines["adds"].sum())
    assert figure.title_text.startswith(f"{paying} of {len(found.lines)} new lines")
    assert len(figure.axes[1].get_yticklabels()) == len(found.lines)


def test_the_tables_show_every_line_and_year(found):
    assert "Membership" not in repr(charts.lines_table(found)) and "membership" in repr(charts.lines_table(found))
    assert len(charts.years_table(found).cells()) == len(SALES)
    kept = pd.DataFrame({"platform": ["a"], "kept": [0.3], "low": [0.2], "high": [0.4], "value_usd": [50.0]})
    models = revenue_lines.revenue_models(kept, pd.Series({"a": 0.3}), pd.Series({"a": 10.0}), rate=0.1)
    models = models.join(revenue_lines.start_up_cash(models, goods_days=40))
    assert len(charts.ways_table(models).cells()) == 2
    assert charts.ways_table(None) is None and "Too few" in repr(charts.ways_sentence(None, {}, {}))
    cited = revenue_lines.cited_loyalty()
    worth = revenue_lines.recurring_value(1.0, 1.0, cited["kept"], 0.1)
    said = repr(charts.ways_sentence(models, cited, worth))
    assert "50\u2009%" in said and "3 times" in said and "1.8 times" in said


def test_the_sentence_says_whether_the_target_is_passed(found):
    cited = revenue_mix.cited_data_line(found)
    assert "stays below" in repr(charts.mix_sentence(found, cited)) or found.passes_in is not None
    reached = revenue_mix.RevenueMix(found.lines, found.years.assign(margin=0.5), found.by_year, 0.3, 0.9)
    assert "from year 0 on" in repr(charts.mix_sentence(reached, cited))
