"""How much energy a run took: meters, their counters, what belongs to prefill and decode, and what is doubtful."""
