"""What the analyses found, in one piece: as data, on a terminal, for a pull request, as a page."""
