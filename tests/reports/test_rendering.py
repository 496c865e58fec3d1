import html

import pytest
from crossborder.reports import rendering


def code(*outputs, source="1 + 1"):
    return {"cell_type": "code", "source": [source], "metadata": {}, "execution_count": 1, "outputs": list(outputs)}


def shown(**data):
    return {"output_type": "display_data", "data": data, "metadata": {}}


KINDS = [
    {"output_type": "stream", "name": "stdout", "text": ["a <b>\n"]},
    {"output_type": "error", "ename": "ValueError", "evalue": "<b>", "traceback": []},
    shown(**{"text/plain": ["<b>"]}),
    shown(**{"text/html": ["<table><tr><td>1</td></tr></table>"], "text/plain": "t"}),
    shown(**{"text/markdown": ["**bold** <b>"]}),
    shown(**{"image/png": "iVBORw0KGgo=", "text/plain": "a line"}),
    shown(**{"image/svg+xml": "<svg onload='alert(1)'/>", "text/plain": "a line"}),
    shown(**{"application/json": {"a": 1}}),
    shown(**{"application/x-unknown": "?"}),
    {"output_type": "execute_result", "data": {"text/plain": ["3"]}, "metadata": {}, "execution_count": 1},
]


def test_a_prepared_page_is_the_same_page():
    output = {
        "output_type": "display_data",
        "data": {"text/html": '<td style="color:red;x:y">1<script>x</script></td>'},
    }
    notebook = {"cells": [code(output, source="x = 1"), {"cell_type": "markdown", "source": "# T"}]}
    plain = rendering.render_cells(notebook, {})
    for kept in (rendering.clean, rendering._highlighted):
        kept.cache_clear()
    rendering.prepare(notebook)
    before = rendering.clean.cache_info().misses
    assert rendering.render_cells(notebook, {}) == plain and rendering.clean.cache_info().misses == before == 1
    assert "<script" not in plain.pieces[0] and "x:y" not in plain.pieces[0]


def test_no_kind_of_output_is_dropped():
    body = rendering.render_cells({"cells": [code(*KINDS)]}, {})
    assert body.outputs == len(KINDS)
    assert "".join(body.pieces).count('<div class="output">') == len(KINDS)
    assert "<b>" not in "".join(body.pieces) and "onload" not in "".join(body.pieces)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<iframe src='https://example.org'></iframe>",
        "<td onclick='alert(1)' style='background:url(https://example.org/x)'>x</td>",
        "<style>@import url(https://example.org)</style>",
        "<table><tr><td><svg><script>alert(1)</script></svg></td></tr></table>",
    ],
)
def test_html_of_an_output_can_neither_run_nor_load(hostile):
    clean = rendering.clean(hostile)
    for wrong in ("<script", "<img", "<a ", "<iframe", "<svg", "<style", "onclick=", "url("):
        assert wrong not in clean.replace("&lt;", "")
    assert "<script" not in rendering.markdown(hostile)


def test_a_typeset_table_survives_cleaning():
    import pandas as pd
    from crossborder import style

    table = style.table(pd.DataFrame({"a": [1.5], "b": ["x < y"]}), caption="c", bold=[True])._repr_html_()
    clean = rendering.clean(table)
    for kept in ("<caption>c</caption>", 'scope="col"', "text-align:right", "x &lt; y", "font-weight:bold"):
        assert kept.replace(" ", "") in clean.replace(" ", "").replace(';"', '"'), kept


def test_a_picture_elsewhere_is_a_link_and_a_notebook_is_its_page():
    assert "<img" not in rendering.markdown("![x](https://example.org/x.png)")
    assert 'href="31_landed_cost.html#a"' in rendering.markdown("[x](31_landed_cost.ipynb#a)")
    assert 'href="https://example.org/a.ipynb"' in rendering.markdown("[x](https://example.org/a.ipynb)")


def test_headings_get_anchors_of_their_own_and_never_outrank_the_title():
    cells = [{"cell_type": "markdown", "source": [text]} for text in ("# Title?", "# Part", "## Same", "## Same")]
    body = rendering.render_cells({"cells": cells}, {})
    assert [(h.level, h.anchor) for h in body.headings] == [(2, "part"), (2, "same"), (2, "same-2")]


def test_the_title_is_the_first_heading():
    cells = [{"cell_type": "markdown", "source": ["# Why?\n", "\n", "Because *so*."]}]
    assert rendering.title_of({"cells": cells}, "x") == ("Why?", "<p>Because <em>so</em>.</p>\n")
    assert rendering.title_of({"cells": [code()]}, "x") == ("x", "")


def test_code_is_folded_and_escaped_unless_hidden():
    body = rendering.render_cells({"cells": [code(source="x = '<b>'")]}, {})
    assert body.pieces[0].startswith("<details") and "<b>" not in body.pieces[0]
    hidden = {**code(), "metadata": {"tags": ["hide-input"]}}
    assert rendering.render_cells({"cells": [hidden]}, {}).pieces == ("",)


def test_a_picture_is_linked_to_its_data_by_its_text():
    output = shown(**{"image/png": "iVBORw0KGgo=", "text/plain": "a line"})
    output["metadata"] = {"image/png": {"alt": 'a "line"'}}
    body = rendering.render_cells({"cells": [code(output)]}, {'a "line"': [("CSV", "tables/x/up.csv")]})
    assert html.escape('alt="a "line""', quote=False).replace('a "line"', "a &quot;line&quot;") in body.pieces[0]
    assert 'href="tables/x/up.csv"' in body.pieces[0]


def test_the_title_of_a_picture_stands_above_it_for_a_phone():
    output = shown(**{"image/png": "iVBORw0KGgo=", "text/plain": "a line"})
    output["metadata"] = {"image/png": {"alt": "up, and what is drawn", "title": "up < 5"}}
    assert (
        '<p class="finding" aria-hidden="true">up &lt; 5</p>'
        in rendering.render_cells({"cells": [code(output)]}, {}).pieces[0]
    )
