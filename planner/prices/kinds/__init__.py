"""What can be bought, one module a kind of offer; a rate card lists offers of any kind."""
