"""How big is the market, how fast does it grow, where to enter."""
