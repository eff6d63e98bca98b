"""Where each type of resource stands in the picture: the table that a new type joins."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from plinth.engine.graph import Graph

Role = Literal["node", "detail", "edge"]
Kind = Literal["traffic", "route", "use"]
"""What an arrow means: who may open a connection to whom, where packets go, what makes use of what."""


class Layer(StrEnum):
    """Where a box stands, from the outside in; what belongs to no network comes after."""

    INTERNET = "internet"
    NETWORK = "network"
    PUBLIC = "public"
    PRIVATE = "private"
    DATABASE = "database"
    SERVICES = "services"
    IDENTITY = "identity"
    OPERATIONS = "operations"
    OTHER = "other"

    @property
    def heading(self) -> str:
        """What the layer is called."""
        return _HEADINGS[self]


TIERS: Mapping[str, Layer] = {layer.value: layer for layer in (Layer.PUBLIC, Layer.PRIVATE, Layer.DATABASE)}
"""The layers that are subnets, by the value of a subnet's tag `tier`."""

INSIDE_VPC = (Layer.NETWORK, *TIERS.values())

_HEADINGS: Mapping[Layer, str] = {
    Layer.INTERNET: "Edge",
    Layer.NETWORK: "Network",
    Layer.PUBLIC: "Public tier",
    Layer.PRIVATE: "Private tier",
    Layer.DATABASE: "Database tier",
    Layer.SERVICES: "Services",
    Layer.IDENTITY: "Identity",
    Layer.OPERATIONS: "Operations",
    Layer.OTHER: "Other",
}

PROVIDER = "pulumi:providers:"
"""How the types of providers begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An arrow to what a property refers to, or from there where it is `reverse`. `label` names the input to write at it."""

    property: str
    kind: Kind
    reverse: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where resources of a type stand.

    A `node` has a box, shared with others of its type and component unless `each` has its own; what refers to subnets stands in
    their tier, whatever `layer` says. A `detail` is mentioned in the box of its owner, an `edge` is only counted there: it is
    what ties others together. The owner is found through resources of the types `through` that refer to this one, else by the
    properties `of`, the first that refers to something. `links` become arrows; `facts` are the inputs worth a line.
    """

    layer: Layer
    role: Role
    label: str
    each: bool = False
    of: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    facts: tuple[str, ...] = ()
    faces_internet: bool = False


def place_of(token: str) -> Place:
    """The place of a type: its row in the table; in `other`, labelled by its type, where it has none."""
    if token.startswith(PROVIDER):
        return _PROVIDER
    return PLACES.get(token) or Place(layer=Layer.OTHER, role="node", label=_label(token))


def service_of(token: str) -> str:
    """The service a type belongs to: `s3` for `aws:s3/bucket:Bucket`, the package of what is not of AWS."""
    package, _, rest = token.partition(":")
    return re.split("[/:]", rest)[0] if package == "aws" else package


def missing(graph: Graph) -> tuple[str, ...]:
    """The types of cloud resources in `graph` that the table has no row for."""
    tokens = {resource.type for resource in graph.resources.values() if resource.custom}
    return tuple(sorted(token for token in tokens - PLACES.keys() if not token.startswith(PROVIDER)))


def _label(token: str) -> str:
    """`s3 bucket versioning` for `aws:s3/bucketVersioning:BucketVersioning`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", token.rsplit(":", 1)[-1])
    return f"{service_of(token)} {words.lower()}"


def _node(layer: Layer, label: str, *facts: str, each: bool = False, links: tuple[Link, ...] = ()) -> Place:
    return Place(layer=layer, role="node", label=label, each=each, links=links, facts=facts)


def _detail(layer: Layer, label: str, *of: str, through: tuple[str, ...] = ()) -> Place:
    return Place(layer=layer, role="detail", label=label, of=of, through=through)


def _edge(layer: Layer, label: str, *of: str, links: tuple[Link, ...] = ()) -> Place:
    return Place(layer=layer, role="edge", label=label, of=of, links=links)


