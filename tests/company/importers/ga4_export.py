"""Small GA4 exports: events as BigQuery writes them, whole numbers as text."""

import json
from datetime import UTC, datetime

__all__ = ["event", "lines", "shop"]


def event(name, device, session, second, country="Germany", number=2, items=(), **said):
    """One event of 2026-03-02, `second` seconds after 10:00 UTC; `said` are string parameters."""
    at = datetime(2026, 3, 2, 10, 0, 0, tzinfo=UTC).timestamp() + second
    params = [{"key": "page_location", "value": {"string_value": "https://shop.example/"}}]
    params += [{"key": key, "value": {"string_value": value}} for key, value in said.items() if key != "transaction_id"]
    if session is not None:
        params.append({"key": "ga_session_id", "value": {"int_value": str(session)}})
        params.append({"key": "ga_session_number", "value": {"int_value": str(number)}})
    made = {
        "event_date": "20260302",
        "event_timestamp": str(int(at * 1_000_000)),
        "event_name": name,
        "user_pseudo_id": device,
        "event_params": params,
        "geo": {"country": country, "city": "Berlin"},
        "platform": "WEB",
        "traffic_source": {"source": "google", "medium": "organic", "name": "(organic)"},
        "privacy_info": {"ads_storage": "Yes", "analytics_storage": "Yes"},
        "items": list(items),
    }
    if "transaction_id" in said:
        made["ecommerce"] = {"transaction_id": said["transaction_id"], "shipping_value": 4.9, "tax_value": 1.9}
    return made


def shop():
    """Three visits of two devices, one order that was sent twice, one device without consent, one event of no visit."""
    chair = {"item_id": "CH-1", "item_name": "chair", "price": 45.5, "quantity": "2", "discount": 4.5}
    lamp = {"item_id": "LA-2", "item_name": "lamp", "price": 19.9, "quantity": "1"}
    sale = {"items": (chair, lamp), "currency": "EUR", "transaction_id": "T-1"}
    return [
        event("session_start", "d1", 1, 0, source="google", medium="cpc", campaign="DE_Brand"),
        event("view_item", "d1", 1, 10),
        event("view_item", "d1", 1, 20),
        event("add_to_cart", "d1", 1, 30),
        event("begin_checkout", "d1", 1, 40),
        event("purchase", "d1", 1, 50, **sale),
        event("purchase", "d1", 1, 60, **sale),
        event("session_start", "d1", 2, 3600),
        event("session_start", "d2", 9, 100, country="United States", number=1),
        event("page_view", None, None, 200),
        event("page_view", "d3", None, 300),
    ]


def lines(events):
    """The events as newline-delimited JSON."""
    return "".join(json.dumps(one) + "\n" for one in events)
