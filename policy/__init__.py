"""What is allowed: rules as data with pure checks, and the packs that bring them to the Pulumi engine."""
