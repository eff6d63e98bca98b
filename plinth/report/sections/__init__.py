"""What each analysis says in a report: a module an analysis, each with one function `part`."""
