"""The world outside the company: exchange rates, sea network, calendars, taxes, benchmarks."""