_ENCRYPTED = (Link(property="kmsKeyId", kind="use"),)
_ROUTE_TARGETS = (
    "natGatewayId",
    "gatewayId",
    "vpcEndpointId",
    "transitGatewayId",
    "vpcPeeringConnectionId",
    "networkInterfaceId",
)
_NETWORK: Mapping[str, Place] = {
    "aws:ec2/vpc:Vpc": _node(Layer.NETWORK, "VPC", "cidrBlock"),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": _detail(Layer.NETWORK, "default security group", "vpcId"),
    "aws:ec2/flowLog:FlowLog": _node(
        Layer.NETWORK,
        "flow log",
        "trafficType",
        links=(
            Link(property="vpcId", kind="use", reverse=True),
            Link(property="logDestination", kind="use"),
            Link(property="iamRoleArn", kind="use"),
        ),
    ),
    "aws:ec2/internetGateway:InternetGateway": Place(
        layer=Layer.INTERNET, role="node", label="internet gateway", faces_internet=True
    ),
    "aws:ec2/subnet:Subnet": _node(Layer.PRIVATE, "subnet", "cidrBlock"),
    "aws:ec2/natGateway:NatGateway": _node(Layer.PUBLIC, "NAT gateway"),
    "aws:ec2/eip:Eip": _detail(Layer.PUBLIC, "elastic IP", through=("aws:ec2/natGateway:NatGateway",)),
    "aws:ec2/routeTable:RouteTable": _detail(
        Layer.NETWORK, "route table", "vpcId", through=("aws:ec2/routeTableAssociation:RouteTableAssociation",)
    ),
    "aws:ec2/route:Route": _edge(
        Layer.NETWORK,
        "route",
        "routeTableId",
        links=tuple(Link(property=target, kind="route", label="destinationCidrBlock") for target in _ROUTE_TARGETS),
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": _edge(Layer.NETWORK, "route table association", "subnetId"),
    "aws:ec2/networkAcl:NetworkAcl": _detail(
        Layer.NETWORK,
        "network ACL",
        "subnetIds",
        "vpcId",
        through=("aws:ec2/networkAclAssociation:NetworkAclAssociation",),
    ),
    "aws:ec2/networkAclRule:NetworkAclRule": _detail(Layer.NETWORK, "ACL rule", "networkAclId"),
    "aws:ec2/networkAclAssociation:NetworkAclAssociation": _edge(Layer.NETWORK, "network ACL association", "subnetId"),
    "aws:ec2/securityGroup:SecurityGroup": _node(Layer.PRIVATE, "security group", each=True),
    "aws:ec2/securityGroupRule:SecurityGroupRule": _edge(Layer.PRIVATE, "security group rule", "securityGroupId"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _edge(Layer.PRIVATE, "ingress rule", "securityGroupId"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _edge(Layer.PRIVATE, "egress rule", "securityGroupId"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": _node(
        Layer.PRIVATE,
        "VPC endpoint",
        "serviceName",
        links=(Link(property="routeTableIds", kind="route", reverse=True),),
    ),
    "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy": _detail(Layer.PRIVATE, "endpoint policy", "vpcEndpointId"),
    "aws:ecs/cluster:Cluster": _node(Layer.PRIVATE, "ECS cluster"),
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": _edge(Layer.PRIVATE, "capacity providers", "clusterName"),
    "aws:ecs/service:Service": _node(
        Layer.PRIVATE, "ECS service", each=True, links=(Link(property="loadBalancers", kind="use", reverse=True),)
    ),
    "aws:ecs/taskDefinition:TaskDefinition": _detail(Layer.PRIVATE, "task definition", through=("aws:ecs/service:Service",)),
    "aws:appautoscaling/target:Target": _detail(Layer.PRIVATE, "scaling", "resourceId"),
    "aws:appautoscaling/policy:Policy": _edge(Layer.PRIVATE, "scaling policy", "resourceId"),
    "aws:appautoscaling/scheduledAction:ScheduledAction": _edge(Layer.PRIVATE, "scheduled action", "resourceId"),
    "aws:servicediscovery/service:Service": _detail(
        Layer.PRIVATE, "name in the private domain", through=("aws:ecs/service:Service",)
    ),
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": _node(Layer.NETWORK, "private DNS namespace", "name"),
    "aws:ec2clientvpn/endpoint:Endpoint": _node(Layer.INTERNET, "client VPN endpoint", "clientCidrBlock", each=True),
    "aws:ec2clientvpn/networkAssociation:NetworkAssociation": _edge(
        Layer.INTERNET,
        "client VPN association",
        "clientVpnEndpointId",
        links=(Link(property="subnetId", kind="route"),),
    ),
    "aws:ec2clientvpn/authorizationRule:AuthorizationRule": _edge(
        Layer.INTERNET, "client VPN authorization", "clientVpnEndpointId"
    ),
    "aws:route53/zone:Zone": _node(Layer.INTERNET, "public DNS zone", "name", each=True),
    "aws:route53/record:Record": _detail(Layer.INTERNET, "record", "zoneId"),
    "aws:route53/healthCheck:HealthCheck": _node(Layer.INTERNET, "health check", "fqdn", each=True),
    "aws:acm/certificate:Certificate": _node(Layer.INTERNET, "TLS certificate", "domainName", each=True),
    "aws:acm/certificateValidation:CertificateValidation": _edge(Layer.INTERNET, "validation", "certificateArn"),
    "aws:autoscaling/group:Group": _node(
        Layer.PRIVATE,
        "Auto Scaling group",
        "minSize",
        "maxSize",
        each=True,
        links=(Link(property="targetGroupArns", kind="traffic", reverse=True),),
    ),
    "aws:autoscaling/policy:Policy": _detail(Layer.PRIVATE, "scaling policy", "autoscalingGroupName"),
    "aws:autoscaling/schedule:Schedule": _detail(Layer.PRIVATE, "scheduled scaling", "autoscalingGroupName"),
    "aws:ec2/launchTemplate:LaunchTemplate": _detail(Layer.PRIVATE, "launch template", through=("aws:autoscaling/group:Group",)),
    "aws:ec2/keyPair:KeyPair": _detail(Layer.PRIVATE, "key pair", through=("aws:ec2/launchTemplate:LaunchTemplate",)),
    "aws:lb/loadBalancer:LoadBalancer": _node(Layer.PUBLIC, "load balancer", "loadBalancerType", each=True),
    "aws:lb/listener:Listener": _detail(Layer.PUBLIC, "listener", "loadBalancerArn"),
    "aws:lb/listenerRule:ListenerRule": _detail(Layer.PUBLIC, "listener rule", "listenerArn"),
    "aws:lb/targetGroup:TargetGroup": _detail(
        Layer.PUBLIC, "target group", through=("aws:lb/listener:Listener", "aws:lb/listenerRule:ListenerRule")
    ),
    "aws:lb/targetGroupAttachment:TargetGroupAttachment": _edge(Layer.PUBLIC, "target", "targetGroupArn"),
}
_SERVICES: Mapping[str, Place] = {
    "aws:kms/key:Key": _node(Layer.SERVICES, "KMS key", "description", each=True),
    "aws:kms/alias:Alias": _detail(Layer.SERVICES, "alias", "targetKeyId"),
    "aws:kms/replicaKey:ReplicaKey": _node(
        Layer.SERVICES, "KMS replica key", each=True, links=(Link(property="primaryKeyArn", kind="use"),)
    ),
    "aws:cloudwatch/logGroup:LogGroup": _node(Layer.SERVICES, "log group", "retentionInDays", links=_ENCRYPTED),
    "aws:efs/fileSystem:FileSystem": _node(Layer.PRIVATE, "file system", "throughputMode", each=True, links=_ENCRYPTED),
    "aws:efs/mountTarget:MountTarget": _edge(Layer.PRIVATE, "mount target", "fileSystemId"),
    "aws:efs/accessPoint:AccessPoint": _detail(Layer.PRIVATE, "access point", "fileSystemId"),
    "aws:efs/fileSystemPolicy:FileSystemPolicy": _edge(Layer.PRIVATE, "policy", "fileSystemId"),
    "aws:efs/backupPolicy:BackupPolicy": _detail(Layer.PRIVATE, "backup policy", "fileSystemId"),
    "aws:ebs/defaultKmsKey:DefaultKmsKey": _node(Layer.OPERATIONS, "key of new volumes"),
    "aws:ebs/encryptionByDefault:EncryptionByDefault": _node(Layer.OPERATIONS, "encryption of new volumes"),
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": _node(Layer.OPERATIONS, "public access block of the account"),
    "aws:s3/bucket:Bucket": _node(Layer.SERVICES, "bucket", "bucket", each=True),
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": _detail(Layer.SERVICES, "CORS", "bucket"),
    "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration": _detail(
        Layer.SERVICES, "archive tiers", "bucket"
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _detail(Layer.SERVICES, "lifecycle", "bucket"),
    "aws:s3/bucketLogging:BucketLogging": _edge(Layer.SERVICES, "access log", "bucket"),
    "aws:s3/bucketNotification:BucketNotification": _edge(Layer.SERVICES, "notification", "bucket"),
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": _detail(Layer.SERVICES, "object lock", "bucket"),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _edge(Layer.SERVICES, "ownership", "bucket"),
    "aws:s3/bucketPolicy:BucketPolicy": _detail(Layer.SERVICES, "policy", "bucket"),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _edge(Layer.SERVICES, "public access block", "bucket"),
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": _detail(Layer.SERVICES, "replication", "bucket"),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _edge(
        Layer.SERVICES, "encryption", "bucket"
    ),
    "aws:s3/bucketVersioning:BucketVersioning": _edge(Layer.SERVICES, "versioning", "bucket"),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": _edge(Layer.SERVICES, "log policy"),
    "aws:ecr/repository:Repository": _node(Layer.SERVICES, "image registry"),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": _edge(Layer.SERVICES, "lifecycle", "repository"),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": _edge(Layer.SERVICES, "policy", "repository"),
    "aws:secretsmanager/secret:Secret": _node(Layer.SERVICES, "secret", links=_ENCRYPTED),
    "aws:secretsmanager/secretPolicy:SecretPolicy": _edge(Layer.SERVICES, "policy", "secretArn"),
    "aws:secretsmanager/secretVersion:SecretVersion": _edge(Layer.SERVICES, "value", "secretId"),
    "aws:ssm/parameter:Parameter": _node(Layer.SERVICES, "parameter", "type", links=(Link(property="keyId", kind="use"),)),
    "aws:sqs/queue:Queue": _node(
        Layer.SERVICES, "queue", "visibilityTimeoutSeconds", each=True, links=(Link(property="kmsMasterKeyId", kind="use"),)
    ),
    "aws:sqs/queuePolicy:QueuePolicy": _edge(Layer.SERVICES, "policy", "queueUrl"),
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": _edge(Layer.SERVICES, "who may have dead letters here", "queueUrl"),
    "random:index/randomPassword:RandomPassword": _detail(
        Layer.SERVICES,
        "generated value",
        through=("aws:secretsmanager/secretVersion:SecretVersion", "aws:ssm/parameter:Parameter"),
    ),
}
_STORES: Mapping[str, Place] = {
    "aws:elasticache/replicationGroup:ReplicationGroup": _node(
        Layer.DATABASE, "Redis", "nodeType", "numCacheClusters", "numNodeGroups", each=True, links=_ENCRYPTED
    ),
    "aws:elasticache/parameterGroup:ParameterGroup": _detail(
        Layer.DATABASE, "parameters", through=("aws:elasticache/replicationGroup:ReplicationGroup",)
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": _detail(
        Layer.DATABASE, "subnet group", through=("aws:elasticache/replicationGroup:ReplicationGroup",)
    ),
    "aws:rds/instance:Instance": _node(
        Layer.DATABASE,
        "database",
        "engine",
        "instanceClass",
        "multiAz",
        each=True,
        links=(*_ENCRYPTED, Link(property="replicateSourceDb", kind="use")),
    ),
    "aws:rds/subnetGroup:SubnetGroup": _detail(Layer.DATABASE, "subnet group", through=("aws:rds/instance:Instance",)),
    "aws:rds/parameterGroup:ParameterGroup": _detail(Layer.DATABASE, "parameter group", through=("aws:rds/instance:Instance",)),
    "aws:rds/optionGroup:OptionGroup": _detail(Layer.DATABASE, "option group", through=("aws:rds/instance:Instance",)),
    "aws:rds/proxy:Proxy": _node(Layer.DATABASE, "database proxy", each=True),
    "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup": _detail(Layer.DATABASE, "pool", "dbProxyName"),
    "aws:rds/proxyTarget:ProxyTarget": _edge(
        Layer.DATABASE, "target", "dbProxyName", links=(Link(property="dbInstanceIdentifier", kind="traffic"),)
    ),
    "aws:rds/eventSubscription:EventSubscription": _detail(Layer.SERVICES, "event subscription", "snsTopic"),
    "aws:sns/topic:Topic": _node(Layer.SERVICES, "topic", each=True, links=(Link(property="kmsMasterKeyId", kind="use"),)),
    "aws:sns/topicPolicy:TopicPolicy": _edge(Layer.SERVICES, "policy", "arn"),
}
_IDENTITY: Mapping[str, Place] = {
    "aws:iam/role:Role": _node(Layer.IDENTITY, "IAM role"),
    "aws:iam/rolePolicy:RolePolicy": _detail(Layer.IDENTITY, "policy", "role"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _edge(Layer.IDENTITY, "attached policy", "role"),
    "aws:iam/group:Group": _node(Layer.IDENTITY, "IAM group", each=True),
    "aws:iam/groupPolicy:GroupPolicy": _detail(Layer.IDENTITY, "policy", "group"),
    "aws:iam/policy:Policy": _detail(
        Layer.IDENTITY,
        "policy",
        through=("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:iam/user:User"),
    ),
    "aws:iam/instanceProfile:InstanceProfile": _detail(Layer.IDENTITY, "instance profile", "role"),
    "aws:iam/user:User": _node(Layer.IDENTITY, "IAM user", each=True),
    "aws:iam/userPolicy:UserPolicy": _detail(Layer.IDENTITY, "policy", "user"),
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": _edge(Layer.IDENTITY, "attached policy", "user"),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": _node(Layer.IDENTITY, "identity provider", each=True),
    "aws:iam/accountPasswordPolicy:AccountPasswordPolicy": _node(Layer.IDENTITY, "password policy"),
}
_OPERATIONS: Mapping[str, Place] = {
    "aws:accessanalyzer/analyzer:Analyzer": _node(Layer.OPERATIONS, "access analyzer"),
    "aws:cloudwatch/eventRule:EventRule": _node(Layer.OPERATIONS, "event rule", each=True),
    "aws:cloudwatch/eventTarget:EventTarget": _edge(
        Layer.OPERATIONS, "event target", "rule", links=(Link(property="arn", kind="use"),)
    ),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": _node(Layer.OPERATIONS, "log policy"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": _node(
        Layer.OPERATIONS, "alarm", "threshold", links=(Link(property="alarmActions", kind="use"),)
    ),
    "aws:ssm/maintenanceWindow:MaintenanceWindow": _node(Layer.OPERATIONS, "maintenance window", "schedule", each=True),
    "aws:ssm/maintenanceWindowTarget:MaintenanceWindowTarget": _detail(Layer.OPERATIONS, "targets", "windowId"),
    "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask": _detail(Layer.OPERATIONS, "task", "windowId"),
    "aws:ssm/patchBaseline:PatchBaseline": _node(Layer.OPERATIONS, "patch baseline", "operatingSystem", each=True),
    "aws:ssm/patchGroup:PatchGroup": _detail(Layer.OPERATIONS, "patch group", "baselineId"),
    "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": _node(Layer.OPERATIONS, "image scans"),
}

_PROVIDER = _node(Layer.OPERATIONS, "provider", "region")

PLACES: Mapping[str, Place] = {**_NETWORK, **_SERVICES, **_STORES, **_IDENTITY, **_OPERATIONS}
