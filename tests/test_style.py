import io
import math

import numpy as np
import pandas as pd
import pytest
from crossborder import style
from crossborder.errors import InputError
from PIL import Image

FRAME = pd.DataFrame(
    {"name": ["<b>a</b>", "c"], "x": [1234.5, np.nan], "low": [1000.0, np.nan], "high": [2000.0, np.nan]}
)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (12.34, "12.3"),
        (999.7, "1.0\u2009k"),
        (1_234_567, "1.2\u2009m"),
        (-5e9, "\u22125\u2009bn"),
        (1e12, "1\u2009tn"),
    ],
)
def test_amounts_are_told_in_human_units(value, shown):
    assert style.money(value, "USD") == f"USD\u2009{shown}"


def test_missing_values_are_dashes():
    assert style.number(None) == style.percent(float("nan")) == style.money(pd.NA) == style.day(pd.NaT) == "–"


def test_a_table_escapes_text_keeps_numbers_and_shows_intervals_where_there_are_any():
    table = style.table(FRAME, interval={"x": ("low", "high")}, formats={"x": "integer"})
    html = table._repr_html_()
    assert "&lt;b&gt;a&lt;/b&gt;" in html
    assert "<b>a" not in html
    assert html.count("<small>") == 1
    assert table.frame["x"].iloc[0] == 1234.5


def test_a_table_is_cut_and_says_so_and_totals_count_every_row():
    frame = pd.DataFrame({"name": list("abcdef"), "x": range(6)})
    table = style.table(frame, limit=2, total=True)
    assert table.left_out == 4
    assert table.frame["x"].tolist() == [0, 1, 15]
    with pytest.raises(InputError, match="format of column 'x'"):
        style.table(frame, formats={"x": "percnt"})


def test_text_from_data_cannot_become_markup_in_a_sentence():
    assert style.say("{name}!", name="*<i>[x](y)").text == "\\*&lt;i&gt;\\[x\\](y)!"
    assert style.say("{count} rows", count=12345).text == "12\u2009345 rows"


def test_a_figure_has_its_alternative_text_and_the_same_bytes_each_time():
    def drawn() -> style.Figure:
        fig, ax = style.figure(height=1.5)
        ax.plot([1, 2, 3])
        return style.finish(fig, title="A finding", subtitle="what is plotted", source="a table")

    data, metadata = drawn()._repr_mimebundle_()
    assert metadata["image/png"]["alt"] == data["text/plain"] == "A finding what is plotted"
    assert drawn().png() == drawn().png()
    assert Image.open(io.BytesIO(drawn().png())).size[0] == 936


def test_a_name_keeps_its_colour_and_unknown_kinds_are_told():
    assert style.colour("market", "DE") == style.colour("market", "DE") != style.colour("market", "US")
    assert style.colour("market", "ZZ") == style.colour("market", "ZZ")
    with pytest.raises(InputError, match="kind of colour 'planet'"):
        style.colour("planet", "Mars")


def contrast(first: tuple, second: tuple) -> float:
    def light(colour):
        parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((light(first), light(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_grey_and_ink_can_be_read_on_white():
    from matplotlib.colors import to_rgb

    for colour in (style.INK, style.GREY):
        assert contrast(to_rgb(colour), (1, 1, 1)) >= 4.5


def test_what_rounds_to_zero_has_no_sign():
    assert style.number(-0.0004, 2) == "0.00"
    assert style.number(-0.4) == "0"
    assert style.number(-1234.0) == "\u22121\u2009234"
    assert style.percent(-0.0001) == "0\u2009%"


def test_codes_and_truth_values_are_said_in_words_unless_a_reader_types_them():
    frame = pd.DataFrame(
        {"kind": ["home_storage", "a_B", "x.y_z"], "open": [True, False, True], "file": ["ad_spend"] * 3}
    )
    cells = [[text for text, _, _ in row] for row in style.table(frame, formats={"file": "code"}).cells()]
    assert cells == [["home storage", "yes", "ad_spend"], ["a_B", "no", "ad_spend"], ["x.y_z", "yes", "ad_spend"]]
    assert str(style.say("Best: {channel}", channel="search_brand")) == "Best: search brand"


def test_what_has_no_end_is_written_as_such():
    assert style.money(math.inf) == "USD\u2009∞" and style.number(-math.inf, 2) == "−∞"


def test_a_picture_is_drawn_as_matplotlib_saves_it():
    def made() -> style.Figure:
        fig, axes = style.figure(columns=2)
        for ax in axes:
            ax.plot([1, 2, 3], [1, 4, 9])
            ax.set_ylabel("a long label")
        style.human_axis(axes[0].xaxis, "percent")
        return style.finish(fig, title="A finding", subtitle="what is shown", source="from where")

    saved, drawn = io.BytesIO(), made()
    made().savefig(saved, format="png", dpi=130, facecolor="white", metadata={"Software": None})
    one, other = (np.asarray(Image.open(picture)) for picture in (saved, io.BytesIO(drawn.png())))
    assert one.shape == other.shape and (one == other).all()
    assert drawn.dpi == made().dpi
