"""What a new rule hits, what could replace it, and what nobody uses."""

import pandas as pd
from crossborder.selection import range_care

PRODUCTS = pd.DataFrame(
    {
        "sku": list("abcd"),
        "name": "n",
        "category": ["pet", "pet", "pet", "beauty"],
        "supplier_id": list("xyzz"),
        "materials": ["steel|pfas", "steel", "abs", "wax"],
        "weight_kg": [1, 1.1, 3, 1],
        "list_price_usd": [20, 21, 60, 20.0],
    }
)


def test_exposed_products_and_their_substitutes():
    assert range_care.exposed(PRODUCTS, "PFAS", pd.Series({"a": 500.0}))["revenue_usd"].tolist() == [500.0]
    found = range_care.substitutes(PRODUCTS, "pfas")
    assert found["substitute"].iloc[0] == "b"
    assert "a" not in set(found["substitute"])


def test_low_use_waits_for_evidence():
    table = range_care.low_use(pd.Series({"much": 9000, "some": 900, "little": 10}), share=0.02).set_index("name")
    assert table["drop"].to_dict() == {"much": False, "some": False, "little": True}
    assert not range_care.low_use(pd.Series({"much": 9, "little": 0}), share=0.02)["drop"].any()
