"""Facts of AWS about regions, for services that have only one: the same for every stack, so no stack file says them."""

from typing import Final

GLOBAL_REGION: Final = "us-east-1"
"""Where services without a region of their own keep what has one: certificates for CloudFront (ACM user guide, "Supported
regions"), metrics of Route 53 health checks and of CloudFront (Route 53 developer guide, "Monitoring health checks using
CloudWatch"; CloudFront developer guide, "Monitoring CloudFront metrics")."""
