"""The cheapest way to place demands on what they share, as an abstract problem that knows no devices or models."""
