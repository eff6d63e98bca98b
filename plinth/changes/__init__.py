"""What changes between two graphs of a stack: created, updated, replaced, deleted, moved; and whose rights grow."""
