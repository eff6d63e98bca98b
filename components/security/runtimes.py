"""What a service can run on: what the stack file and the components both refer to."""

from typing import Literal

Runtime = Literal["ec2", "ecs", "lambda"]
