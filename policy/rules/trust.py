"""POL-04, whom documents trust: no principal of the world, and no service on behalf of just anybody."""

from collections.abc import Iterator, Mapping

from policy.rules.documents import Statement, documents, each_statement, holding
from policy.rules.rule import Finding, Rule, of_type, undecided, violated
from policy.rules.view import Mark, Resource, Stack, has_mark, is_list, listed

_ON_BEHALF_OF = frozenset(
    {
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        # What the service itself puts into a call to KMS says on whose behalf it is (KMS developer guide, "kms:ViaService").
        "kms:calleraccount",
    }
)
_ENCRYPTION_CONTEXT = "kms:encryptioncontext:"
_FROM_SOMEWHERE = _ON_BEHALF_OF | frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:resourceaccount",
        "aws:sourcevpc",
        "aws:sourcevpce",
    }
)
_NEVER_ON_BEHALF = frozenset(
    {
        # An instance profile's role: EC2 sends no source with the call (IAM user guide, "The confused deputy problem").
        "ec2.amazonaws.com",
    }
)
_FOR_NOBODY = frozenset(
    {
        # EventBridge says no source when it makes a stream (its user guide, "Amazon CloudWatch Logs permissions"), and that
        # writes nothing.
        "logs:CreateLogStream",
    }
)


def _everybody(statement: Statement) -> Iterator[Finding]:
    """A statement whose principal is everybody, or everybody in some way."""
    for kind, names in statement.principals.items():
        for index, name in enumerate(names):
            if isinstance(name, Mark):
                yield undecided(f"{statement.at}.Principal.{kind}[{index}]")
            elif name == "*":
                yield violated(f"{statement.at}.Principal.{kind}[{index}]", "trusts everybody")


def _everybody_unless_narrowed(statement: Statement) -> Iterator[Finding]:
    if isinstance(statement.conditions, Mark):
        yield from (undecided(f"{statement.at}.Condition") for _ in _everybody(statement))
    elif not _tests(statement, _FROM_SOMEWHERE):
        yield from _everybody(statement)


def _service_for_anybody(statement: Statement) -> Iterator[Finding]:
    services = statement.principals.get("Service", ())
    if statement.actions and all(action in _FOR_NOBODY for action in statement.actions):
        return
    if has_mark(services):
        yield undecided(f"{statement.at}.Principal.Service")
    if all(isinstance(name, Mark) or name in _NEVER_ON_BEHALF for name in services):
        return
    if isinstance(statement.conditions, Mark):
        yield undecided(f"{statement.at}.Condition")
    elif not _tests(statement, _ON_BEHALF_OF):
        yield violated(f"{statement.at}.Condition", "does not say on behalf of which account or resource the service may act")


def _tests(statement: Statement, keys: frozenset[str]) -> bool:
    """Whether its conditions test one of `keys`, or what KMS is told of the thing that it encrypts."""
    tested = statement.condition_keys()
    return bool(tested & keys) or any(key.startswith(_ENCRYPTION_CONTEXT) for key in tested)


def _invoked_by_anybody(resource: Resource, _: Stack) -> Iterator[Finding]:
    """A Lambda permission is a statement spelt in properties."""
    principal, source = resource.props.get("principal"), (resource.props.get("sourceAccount"), resource.props.get("sourceArn"))
    narrowed = any(value is not None for value in (*source, resource.props.get("principalOrgId")))
    if isinstance(principal, Mark):
        yield undecided("principal")
    elif (principal == "*" or str(principal).endswith(".amazonaws.com")) and not narrowed:
        yield violated("sourceArn", "lets everybody, or a service on behalf of anybody, call the function")


def _endpoint_passes_anything(resource: Resource, stack: Stack) -> Iterator[Finding]:
    apart = [other for other in stack.referring_to(resource.urn) if other.type == "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"]
    if not documents(resource) and not apart:
        yield violated("policy", "is not there, so the endpoint passes every call to everybody's resources")
    for holder in (resource, *apart):
        yield from each_statement("endpoint", wrong=_passes_anything)(holder, stack)


