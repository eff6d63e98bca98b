"""The Django project: settings, addresses, the web process and the worker process."""
