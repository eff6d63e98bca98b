"""`python -m collection`: the web server."""

import os

import uvicorn

if __name__ == "__main__":
    uvicorn.run(
        "collection.app:app",
        host="0.0.0.0",  # noqa: S104  (a container: what reaches it is decided outside)
        port=int(os.environ.get("PORT", "8000")),
        # s: over what the load balancer waits, which so never meets a connection that is just being closed
        timeout_keep_alive=int(os.environ.get("KEEP_ALIVE_SECONDS", "75")),
        timeout_graceful_shutdown=25,  # s: under the 30 s between SIGTERM and SIGKILL
        server_header=False,
    )
