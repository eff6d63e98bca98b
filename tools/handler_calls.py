"""What the provider calls for each type whose handlers CloudFormation describes too widely, or not at all.

Each line is `create | read | update | delete`; nothing between two bars is no call of its own. Source: the calls of the Terraform
provider that Pulumi's is made of, as the engine's tests record them (`tests/engine/test_pipeline_rights.py`); where those
cannot see them, the permissions that the guide of each service asks of whoever makes such a thing.
"""

from collections.abc import Mapping
from typing import Final

CALLS: Final[Mapping[str, str]] = {
    "aws:acm/certificate:Certificate": """
        acm:RequestCertificate acm:AddTagsToCertificate | acm:DescribeCertificate acm:ListTagsForCertificate |
        acm:AddTagsToCertificate acm:RemoveTagsFromCertificate acm:UpdateCertificateOptions | acm:DeleteCertificate""",
    "aws:acm/certificateValidation:CertificateValidation": "acm:DescribeCertificate | acm:DescribeCertificate |  | ",
    "aws:appautoscaling/policy:Policy": """
        application-autoscaling:PutScalingPolicy | application-autoscaling:DescribeScalingPolicies |
        application-autoscaling:PutScalingPolicy | application-autoscaling:DeleteScalingPolicy""",
    "aws:appautoscaling/scheduledAction:ScheduledAction": """
        application-autoscaling:PutScheduledAction | application-autoscaling:DescribeScheduledActions |
        application-autoscaling:PutScheduledAction | application-autoscaling:DeleteScheduledAction""",
    "aws:appautoscaling/target:Target": """
        application-autoscaling:RegisterScalableTarget application-autoscaling:TagResource |
        application-autoscaling:DescribeScalableTargets application-autoscaling:ListTagsForResource |
        application-autoscaling:RegisterScalableTarget application-autoscaling:TagResource
        application-autoscaling:UntagResource | application-autoscaling:DeregisterScalableTarget""",
    "aws:autoscaling/group:Group": """
        autoscaling:CreateAutoScalingGroup autoscaling:CreateOrUpdateTags autoscaling:EnableMetricsCollection
        autoscaling:PutNotificationConfiguration ec2:RunInstances ec2:CreateTags | autoscaling:DescribeAutoScalingGroups
        autoscaling:DescribeScalingActivities autoscaling:DescribeWarmPool ec2:DescribeLaunchTemplates |
        autoscaling:UpdateAutoScalingGroup autoscaling:CreateOrUpdateTags autoscaling:DeleteTags autoscaling:DescribeTags
        autoscaling:EnableMetricsCollection autoscaling:DisableMetricsCollection autoscaling:AttachLoadBalancerTargetGroups
        autoscaling:DetachLoadBalancerTargetGroups autoscaling:AttachTrafficSources autoscaling:DetachTrafficSources
        autoscaling:StartInstanceRefresh autoscaling:CancelInstanceRefresh autoscaling:DescribeInstanceRefreshes |
        autoscaling:DeleteAutoScalingGroup autoscaling:UpdateAutoScalingGroup autoscaling:SetInstanceProtection""",
    "aws:autoscaling/policy:Policy": """
        autoscaling:PutScalingPolicy | autoscaling:DescribePolicies | autoscaling:PutScalingPolicy | autoscaling:DeletePolicy""",
    "aws:autoscaling/schedule:Schedule": """
        autoscaling:PutScheduledUpdateGroupAction | autoscaling:DescribeScheduledActions |
        autoscaling:PutScheduledUpdateGroupAction | autoscaling:DeleteScheduledAction""",
    "aws:cloudwatch/eventRule:EventRule": """
        events:PutRule events:TagResource | events:DescribeRule events:ListTagsForResource | events:PutRule events:TagResource
        events:UntagResource | events:DeleteRule""",
    "aws:cloudwatch/eventTarget:EventTarget": """
        events:PutTargets | events:ListTargetsByRule | events:PutTargets | events:RemoveTargets""",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": """
        logs:PutResourcePolicy | logs:DescribeResourcePolicies | logs:PutResourcePolicy | logs:DeleteResourcePolicy""",
    "aws:cloudwatch/metricAlarm:MetricAlarm": """
        cloudwatch:PutMetricAlarm cloudwatch:TagResource | cloudwatch:DescribeAlarms cloudwatch:ListTagsForResource |
        cloudwatch:PutMetricAlarm cloudwatch:TagResource cloudwatch:UntagResource | cloudwatch:DeleteAlarms""",
    "aws:ebs/defaultKmsKey:DefaultKmsKey": """
        ec2:ModifyEbsDefaultKmsKeyId | ec2:GetEbsDefaultKmsKeyId |  | ec2:ResetEbsDefaultKmsKeyId""",
    "aws:ebs/encryptionByDefault:EncryptionByDefault": """
        ec2:EnableEbsEncryptionByDefault | ec2:GetEbsEncryptionByDefault | ec2:EnableEbsEncryptionByDefault
        ec2:DisableEbsEncryptionByDefault | ec2:DisableEbsEncryptionByDefault""",
    "aws:ec2/keyPair:KeyPair": """
        ec2:ImportKeyPair ec2:CreateTags | ec2:DescribeKeyPairs | ec2:CreateTags ec2:DeleteTags | ec2:DeleteKeyPair""",
    "aws:ec2/launchTemplate:LaunchTemplate": """
        ec2:CreateLaunchTemplate ec2:CreateTags | ec2:DescribeLaunchTemplates ec2:DescribeLaunchTemplateVersions |
        ec2:CreateLaunchTemplateVersion ec2:ModifyLaunchTemplate ec2:CreateTags ec2:DeleteTags | ec2:DeleteLaunchTemplate""",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": """
        ecr:PutLifecyclePolicy | ecr:GetLifecyclePolicy | ecr:PutLifecyclePolicy | ecr:DeleteLifecyclePolicy""",
    "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": """
        ecr:PutRegistryScanningConfiguration | ecr:GetRegistryScanningConfiguration | ecr:PutRegistryScanningConfiguration |
        ecr:PutRegistryScanningConfiguration""",
    "aws:ecr/repository:Repository": """
        ecr:CreateRepository ecr:TagResource kms:CreateGrant kms:DescribeKey kms:RetireGrant | ecr:DescribeRepositories
        ecr:ListTagsForResource | ecr:PutImageScanningConfiguration ecr:PutImageTagMutability ecr:TagResource
        ecr:UntagResource | ecr:DeleteRepository kms:RetireGrant""",
    "aws:ecr/repositoryPolicy:RepositoryPolicy": """
        ecr:SetRepositoryPolicy | ecr:GetRepositoryPolicy | ecr:SetRepositoryPolicy | ecr:DeleteRepositoryPolicy""",
    "aws:ecs/cluster:Cluster": """
        ecs:CreateCluster ecs:TagResource | ecs:DescribeClusters | ecs:UpdateCluster ecs:UpdateClusterSettings ecs:TagResource
        ecs:UntagResource | ecs:DeleteCluster""",
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": """
        ecs:PutClusterCapacityProviders | ecs:DescribeClusters | ecs:PutClusterCapacityProviders |
        ecs:PutClusterCapacityProviders""",
    "aws:ecs/service:Service": """
        ecs:CreateService ecs:TagResource | ecs:DescribeServices ecs:DescribeServiceDeployments ecs:ListServiceDeployments |
        ecs:UpdateService ecs:TagResource ecs:UntagResource | ecs:DeleteService ecs:UpdateService""",
    "aws:ecs/taskDefinition:TaskDefinition": """
        ecs:RegisterTaskDefinition ecs:TagResource | ecs:DescribeTaskDefinition | ecs:TagResource ecs:UntagResource |
        ecs:DeregisterTaskDefinition""",
    "aws:efs/accessPoint:AccessPoint": """
        elasticfilesystem:CreateAccessPoint elasticfilesystem:TagResource | elasticfilesystem:DescribeAccessPoints
        elasticfilesystem:ListTagsForResource | elasticfilesystem:TagResource elasticfilesystem:UntagResource |
        elasticfilesystem:DeleteAccessPoint""",
    "aws:efs/backupPolicy:BackupPolicy": """
        elasticfilesystem:PutBackupPolicy | elasticfilesystem:DescribeBackupPolicy | elasticfilesystem:PutBackupPolicy |
        elasticfilesystem:PutBackupPolicy""",
    "aws:efs/fileSystem:FileSystem": """
        elasticfilesystem:CreateFileSystem elasticfilesystem:PutLifecycleConfiguration elasticfilesystem:TagResource
        elasticfilesystem:UpdateFileSystemProtection kms:CreateGrant kms:DescribeKey kms:GenerateDataKeyWithoutPlaintext |
        elasticfilesystem:DescribeFileSystems elasticfilesystem:DescribeLifecycleConfiguration
        elasticfilesystem:ListTagsForResource | elasticfilesystem:UpdateFileSystem elasticfilesystem:PutLifecycleConfiguration
        elasticfilesystem:TagResource elasticfilesystem:UntagResource elasticfilesystem:UpdateFileSystemProtection |
        elasticfilesystem:DeleteFileSystem""",
    "aws:efs/fileSystemPolicy:FileSystemPolicy": """
        elasticfilesystem:PutFileSystemPolicy | elasticfilesystem:DescribeFileSystemPolicy |
        elasticfilesystem:PutFileSystemPolicy | elasticfilesystem:DeleteFileSystemPolicy""",
    "aws:efs/mountTarget:MountTarget": """
        elasticfilesystem:CreateMountTarget ec2:CreateNetworkInterface ec2:DescribeNetworkInterfaces ec2:DescribeSubnets |
        elasticfilesystem:DescribeMountTargets elasticfilesystem:DescribeMountTargetSecurityGroups |
        elasticfilesystem:ModifyMountTargetSecurityGroups ec2:ModifyNetworkInterfaceAttribute |
        elasticfilesystem:DeleteMountTarget ec2:DeleteNetworkInterface""",
    "aws:elasticache/parameterGroup:ParameterGroup": """
        elasticache:CreateCacheParameterGroup elasticache:ModifyCacheParameterGroup elasticache:AddTagsToResource |
        elasticache:DescribeCacheParameterGroups elasticache:DescribeCacheParameters elasticache:ListTagsForResource |
        elasticache:ModifyCacheParameterGroup elasticache:ResetCacheParameterGroup elasticache:AddTagsToResource
        elasticache:RemoveTagsFromResource | elasticache:DeleteCacheParameterGroup""",
    "aws:elasticache/replicationGroup:ReplicationGroup": """
        elasticache:CreateReplicationGroup elasticache:AddTagsToResource kms:CreateGrant kms:DescribeKey
        logs:CreateLogDelivery | elasticache:DescribeReplicationGroups elasticache:DescribeCacheClusters
        elasticache:ListTagsForResource | elasticache:ModifyReplicationGroup
        elasticache:ModifyReplicationGroupShardConfiguration elasticache:IncreaseReplicaCount elasticache:DecreaseReplicaCount
        elasticache:AddTagsToResource elasticache:RemoveTagsFromResource logs:UpdateLogDelivery |
        elasticache:DeleteReplicationGroup elasticache:CreateSnapshot logs:DeleteLogDelivery""",
    "aws:elasticache/subnetGroup:SubnetGroup": """
        elasticache:CreateCacheSubnetGroup elasticache:AddTagsToResource | elasticache:DescribeCacheSubnetGroups
        elasticache:ListTagsForResource | elasticache:ModifyCacheSubnetGroup elasticache:AddTagsToResource
        elasticache:RemoveTagsFromResource | elasticache:DeleteCacheSubnetGroup""",
    "aws:lb/listener:Listener": """
        elasticloadbalancing:CreateListener elasticloadbalancing:AddTags elasticloadbalancing:ModifyListenerAttributes |
        elasticloadbalancing:DescribeListeners elasticloadbalancing:DescribeListenerAttributes
        elasticloadbalancing:DescribeTags | elasticloadbalancing:ModifyListener elasticloadbalancing:AddTags
        elasticloadbalancing:RemoveTags | elasticloadbalancing:DeleteListener""",
    "aws:lb/listenerRule:ListenerRule": """
        elasticloadbalancing:CreateRule elasticloadbalancing:AddTags | elasticloadbalancing:DescribeRules
        elasticloadbalancing:DescribeTags | elasticloadbalancing:ModifyRule elasticloadbalancing:SetRulePriorities
        elasticloadbalancing:AddTags elasticloadbalancing:RemoveTags | elasticloadbalancing:DeleteRule""",
    "aws:lb/loadBalancer:LoadBalancer": """
        elasticloadbalancing:CreateLoadBalancer elasticloadbalancing:ModifyLoadBalancerAttributes elasticloadbalancing:AddTags
        | elasticloadbalancing:DescribeLoadBalancers elasticloadbalancing:DescribeLoadBalancerAttributes
        elasticloadbalancing:DescribeCapacityReservation elasticloadbalancing:DescribeTags |
        elasticloadbalancing:ModifyLoadBalancerAttributes elasticloadbalancing:SetSecurityGroups
        elasticloadbalancing:SetSubnets elasticloadbalancing:SetIpAddressType elasticloadbalancing:AddTags
        elasticloadbalancing:RemoveTags | elasticloadbalancing:DeleteLoadBalancer ec2:DescribeNetworkInterfaces""",
    "aws:lb/targetGroup:TargetGroup": """
        elasticloadbalancing:CreateTargetGroup elasticloadbalancing:ModifyTargetGroupAttributes elasticloadbalancing:AddTags |
        elasticloadbalancing:DescribeTargetGroups elasticloadbalancing:DescribeTargetGroupAttributes
        elasticloadbalancing:DescribeTags | elasticloadbalancing:ModifyTargetGroup
        elasticloadbalancing:ModifyTargetGroupAttributes elasticloadbalancing:AddTags elasticloadbalancing:RemoveTags |
        elasticloadbalancing:DeleteTargetGroup""",
    "aws:rds/eventSubscription:EventSubscription": """
        rds:CreateEventSubscription rds:AddTagsToResource | rds:DescribeEventSubscriptions rds:ListTagsForResource |
        rds:ModifyEventSubscription rds:AddSourceIdentifierToSubscription rds:RemoveSourceIdentifierFromSubscription
        rds:AddTagsToResource rds:RemoveTagsFromResource | rds:DeleteEventSubscription""",
    "aws:rds/instance:Instance": """
        rds:CreateDBInstance rds:CreateDBInstanceReadReplica rds:RestoreDBInstanceFromDBSnapshot rds:ModifyDBInstance
        rds:AddTagsToResource kms:CreateGrant kms:DescribeKey kms:GenerateDataKey kms:Decrypt secretsmanager:CreateSecret
        secretsmanager:TagResource | rds:DescribeDBInstances rds:ListTagsForResource | rds:ModifyDBInstance
        rds:RebootDBInstance rds:PromoteReadReplica rds:AddTagsToResource rds:RemoveTagsFromResource
        secretsmanager:RotateSecret | rds:DeleteDBInstance rds:CreateDBSnapshot""",
    "aws:rds/optionGroup:OptionGroup": """
        rds:CreateOptionGroup rds:ModifyOptionGroup rds:AddTagsToResource | rds:DescribeOptionGroups rds:ListTagsForResource |
        rds:ModifyOptionGroup rds:AddTagsToResource rds:RemoveTagsFromResource | rds:DeleteOptionGroup""",
    "aws:rds/parameterGroup:ParameterGroup": """
        rds:CreateDBParameterGroup rds:ModifyDBParameterGroup rds:AddTagsToResource | rds:DescribeDBParameterGroups
        rds:DescribeDBParameters rds:ListTagsForResource | rds:ModifyDBParameterGroup rds:ResetDBParameterGroup
        rds:AddTagsToResource rds:RemoveTagsFromResource | rds:DeleteDBParameterGroup""",
    "aws:rds/proxy:Proxy": """
        rds:CreateDBProxy rds:AddTagsToResource | rds:DescribeDBProxies rds:ListTagsForResource | rds:ModifyDBProxy
        rds:AddTagsToResource rds:RemoveTagsFromResource | rds:DeleteDBProxy""",
    "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup": """
        rds:ModifyDBProxyTargetGroup | rds:DescribeDBProxyTargetGroups | rds:ModifyDBProxyTargetGroup |""",
    "aws:rds/proxyTarget:ProxyTarget": """
        rds:RegisterDBProxyTargets | rds:DescribeDBProxyTargets |  | rds:DeregisterDBProxyTargets""",
    "aws:rds/subnetGroup:SubnetGroup": """
        rds:CreateDBSubnetGroup rds:AddTagsToResource | rds:DescribeDBSubnetGroups rds:ListTagsForResource |
        rds:ModifyDBSubnetGroup rds:AddTagsToResource rds:RemoveTagsFromResource | rds:DeleteDBSubnetGroup""",
    "aws:route53/healthCheck:HealthCheck": """
        route53:CreateHealthCheck route53:ChangeTagsForResource | route53:GetHealthCheck route53:ListTagsForResource |
        route53:UpdateHealthCheck route53:ChangeTagsForResource | route53:DeleteHealthCheck""",
    "aws:route53/record:Record": """
        route53:ChangeResourceRecordSets route53:GetChange | route53:GetHostedZone route53:ListResourceRecordSets |
        route53:ChangeResourceRecordSets route53:GetChange | route53:ChangeResourceRecordSets route53:GetChange""",
    "aws:route53/zone:Zone": """
        route53:CreateHostedZone route53:ChangeTagsForResource route53:GetChange | route53:GetHostedZone
        route53:ListTagsForResource | route53:UpdateHostedZoneComment route53:ChangeTagsForResource | route53:DeleteHostedZone
        route53:ListResourceRecordSets route53:GetChange""",
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": """
        s3:PutAccountPublicAccessBlock | s3:GetAccountPublicAccessBlock | s3:PutAccountPublicAccessBlock |
        s3:PutAccountPublicAccessBlock""",
    "aws:s3/bucket:Bucket": """
        s3:CreateBucket s3:PutBucketTagging s3:PutBucketObjectLockConfiguration | s3:GetAccelerateConfiguration
        s3:GetBucketAcl s3:GetBucketCORS s3:GetBucketLocation s3:GetBucketLogging s3:GetBucketObjectLockConfiguration
        s3:GetBucketPolicy s3:GetBucketRequestPayment s3:GetBucketTagging s3:GetBucketVersioning s3:GetBucketWebsite
        s3:GetEncryptionConfiguration s3:GetLifecycleConfiguration s3:GetReplicationConfiguration s3:ListBucket
        s3:ListTagsForResource | s3:PutBucketTagging s3:TagResource s3:UntagResource | s3:DeleteBucket s3:DeleteObject
        s3:DeleteObjectVersion s3:ListBucketVersions""",
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": """
        s3:PutBucketCORS | s3:GetBucketCORS | s3:PutBucketCORS | s3:PutBucketCORS""",
    "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration": """
        s3:PutIntelligentTieringConfiguration | s3:GetIntelligentTieringConfiguration | s3:PutIntelligentTieringConfiguration
        | s3:PutIntelligentTieringConfiguration""",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": """
        s3:PutLifecycleConfiguration | s3:GetLifecycleConfiguration | s3:PutLifecycleConfiguration |
        s3:PutLifecycleConfiguration""",
    "aws:s3/bucketLogging:BucketLogging": """
        s3:PutBucketLogging | s3:GetBucketLogging | s3:PutBucketLogging | s3:PutBucketLogging""",
    "aws:s3/bucketNotification:BucketNotification": """
        s3:PutBucketNotification | s3:GetBucketNotification | s3:PutBucketNotification | s3:PutBucketNotification""",
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": """
        s3:PutBucketObjectLockConfiguration | s3:GetBucketObjectLockConfiguration | s3:PutBucketObjectLockConfiguration |
        s3:PutBucketObjectLockConfiguration""",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": """
        s3:PutBucketOwnershipControls | s3:GetBucketOwnershipControls | s3:PutBucketOwnershipControls |
        s3:PutBucketOwnershipControls""",
    "aws:s3/bucketPolicy:BucketPolicy": "s3:PutBucketPolicy | s3:GetBucketPolicy | s3:PutBucketPolicy | s3:DeleteBucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": """
        s3:PutBucketPublicAccessBlock | s3:GetBucketPublicAccessBlock | s3:PutBucketPublicAccessBlock |
        s3:PutBucketPublicAccessBlock""",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": """
        s3:PutReplicationConfiguration | s3:GetReplicationConfiguration | s3:PutReplicationConfiguration |
        s3:PutReplicationConfiguration""",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": """
        s3:PutEncryptionConfiguration | s3:GetEncryptionConfiguration | s3:PutEncryptionConfiguration |
        s3:PutEncryptionConfiguration""",
    "aws:s3/bucketVersioning:BucketVersioning": """
        s3:PutBucketVersioning | s3:GetBucketVersioning | s3:PutBucketVersioning | s3:PutBucketVersioning""",
    "aws:servicediscovery/service:Service": """
        servicediscovery:CreateService servicediscovery:TagResource | servicediscovery:GetService
        servicediscovery:ListTagsForResource | servicediscovery:UpdateService servicediscovery:GetOperation
        servicediscovery:TagResource servicediscovery:UntagResource | servicediscovery:DeleteService
        servicediscovery:ListInstances servicediscovery:DeregisterInstance""",
    "aws:sns/topic:Topic": """
        sns:CreateTopic sns:SetTopicAttributes sns:TagResource | sns:GetTopicAttributes sns:ListTagsForResource |
        sns:SetTopicAttributes sns:TagResource sns:UntagResource | sns:DeleteTopic""",
    "aws:sns/topicPolicy:TopicPolicy": """
        sns:SetTopicAttributes | sns:GetTopicAttributes | sns:SetTopicAttributes | sns:SetTopicAttributes""",
    "aws:sqs/queue:Queue": """
        sqs:CreateQueue sqs:TagQueue | sqs:GetQueueAttributes sqs:ListQueueTags | sqs:SetQueueAttributes sqs:TagQueue
        sqs:UntagQueue | sqs:DeleteQueue""",
    "aws:sqs/queuePolicy:QueuePolicy": """
        sqs:SetQueueAttributes | sqs:GetQueueAttributes | sqs:SetQueueAttributes | sqs:SetQueueAttributes""",
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": """
        sqs:SetQueueAttributes | sqs:GetQueueAttributes | sqs:SetQueueAttributes | sqs:SetQueueAttributes""",
    "aws:sqs/redrivePolicy:RedrivePolicy": """
        sqs:SetQueueAttributes | sqs:GetQueueAttributes | sqs:SetQueueAttributes | sqs:SetQueueAttributes""",
    "aws:ssm/maintenanceWindow:MaintenanceWindow": """
        ssm:CreateMaintenanceWindow ssm:AddTagsToResource | ssm:GetMaintenanceWindow ssm:ListTagsForResource |
        ssm:UpdateMaintenanceWindow ssm:AddTagsToResource ssm:RemoveTagsFromResource | ssm:DeleteMaintenanceWindow""",
    "aws:ssm/maintenanceWindowTarget:MaintenanceWindowTarget": """
        ssm:RegisterTargetWithMaintenanceWindow | ssm:DescribeMaintenanceWindowTargets | ssm:UpdateMaintenanceWindowTarget |
        ssm:DeregisterTargetFromMaintenanceWindow""",
    "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask": """
        ssm:RegisterTaskWithMaintenanceWindow | ssm:GetMaintenanceWindowTask | ssm:UpdateMaintenanceWindowTask |
        ssm:DeregisterTaskFromMaintenanceWindow""",
    "aws:ssm/patchBaseline:PatchBaseline": """
        ssm:CreatePatchBaseline ssm:AddTagsToResource | ssm:GetPatchBaseline ssm:ListTagsForResource | ssm:UpdatePatchBaseline
        ssm:AddTagsToResource ssm:RemoveTagsFromResource | ssm:DeletePatchBaseline""",
    "aws:ssm/patchGroup:PatchGroup": """
        ssm:RegisterPatchBaselineForPatchGroup | ssm:DescribePatchGroups |  | ssm:DeregisterPatchBaselineForPatchGroup""",
}
"""By resource type."""
