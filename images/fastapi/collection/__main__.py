"""`python -m collection`: the web server."""

import os

import uvicorn

if __name__ == "__main__":
    uvicorn.run(
        "collection.app:app",
        host="0.0.0.0",  # noqa: S104  (a container: what reaches it is decided outside)
        port=int(os.environ.get("PORT", "8000")),
        timeout_keep_alive=75,  # s: over the 60 s of the load balancer, which so never meets a closing connection
        timeout_graceful_shutdown=25,  # s: under the 30 s between SIGTERM and SIGKILL
        server_header=False,
    )
