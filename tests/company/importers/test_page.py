"""The page of the importers."""

from crossborder.company.importers import registry
from crossborder.company.importers.page import page
from crossborder.reports import project


def test_the_page_says_what_the_code_says():
    stored = (project.root() / "docs" / "importers.md").read_text(encoding="utf-8")
    assert stored == page(), "make docs/importers.md again, as its first lines say"


def test_every_importer_and_every_rule_stands_on_the_page():
    text = page()
    assert [name for name in registry.names() if f"## {name}\n" not in text] == []
    assert "| `Lineitem price` | `orders.unit_price` |" in text
    assert "| - | `orders.sku` | CD |" in text
