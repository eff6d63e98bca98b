"""The offline engine: runs a Pulumi program without a cloud, and reads what the real engine wrote, into one Graph."""