def _passes_anything(statement: Statement) -> Iterator[Finding]:
    if "*" not in statement.resources:
        return
    if isinstance(statement.conditions, Mark):
        yield undecided(f"{statement.at}.Condition")
    elif not statement.conditions:
        yield violated(f"{statement.at}.Condition", "passes calls to everybody's resources from everybody")


_PERMISSION = "aws:lambda/permission:Permission"
_ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
_ADMINISTRATORS: Mapping[str, str] = {
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": "policyArn",
    "aws:iam/policyAttachment:PolicyAttachment": "policyArn",
    "aws:iam/role:Role": "managedPolicyArns",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "policyArn",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": "policyArns",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": "policyArn",
    "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": "managedPolicyArn",
}
_ALMIGHTY = frozenset({"AdministratorAccess", "AdministratorAccess-Amplify", "IAMFullAccess", "PowerUserAccess"})


def _almighty(resource: Resource, _: Stack) -> Iterator[Finding]:
    key = _ADMINISTRATORS[resource.type]
    value = resource.props.get(key)
    for index, arn in enumerate(listed(value)):
        at = f"{key}[{index}]" if is_list(value) else key
        if isinstance(arn, Mark):
            yield undecided(at)
        elif str(arn).startswith("arn:") and ":aws:policy/" in str(arn) and str(arn).rsplit("/", 1)[-1] in _ALMIGHTY:
            yield violated(at, "is a managed policy that may do (almost) everything")


RULES = (
    Rule(
        id="iam-no-administrator-policy",
        severity="critical",
        statement="No administrator or power-user policy is attached",
        why="One leaked credential is then the whole account.",
        fix="Attach a policy of the platform's own, with the actions that are needed.",
        sources=("POL-04", "CKV_AWS_274", "AwsSolutions-IAM4"),
        applies=of_type(*_ADMINISTRATORS),
        check=_almighty,
    ),
    Rule(
        id="iam-trust-names-principals",
        severity="critical",
        statement="A role is trusted to named principals only",
        why="A role that everybody may take belongs to everybody, whatever the condition beside it says today.",
        fix="Name the service, the role or the identity provider that takes the role.",
        sources=("POL-04", "CKV_AWS_60", "CKV_AWS_61"),
        applies=holding("trust"),
        check=each_statement("trust", wrong=_everybody),
    ),
    Rule(
        id="iam-no-confused-deputy",
        severity="high",
        statement="A service is trusted on behalf of this account only",
        why="Otherwise another customer can have the service act here for them: the confused deputy.",
        fix="Add a condition on aws:SourceAccount or aws:SourceArn.",
        sources=("POL-04", "SEC-05"),
        applies=holding("trust", "resource"),
        check=each_statement("trust", "resource", wrong=_service_for_anybody),
    ),
    Rule(
        id="resource-policy-not-public",
        severity="critical",
        statement="No resource policy gives rights to everybody",
        why="The thing is then open to the internet, credentials or not.",
        fix="Name the principals, or narrow by organisation, account, source or endpoint.",
        sources=("POL-04", "SEC-12", "CKV_AWS_70", "CKV_AWS_33", "S3.2", "S3.3", "KMS.5"),
        applies=holding("resource"),
        check=each_statement("resource", wrong=_everybody_unless_narrowed),
    ),
    Rule(
        id="lambda-invoked-by-named",
        severity="critical",
        statement="A function may be called by named callers only",
        why="A permission without a source lets everybody's bucket, topic or rule call the function.",
        fix="Set sourceArn or sourceAccount.",
        sources=("POL-04", "SEC-05", "CKV_AWS_301", "Lambda.1", "AWS-0067"),
        applies=of_type(_PERMISSION),
        check=_invoked_by_anybody,
    ),
    Rule(
        id="endpoint-policy-bounded",
        severity="medium",
        statement="A VPC endpoint passes calls to named things or from named principals only",
        why="An open endpoint is a way to carry data into somebody else's account that no firewall sees.",
        fix="Give the endpoint a policy with a condition on aws:PrincipalAccount or aws:ResourceAccount.",
        sources=("POL-04", "NET-23"),
        applies=of_type(_ENDPOINT),
        check=_endpoint_passes_anything,
        across=True,
    ),
)
