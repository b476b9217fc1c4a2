"""How long requests wait: formulas where they hold, seeded simulation where they do not (economics.md §1)."""
