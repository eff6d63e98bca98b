"""What can be built: reusable Pulumi components, a folder for each area."""
