"""What holds data in memory or on its way: caches and queues."""
