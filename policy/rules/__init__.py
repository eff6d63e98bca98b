"""The rules, one topic a file. They know resources as plain data: no Pulumi, no provider, nothing of the program."""
