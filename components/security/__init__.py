"""Security: the keys that data is encrypted with, and in time secrets, identities and what watches over them."""
