"""The typed configuration of a stack: models, loader, faults, documentation."""
