"""What neither CloudFormation's schemas nor the Service Authorization Reference knows about the calls of a pipeline.

`tools/handlers.py` makes the two tables of `components/security` of it. A new resource type starts here, with a line in TYPES.
"""

from collections.abc import Mapping
from typing import Final

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
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": "",
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
        access-analyzer:UpdateArchiveRule ec2:CreateVpcEncryptionControl ec2:DescribeVpcEncryptionControls iam:AddUserToGroup
        iam:AttachGroupPolicy iam:CreateLoginProfile iam:DeleteAccessKey iam:DeleteLoginProfile
        iam:DetachGroupPolicy iam:GetLoginProfile iam:ListAccessKeys iam:UpdateLoginProfile logs:DeleteDataProtectionPolicy
        logs:DeleteIndexPolicy logs:DeleteResourcePolicy logs:DescribeIndexPolicies logs:DescribeResourcePolicies
        logs:GetDataProtectionPolicy logs:PutDataProtectionPolicy logs:PutIndexPolicy logs:PutResourcePolicy""",
    "a feature that the platform does not use": """
        ec2:AcceptAddressTransfer ec2:AssignPrivateNatGatewayAddress ec2:AssociateAddress ec2:AssociateNatGatewayAddress
        ec2:AssociateSubnetCidrBlock ec2:DisassociateAddress ec2:DisassociateNatGatewayAddress ec2:DisassociateSubnetCidrBlock
        ec2:ModifyVpcTenancy
        ec2:UnassignPrivateNatGatewayAddress logs:PutBearerTokenAuthentication organizations:ListAWSServiceAccessForOrganization
        organizations:ListDelegatedAdministrators vpc-lattice:CreateServiceNetworkVpcEndpointAssociation
        vpc-lattice:DescribeServiceNetworkVpcEndpointAssociation vpce:AllowMultiRegion""",
    "only for delivery to S3 or Firehose (VPC user guide, 'Publish flow logs to Amazon S3'), or for tagged fields": """
        autoscaling:DescribeTags firehose:TagDeliveryStream logs:CreateLogDelivery logs:DeleteLogDelivery s3:GetBucketPolicy
        s3:PutBucketPolicy s3:REST.PUT.OBJECT""",
    "the provider does not call it": """
        ec2:DescribeInstances ec2:DescribeTags ec2:ReplaceNetworkAclEntry ec2:ReplaceRouteTableAssociation
        ec2:UpdateSecurityGroupRuleDescriptionsEgress ec2:UpdateSecurityGroupRuleDescriptionsIngress
        iam:ListAttachedGroupPolicies iam:ListEntitiesForPolicy
        iam:ListGroupPolicies iam:ListUserPolicies iam:ListUserTags secretsmanager:GetRandomPassword ssm:GetParameters""",
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
    "aws:ec2/flowLog:FlowLog": {"create": "logs:CreateLogDelivery", "delete": "logs:DeleteLogDelivery"},
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
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": {
        "create": "iam:AttachUserPolicy",
        "read": "iam:GetUser iam:ListAttachedUserPolicies",
        "delete": "iam:DetachUserPolicy",
    },
    "aws:kms/replicaKey:ReplicaKey": {"read": "kms:GetKeyRotationStatus"},
    "aws:secretsmanager/secret:Secret": {
        "create": "kms:Decrypt kms:GenerateDataKey",
        "read": "secretsmanager:GetResourcePolicy",
    },
    "aws:secretsmanager/secretVersion:SecretVersion": {
        "create": "secretsmanager:PutSecretValue kms:Decrypt kms:GenerateDataKey",
        "read": "secretsmanager:GetSecretValue",
        "update": "secretsmanager:UpdateSecretVersionStage",
        "delete": "secretsmanager:UpdateSecretVersionStage",
    },
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": {"delete": "servicediscovery:GetNamespace"},
    "aws:ssm/parameter:Parameter": {
        "create": "kms:Encrypt",
        "read": "ssm:DescribeParameters ssm:GetParameter kms:Decrypt",
    },
}
"""What the provider calls beyond CloudFormation's handlers: measured, or, where the emulated AWS cannot show it, documented.

