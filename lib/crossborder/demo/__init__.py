"""The simulated company with known truth."""
