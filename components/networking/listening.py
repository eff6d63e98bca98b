"""Where load balancers listen, and by which TLS: what their own modules and the table of connections share."""

from typing import Final

HTTP: Final = 80
HTTPS: Final = 443
TEST_HTTP: Final = 8080
TEST_HTTPS: Final = 8443
"""Where a version is tested before users get it. No tier admits the internet there."""

TLS_POLICY: Final = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
"""TLS 1.3, and 1.2 with forward secrecy, key exchange that outlasts quantum computers included: what AWS recommends (Application
and Network Load Balancer user guides, "Security policies", which agree on it)."""


def ports(*, public: bool) -> tuple[int, int]:
    """Where an application load balancer listens for users and for testers: by TLS where it is `public`."""
    return (HTTPS, TEST_HTTPS) if public else (HTTP, TEST_HTTP)
