"""Price rules, one topic a file: what a resource takes of what is sold, from its inputs."""
