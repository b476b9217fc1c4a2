"""Other people's price files read into our offers, one module a format: accepted, or refused in words."""
