"""How gunicorn serves: one process with threads, for a task with a quarter of a CPU."""

import os

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
threads = 8
worker_tmp_dir = "/dev/shm"  # noqa: S108  (its heartbeat file, in memory: a slow disk must not look like a dead process)
graceful_timeout = 25  # s: under the 30 s that a task has between SIGTERM and SIGKILL
# s: over what the load balancer waits, so that it never meets a connection which is just being closed. Threads make the class of
# the worker gthread, which holds idle connections without a thread.
keepalive = int(os.environ.get("KEEP_ALIVE_SECONDS", "75"))
accesslog = "-"
control_socket_disable = True  # nobody asks it for anything, and it would be a file where nothing can be written
