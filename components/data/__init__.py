"""What holds data: databases, caches and queues."""