Use of a key: Secrets Manager user guide, "Permissions for the KMS key"; KMS developer guide, "How AWS Systems Manager Parameter
Store uses AWS KMS".
"""

ROLES: Final[Mapping[str, Mapping[str, str]]] = {
    "aws:accessanalyzer/analyzer:Analyzer": {"link": "access-analyzer.amazonaws.com"},
    "aws:autoscaling/group:Group": {"pass": "ec2.amazonaws.com", "link": "autoscaling.amazonaws.com"},
    "aws:ec2/flowLog:FlowLog": {"pass": "vpc-flow-logs.amazonaws.com"},
    "aws:ec2clientvpn/endpoint:Endpoint": {"link": "clientvpn.amazonaws.com"},
    "aws:appautoscaling/target:Target": {"link": "ecs.application-autoscaling.amazonaws.com"},
    "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": {"link": "inspector2.amazonaws.com"},
    "aws:ecs/cluster:Cluster": {"link": "ecs.amazonaws.com"},
    "aws:ecs/service:Service": {"pass": "ecs.amazonaws.com"},
    "aws:ecs/taskDefinition:TaskDefinition": {"pass": "ecs-tasks.amazonaws.com"},
    "aws:efs/fileSystem:FileSystem": {"link": "elasticfilesystem.amazonaws.com"},
    "aws:elasticache/replicationGroup:ReplicationGroup": {"link": "elasticache.amazonaws.com"},
    "aws:iam/instanceProfile:InstanceProfile": {"pass": "ec2.amazonaws.com"},
    "aws:kms/replicaKey:ReplicaKey": {"link": "mrk.kms.amazonaws.com"},
    "aws:lb/loadBalancer:LoadBalancer": {"link": "elasticloadbalancing.amazonaws.com"},
    "aws:rds/instance:Instance": {"pass": "monitoring.rds.amazonaws.com", "link": "rds.amazonaws.com"},
    "aws:rds/proxy:Proxy": {"pass": "rds.amazonaws.com"},
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": {"pass": "s3.amazonaws.com"},
    "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask": {"pass": "ssm.amazonaws.com"},
}
"""The services that take a role of the stack for a type (`pass`), or make one of their own for it, once an account (`link`).

Sources: VPC user guide, "IAM role for publishing flow logs"; EC2 user guide, "Pass a role"; each service's guide on its
service-linked role.
"""

RESOURCES: Final[Mapping[str, str]] = {
    "access-analyzer:Analyzer": "{stack}-*",
    "acm:certificate": "*",
    "application-autoscaling:ScalableTarget": "*",
    "autoscaling:autoScalingGroup": "*",
    "cloudwatch:alarm": "{stack}-*",
    "ec2:image": "*",
    "ec2:instance": "*",
    "ec2:key-pair": "*",
    "ec2:launch-template": "*",
    "ec2:network-interface": "*",
    "ec2:volume": "*",
    "ecr:repository": "{stack}-*",
    "ecs:cluster": "{stack}-*",
    "ecs:service": "{stack}-*",
    "ecs:service-deployment": "{stack}-*",
    "ecs:task-definition": "{stack}-*",
    "elasticache:cluster": "{stack}-*",
    "elasticache:parametergroup": "{stack}-*",
    "elasticache:replicationgroup": "{stack}-*",
    "elasticache:snapshot": "{stack}-*",
    "elasticache:subnetgroup": "{stack}-*",
    "elasticfilesystem:access-point": "*",
    "elasticfilesystem:file-system": "*",
    "elasticloadbalancing:listener-rule/app": "*",
    "elasticloadbalancing:listener-rule/net": "*",
    "elasticloadbalancing:listener/app": "*",
    "elasticloadbalancing:listener/gwy": "",
    "elasticloadbalancing:listener/net": "*",
    "elasticloadbalancing:loadbalancer/app/": "*",
    "elasticloadbalancing:loadbalancer/net/": "*",
    "elasticloadbalancing:targetgroup": "*",
    "events:rule-on-default-event-bus": "{stack}-*",
    "rds:cluster": "",
    "rds:db": "{stack}-*",
    "rds:es": "{stack}-*",
    "rds:og": "{stack}-*",
    "rds:pg": "{stack}-*",
    "rds:proxy": "*",
    "rds:snapshot": "{stack}-*",
    "rds:subgrp": "{stack}-*",
    "rds:target-group": "*",
    "route53:change": "*",
    "route53:healthcheck": "*",
    "s3:bucket": "{stack}-* aws-waf-logs-{stack}-*",
    "s3:object": "{stack}-* aws-waf-logs-{stack}-*",
    "servicediscovery:service": "*",
    "sns:topic": "{stack}-*",
    "sqs:queue": "{stack}-*",
    "ssm:maintenancewindow": "*",
    "ssm:patchbaseline": "*",
    "ssm:windowtarget": "*",
    "ssm:windowtask": "*",
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
    "logs:log-group": "{stack}-* /aws/rds/instance/{stack}-* /aws/rds/proxy/{stack}-*",
    "logs:log-stream": "{stack}-*",
    "route53:hostedzone": "*",
    "secretsmanager:Secret": "{stack}-*",
    "servicediscovery:namespace": "*",
    "ssm:parameter": "{project}/{environment}/*",
}
"""What the platform's actions work on, and how it is told from what others own: by its name, or (`*`) by its tags.

