"""How a model would be served in the data center: a small model of step time, memory and requests in flight."""
