"""The README of a simulated company."""

from crossborder.company.tables import TABLES
from crossborder.demo import dictionary


def test_facts_are_believable_beside_the_claims(made):
    facts = dictionary.facts(made[1]).set_index("fact")
    value = {name: float(text.rstrip("%")) / (100 if text.endswith("%") else 1) for name, text in facts["here"].items()}
    assert 0.10 < value["lines returned, all markets"] < 0.35
    assert value["lines returned, DE"] > value["lines returned, JP"]
    assert 0.02 < value["visits that order, all platforms"] < 0.04
    assert 0.25 < value["customers with two orders or more"] < 0.45
    assert 0.08 < value["advertising over sales net of refunds"] < 0.40
    assert 0.12 < value["transport, storage and delivery over sales"] < 0.25
    assert 60 < value["days of stock"] < 120
    assert facts["claim"].str.startswith("C0").sum() >= 8


def test_the_readme_tells_mechanisms_facts_and_columns(made):
    text = (made[0] / "README.md").read_text(encoding="utf-8")
    for words in ("## How the numbers come about", "## Facts beside claims", "BG/NBD", "canal closure"):
        assert words in text
    for name, table in TABLES.items():
        section = text.split(f"### {name}\n")[1].split("###")[0]
        assert all(f"| {c.name} |" in section for c in table.columns if c.name in made[1][name]), name
