"""How the decision stands over time, volume and prices: cash flows of the horizon, and where it turns."""
