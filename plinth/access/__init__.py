"""Who may do what to what, read off the policy documents in a Graph."""
