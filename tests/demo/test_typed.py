"""The contract's order and types."""

import pandas as pd
import pytest
from crossborder.demo.typed import typed


def test_columns_come_in_the_contract_s_order_and_types():
    frame = pd.DataFrame({"score": [3], "market": ["US"], "date": ["2025-01-01"], "customer_id": ["C1"]})
    found = typed(frame, "surveys")
    assert list(found.columns) == ["customer_id", "date", "market", "score"]
    assert str(found["score"].dtype) == "Int64" and str(found["date"].dtype) == "datetime64[us]"


def test_an_unknown_column_is_refused():
    with pytest.raises(KeyError, match="not in the contract"):
        typed(pd.DataFrame({"colour": ["red"]}), "surveys")
