"""Which of it: the typed configuration of a stack and the program that composes the platform from it."""
