"""Storage: objects, files, and the logs of everything else."""
