"""What neither CloudFormation's schemas nor the Service Authorization Reference knows about the calls of a pipeline.

`tools/handlers.py` makes the two tables of `components/security` of it. A new resource type starts here, with a line in TYPES.
"""

from collections.abc import Mapping
from typing import Final

TYPES: Final[Mapping[str, str]] = {
    "aws:accessanalyzer/analyzer:Analyzer": "AWS::AccessAnalyzer::Analyzer",
    "aws:cloudwatch/logGroup:LogGroup": "AWS::Logs::LogGroup",
    "aws:cloudwatch/logStream:LogStream": "AWS::Logs::LogStream",
    "aws:ebs/defaultKmsKey:DefaultKmsKey": "",
    "aws:ebs/encryptionByDefault:EncryptionByDefault": "",
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
    "aws:efs/accessPoint:AccessPoint": "AWS::EFS::AccessPoint",
    "aws:efs/backupPolicy:BackupPolicy": "",
    "aws:efs/fileSystem:FileSystem": "AWS::EFS::FileSystem",
    "aws:efs/fileSystemPolicy:FileSystemPolicy": "",
    "aws:efs/mountTarget:MountTarget": "AWS::EFS::MountTarget",
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
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": "",
    "aws:s3/bucket:Bucket": "AWS::S3::Bucket",
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": "",
    "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration": "",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "",
    "aws:s3/bucketLogging:BucketLogging": "",
    "aws:s3/bucketNotification:BucketNotification": "",
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": "",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": "",
    "aws:s3/bucketPolicy:BucketPolicy": "AWS::S3::BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": "",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": "",
    "aws:s3/bucketVersioning:BucketVersioning": "",
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
        iam:AttachGroupPolicy iam:AttachUserPolicy iam:CreateLoginProfile iam:DeleteAccessKey iam:DeleteLoginProfile
        iam:DetachGroupPolicy iam:GetLoginProfile iam:ListAccessKeys iam:UpdateLoginProfile logs:DeleteDataProtectionPolicy
        logs:DeleteIndexPolicy logs:DeleteResourcePolicy logs:DescribeIndexPolicies logs:DescribeResourcePolicies
        logs:GetDataProtectionPolicy logs:PutDataProtectionPolicy logs:PutIndexPolicy logs:PutResourcePolicy""",
    "a feature that the platform does not use": """
        ec2:AcceptAddressTransfer ec2:AssignPrivateNatGatewayAddress ec2:AssociateAddress ec2:AssociateNatGatewayAddress
        ec2:AssociateSubnetCidrBlock ec2:DisassociateAddress ec2:DisassociateNatGatewayAddress ec2:DisassociateSubnetCidrBlock
        ec2:ModifyVpcTenancy elasticfilesystem:CreateReplicationConfiguration elasticfilesystem:DeleteReplicationConfiguration
        elasticfilesystem:UpdateFileSystemProtection
        ec2:UnassignPrivateNatGatewayAddress logs:PutBearerTokenAuthentication organizations:ListAWSServiceAccessForOrganization
        organizations:ListDelegatedAdministrators
        s3:CreateBucketMetadataTableConfiguration s3:DeleteBucketMetadataTableConfiguration s3:GetAnalyticsConfiguration
        s3:GetBucketAbac s3:GetBucketMetadataTableConfiguration s3:GetInventoryConfiguration s3:GetMetricsConfiguration
        s3:PutAccelerateConfiguration s3:PutAnalyticsConfiguration s3:PutBucketAbac s3:PutBucketAcl s3:PutBucketWebsite
        s3:DeleteBucketWebsite s3:PutInventoryConfiguration s3:PutMetricsConfiguration s3:PutObjectAcl
        s3:UpdateBucketMetadataAnnotationTableConfiguration s3:UpdateBucketMetadataInventoryTableConfiguration
        s3:UpdateBucketMetadataJournalTableConfiguration s3tables:CreateNamespace s3tables:CreateTable s3tables:CreateTableBucket
        s3tables:GetTable s3tables:GetTableMetadataLocation s3tables:PutTableBucketPolicy s3tables:PutTableEncryption
        s3tables:PutTablePolicy s3tables:UpdateTableMetadataLocation vpc-lattice:CreateServiceNetworkVpcEndpointAssociation
        vpc-lattice:DescribeServiceNetworkVpcEndpointAssociation vpce:AllowMultiRegion""",
    "only for delivery to Firehose, or for tagged fields, or what S3 does itself (VPC user guide, 'Publish flow logs')": """
        autoscaling:DescribeTags firehose:TagDeliveryStream s3:REST.PUT.OBJECT""",
    "a call that IAM knows by the action that sets the same thing (S3 user guide, 'Required permissions for API operations')": """
        s3:DeleteBucketAnalyticsConfiguration s3:DeleteBucketCors s3:DeleteBucketEncryption s3:DeleteBucketLifecycle
        s3:DeleteBucketMetricsConfiguration s3:DeleteBucketReplication s3:PutBucketReplication s3:PutObjectLockConfiguration""",
    "the provider does not call it": """
        elasticfilesystem:DeleteTags elasticfilesystem:ListTagsForResource
        ec2:DescribeInstances ec2:DescribeTags ec2:ReplaceNetworkAclEntry ec2:ReplaceRouteTableAssociation
        ec2:UpdateSecurityGroupRuleDescriptionsEgress ec2:UpdateSecurityGroupRuleDescriptionsIngress
        iam:DetachUserPolicy iam:ListAttachedGroupPolicies iam:ListAttachedUserPolicies iam:ListEntitiesForPolicy
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


def _setting(name: str) -> Mapping[str, str]:
    """What a setting of a bucket takes: to take it away is to put it."""
    put, get = f"s3:Put{name}", f"s3:Get{name}"
    return {"create": put, "read": get, "update": put, "delete": put}


ADDED: Final[Mapping[str, Mapping[str, str]]] = {
    "aws:cloudwatch/logGroup:LogGroup": {"create": "logs:AssociateKmsKey"},
    "aws:ebs/defaultKmsKey:DefaultKmsKey": {
        "create": "ec2:ModifyEbsDefaultKmsKeyId",
        "read": "ec2:GetEbsDefaultKmsKeyId",
        "delete": "ec2:ResetEbsDefaultKmsKeyId",
    },
    "aws:ebs/encryptionByDefault:EncryptionByDefault": {
        "create": "ec2:EnableEbsEncryptionByDefault",
        "read": "ec2:GetEbsEncryptionByDefault",
        "update": "ec2:EnableEbsEncryptionByDefault",
        "delete": "ec2:DisableEbsEncryptionByDefault",
    },
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
    "aws:efs/backupPolicy:BackupPolicy": {
        "create": "elasticfilesystem:PutBackupPolicy",
        "read": "elasticfilesystem:DescribeBackupPolicy",
        "update": "elasticfilesystem:PutBackupPolicy",
        "delete": "elasticfilesystem:PutBackupPolicy",
    },
    "aws:efs/fileSystemPolicy:FileSystemPolicy": {
        "create": "elasticfilesystem:PutFileSystemPolicy",
        "read": "elasticfilesystem:DescribeFileSystemPolicy",
        "update": "elasticfilesystem:PutFileSystemPolicy",
        "delete": "elasticfilesystem:DeleteFileSystemPolicy",
    },
    "aws:efs/mountTarget:MountTarget": {
        "create": "ec2:CreateNetworkInterface ec2:DescribeNetworkInterfaces ec2:DescribeSubnets",
        "delete": "ec2:DeleteNetworkInterface",
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
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": _setting("AccountPublicAccessBlock"),
    "aws:s3/bucket:Bucket": {
        "read": "s3:GetBucketAcl s3:GetBucketPolicy s3:GetBucketRequestPayment",
        "delete": "s3:DeleteObjectVersion s3:ListBucketVersions",
    },
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": _setting("BucketCORS"),
    "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration": _setting(
        "IntelligentTieringConfiguration"
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _setting("LifecycleConfiguration"),
    "aws:s3/bucketLogging:BucketLogging": _setting("BucketLogging"),
    "aws:s3/bucketNotification:BucketNotification": _setting("BucketNotification"),
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": _setting("BucketObjectLockConfiguration"),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _setting("BucketOwnershipControls"),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _setting("BucketPublicAccessBlock"),
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": _setting("ReplicationConfiguration"),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _setting("EncryptionConfiguration"),
    "aws:s3/bucketVersioning:BucketVersioning": _setting("BucketVersioning"),
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
    "aws:ec2/flowLog:FlowLog": {"pass": "vpc-flow-logs.amazonaws.com"},
    "aws:ec2clientvpn/endpoint:Endpoint": {"link": "clientvpn.amazonaws.com"},
    "aws:efs/fileSystem:FileSystem": {"link": "elasticfilesystem.amazonaws.com"},
    "aws:iam/instanceProfile:InstanceProfile": {"pass": "ec2.amazonaws.com"},
    "aws:kms/replicaKey:ReplicaKey": {"link": "mrk.kms.amazonaws.com"},
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": {"pass": "s3.amazonaws.com"},
}
"""The services that take a role of the stack for a type (`pass`), or make one of their own for it, once an account (`link`).

Sources: VPC user guide, "IAM role for publishing flow logs"; EC2 user guide, "Pass a role"; S3 user guide, "Setting up
permissions for live replication"; IAM Access Analyzer, Client VPN and KMS on their service-linked roles.
"""

RESOURCES: Final[Mapping[str, str]] = {
    "access-analyzer:Analyzer": "{stack}-*",
    "ec2:client-vpn-endpoint": "*",
    "ec2:elastic-ip": "*",
    "ec2:internet-gateway": "*",
    "ec2:natgateway": "*",
    "ec2:network-acl": "*",
    "ec2:network-interface": "*",
    "ec2:route-table": "*",
    "ec2:security-group": "*",
    "ec2:security-group-rule": "*",
    "ec2:subnet": "*",
    "ec2:vpc": "*",
    "ec2:vpc-endpoint": "*",
    "ec2:vpc-flow-log": "*",
    "elasticfilesystem:access-point": "*",
    "elasticfilesystem:file-system": "*",
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
    "s3:bucket": "{stack}-* aws-waf-logs-{stack}-*",
    "s3:object": "{stack}-* aws-waf-logs-{stack}-*",
    "secretsmanager:Secret": "{stack}-*",
    "servicediscovery:namespace": "*",
    "ssm:parameter": "{project}/{environment}/*",
}
"""What the platform's actions work on, and how it is told from what others own: by its names, or (`*`) by its tags."""

GUARDS: Final[Mapping[str, Mapping[str, str]]] = {
    "an alias of ours may point anywhere, and takes nothing from a key": {
        "kms:CreateAlias kms:key": "",
        "kms:UpdateAlias kms:key": "",
        "kms:DeleteAlias kms:key": "",
    },
    "called right after the key is made, when its tags may not count yet (KMS developer guide, 'ABAC for AWS KMS')": {
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
    "called as the thing is made, when its tags do not count yet (EFS user guide, 'Tagging resources')": {
        "elasticfilesystem:TagResource elasticfilesystem:access-point": "claim",
        "elasticfilesystem:TagResource elasticfilesystem:file-system": "claim",
    },
    "an operation has no ARN, and the namespace that it makes none yet": {"servicediscovery:GetOperation *": ""},
    "EC2 calls it in the name of whoever makes a flow log, which goes by its tags (VPC user guide, 'Publish flow logs to S3')": {
        "logs:CreateLogDelivery *": "",
        "logs:DeleteLogDelivery *": "",
    },
    "EFS calls it in the name of whoever makes a mount target, and the interface has no tags (EFS user guide)": {
        "ec2:CreateNetworkInterface ec2:network-interface": "",
        "ec2:DeleteNetworkInterface ec2:network-interface": "unclaimed",
    },
    "Route 53 knows no tags in conditions: the zone of a namespace is made, and of its records none but SOA is changed": {
        "route53:CreateHostedZone *": "",
        "route53:ChangeResourceRecordSets route53:hostedzone": "soa",
    },
    "a VPC's own access list has no tags, and takes over the subnets of one that goes": {
        "ec2:ReplaceNetworkAclAssociation ec2:network-acl": "unclaimed",
    },
    "a VPC's own security group has no tags until it is taken over": {"ec2:CreateTags ec2:security-group": "own creation claim"},
    "one setting an account": {
        "ec2:DisableEbsEncryptionByDefault *": "",
        "ec2:EnableEbsEncryptionByDefault *": "",
        "ec2:ModifyEbsDefaultKmsKeyId *": "",
        "ec2:ResetEbsDefaultKmsKeyId *": "",
        "s3:PutAccountPublicAccessBlock *": "",
    },
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
        "iam:UpdateAssumeRolePolicy iam:role": "bounded",
    },
}
"""Where the guard of an action on a resource does not follow from the reference, by the reason; `components/security/handlers.py`
says what each guard means."""
