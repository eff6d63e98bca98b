"""What the repository runs on itself: generators of its documents, and checks. Never part of a deployment."""
