"""How the platform is looked at and operated: the command `plinth`, and the offline engine behind it."""
