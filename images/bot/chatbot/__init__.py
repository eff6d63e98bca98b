"""A bot that keeps what people send it: media of a chat go into a bucket."""