Several names stand side by side. Empty: the platform makes none of it.
"""

GUARDS: Final[Mapping[str, Mapping[str, str]]] = {
    "an alias of ours may point anywhere, and takes nothing from a key": {
        "kms:CreateAlias kms:key": "",
        "kms:UpdateAlias kms:key": "",
        "kms:DeleteAlias kms:key": "",
    },
    "called right after the key is made, when its tags may not count yet (KMS developer guide, 'ABAC for AWS KMS')": {
        "kms:EnableKeyRotation kms:key": "",
        "kms:ReplicateKey kms:key": "copy",
    },
    "through the service alone, which tells what is kept apart by name or tags": {
        "kms:CreateGrant kms:key": "service",
        "kms:Decrypt kms:key": "service",
        "kms:Encrypt kms:key": "service",
        "kms:GenerateDataKey kms:key": "service",
        "kms:GenerateDataKeyWithoutPlaintext kms:key": "service",
        "kms:RetireGrant kms:key": "service",
    },
    "not restricted to particular keys, or no key can be made with tags (KMS developer guide, 'Controlling access to tags')": {
        "kms:TagResource *": "claim",
    },
    "Cloud Map names no resource for tags; where it still says whose they are, another's are out of reach": {
        "servicediscovery:TagResource *": "unclaimed",
        "servicediscovery:UntagResource *": "unclaimed",
    },
    "settings that an account has once in a region: the stack that has them is the only one to make them": {
        "ec2:DisableEbsEncryptionByDefault *": "",
        "ec2:EnableEbsEncryptionByDefault *": "",
        "ec2:ModifyEbsDefaultKmsKeyId *": "",
        "ec2:ResetEbsDefaultKmsKeyId *": "",
        "ecr:PutRegistryScanningConfiguration *": "",
        "s3:PutAccountPublicAccessBlock *": "",
    },
    "ECS narrows it by no resource; a revision that is deregistered can still be run by services that have it": {
        "ecs:DeregisterTaskDefinition *": "",
    },
    "CloudWatch Logs narrows policies and deliveries of its own by no resource": {
        "logs:CreateLogDelivery *": "",
        "logs:DeleteLogDelivery *": "",
        "logs:DeleteResourcePolicy *": "",
        "logs:PutResourcePolicy *": "",
        "logs:UpdateLogDelivery *": "",
    },
    "Route 53 knows neither names nor tags of zones and health checks in conditions": {
        "route53:ChangeTagsForResource route53:healthcheck": "",
        "route53:ChangeTagsForResource route53:hostedzone": "",
        "route53:CreateHealthCheck *": "",
        "route53:DeleteHealthCheck route53:healthcheck": "",
        "route53:DeleteHostedZone route53:hostedzone": "",
        "route53:UpdateHealthCheck route53:healthcheck": "",
        "route53:UpdateHostedZoneComment route53:hostedzone": "",
    },
    "a target is registered again, without tags, when its limits change": {
        "application-autoscaling:RegisterScalableTarget application-autoscaling:ScalableTarget": "new own",
    },
    "an image is whoever's published it; the machine that is made of it is ours": {"ec2:RunInstances ec2:image": ""},
    "parts of a maintenance window carry no tags; the window itself does": {
        "ssm:DeregisterTargetFromMaintenanceWindow ssm:windowtarget": "",
        "ssm:DeregisterTaskFromMaintenanceWindow ssm:windowtask": "",
        "ssm:UpdateMaintenanceWindowTarget ssm:windowtarget": "",
        "ssm:UpdateMaintenanceWindowTask ssm:windowtask": "",
    },
    "an operation has no ARN, and the namespace that it makes none yet": {"servicediscovery:GetOperation *": ""},
    "Route 53 knows no tags in conditions: the zone of a namespace is made, and of its records none but SOA is changed": {
        "route53:CreateHostedZone *": "",
        "route53:ChangeResourceRecordSets route53:hostedzone": "soa names",
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
        "iam:AttachUserPolicy iam:user": "attach",
        "iam:CreateRole iam:role": "bounded",
        "iam:CreateUser iam:user": "bounded",
        "iam:PutRolePermissionsBoundary iam:role": "bounded",
        "iam:PutRolePolicy iam:role": "bounded",
        "iam:PutUserPermissionsBoundary iam:user": "bounded",
        "iam:PutUserPolicy iam:user": "bounded",
        "iam:UpdateAssumeRolePolicy iam:role": "bounded",
    },
}
"""Where the guard of an action on a resource does not follow from the reference, by the reason; `components/security/handlers.py`
says what each guard means."""
