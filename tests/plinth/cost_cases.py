"""A case for each price rule, its arithmetic written out. The prices are those of data/prices.csv, by hand."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Case(NamedTuple):
    """A resource, the use of the stack, and what it costs, as a sum that can be read."""

    token: str
    inputs: Mapping[str, Any]
    usage: Mapping[str, int]
    usd: str


CASES = {
    "a NAT gateway": Case("aws:ec2/natGateway:NatGateway", {}, {"natGb": 100}, "730 * 0.045 + 100 * 0.045"),
    "an interface endpoint in two zones": Case(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        {"vpcEndpointType": "Interface", "subnetIds": ["a", "b"]},
        {"endpointGb": 50},
        "2 * 730 * 0.01 + 50 * 0.01",
    ),
    "a public address": Case("aws:ec2/eip:Eip", {"domain": "vpc"}, {}, "730 * 0.005"),
    "a VPC": Case("aws:ec2/vpc:Vpc", {}, {"interZoneGb": 100}, "100 * 2 * 0.01"),
    "a way to the internet": Case("aws:ec2/internetGateway:InternetGateway", {}, {"egressGb": 100}, "100 * 0.09"),
    "a site-to-site VPN": Case("aws:ec2/vpnConnection:VpnConnection", {}, {}, "730 * 0.05"),
    "a client VPN": Case("aws:ec2clientvpn/endpoint:Endpoint", {}, {"vpnConnectionHours": 40}, "40 * 0.05"),
    "a zone of a client VPN": Case("aws:ec2clientvpn/networkAssociation:NetworkAssociation", {}, {}, "730 * 0.1"),
    "a transit attachment": Case(
        "aws:ec2transitgateway/vpcAttachment:VpcAttachment", {}, {"transitGb": 10}, "730 * 0.05 + 10 * 0.02"
    ),
    "a transit peering": Case("aws:ec2transitgateway/peeringAttachment:PeeringAttachment", {}, {}, "730 * 0.05"),
    "a load balancer on the internet": Case(
        "aws:lb/loadBalancer:LoadBalancer",
        {"subnets": ["a", "b"]},
        {"loadBalancerUnitHours": 730},
        "730 * 0.0225 + 730 * 0.008 + 2 * 730 * 0.005",
    ),
    "a load balancer on the internet by IPv6 alone": Case(
        "aws:lb/loadBalancer:LoadBalancer",
        {"subnets": ["a", "b"], "ipAddressType": "dualstack-without-public-ipv4"},
        {},
        "730 * 0.0225",
    ),
    "a network load balancer inside": Case(
        "aws:alb/loadBalancer:LoadBalancer",
        {"loadBalancerType": "network", "internal": True},
        {"loadBalancerUnitHours": 100},
        "730 * 0.0225 + 100 * 0.006",
    ),
    "an instance": Case(
        "aws:ec2/instance:Instance",
        {
            "instanceType": "t3.small",
            "monitoring": True,
            "rootBlockDevice": {"volumeType": "gp3", "volumeSize": 30},
            "ebsBlockDevices": [{"volumeType": "gp2", "volumeSize": 100}],
        },
        {},
        "730 * 0.0208 + 7 * 0.3 + 30 * 0.08 + 100 * 0.1",
    ),
    "a volume with more than is included": Case(
        "aws:ebs/volume:Volume",
        {"type": "gp3", "size": 100, "iops": 4000, "throughput": 225},
        {},
        "100 * 0.08 + 1000 * 0.005 + 100 * 0.04",
    ),
    "a snapshot": Case("aws:ebs/snapshot:Snapshot", {}, {"snapshotGb": 200}, "200 * 0.05"),
    "a copied snapshot": Case("aws:ebs/snapshotCopy:SnapshotCopy", {}, {"snapshotGb": 10}, "10 * 0.05"),
    "a Kubernetes cluster": Case("aws:eks/cluster:Cluster", {}, {}, "730 * 0.1"),
    "nodes": Case(
        "aws:eks/nodeGroup:NodeGroup",
        {"instanceTypes": ["m5.large"], "scalingConfig": {"minSize": 1, "desiredSize": 2, "maxSize": 4}},
        {},
        "2 * 730 * 0.096 + 2 * 20 * 0.1",
    ),
    "pods without nodes": Case(
        "aws:eks/fargateProfile:FargateProfile",
        {},
        {"podVcpuHours": 100, "podGbHours": 200},
        "100 * 0.04048 + 200 * 0.004445",
    ),
    "images": Case("aws:ecr/repository:Repository", {}, {"imagesGb": 12}, "12 * 0.1"),
    "a cluster with its metrics": Case(
        "aws:ecs/cluster:Cluster",
        {"settings": [{"name": "containerInsights", "value": "enabled"}]},
        {"customMetrics": 30},
        "30 * 0.3",
    ),
    "a database in two zones": Case(
        "aws:rds/instance:Instance",
        {
            "engine": "postgres",
            "instanceClass": "db.m6g.large",
            "multiAz": True,
            "allocatedStorage": 100,
            "storageType": "gp3",
            "backupRetentionPeriod": 7,
        },
        {"databaseBackupGb": 50},
        "730 * 0.318 + 100 * 0.23 + 50 * 0.095",
    ),
    "a database with IOPS of its own": Case(
        "aws:rds/instance:Instance",
        {"engine": "mysql", "instanceClass": "db.t3.small", "allocatedStorage": 100, "iops": 1000},
        {},
        "730 * 0.034 + 100 * 0.125 + 1000 * 0.1",
    ),
    "a snapshot of a database": Case("aws:rds/snapshot:Snapshot", {}, {"databaseBackupGb": 20}, "20 * 0.095"),
    "a snapshot of a database cluster": Case(
        "aws:rds/clusterSnapshot:ClusterSnapshot", {}, {"databaseBackupGb": 20}, "20 * 0.095"
    ),
    "Aurora storage": Case("aws:rds/cluster:Cluster", {"engine": "aurora-postgresql"}, {"auroraGb": 50}, "50 * 0.1"),
    "two shards with a replica each": Case(
        "aws:elasticache/replicationGroup:ReplicationGroup",
        {"nodeType": "cache.t4g.small", "numNodeGroups": 2, "replicasPerNodeGroup": 1, "snapshotRetentionLimit": 3},
        {"cacheBackupGb": 10},
        "4 * 730 * 0.032 + 10 * 0.085",
    ),
    "a cache on its own": Case(
        "aws:elasticache/cluster:Cluster",
        {"engine": "redis", "nodeType": "cache.t3.micro", "numCacheNodes": 1},
        {},
        "730 * 0.017",
    ),
    "search": Case(
        "aws:opensearch/domain:Domain",
        {
            "clusterConfig": {
                "instanceType": "t3.small.search",
                "instanceCount": 2,
                "dedicatedMasterEnabled": True,
                "dedicatedMasterType": "t3.medium.search",
                "dedicatedMasterCount": 3,
            },
            "ebsOptions": {"ebsEnabled": True, "volumeType": "gp3", "volumeSize": 10},
        },
        {},
        "2 * 730 * 0.036 + 3 * 730 * 0.073 + 2 * 10 * 0.122",
    ),
    "search of the older kind": Case(
        "aws:elasticsearch/domain:Domain", {"clusterConfig": {"instanceType": "m5.large.search"}}, {}, "730 * 0.142"
    ),
    "a table on demand": Case(
        "aws:dynamodb/table:Table",
        {"billingMode": "PAY_PER_REQUEST"},
        {"tableGb": 30, "tableReadsMillion": 10, "tableWritesMillion": 4},
        "5 * 0.25 + 10 * 0.125 + 4 * 0.625",
    ),
    "a provisioned table with an index": Case(
        "aws:dynamodb/table:Table",
        {"readCapacity": 10, "writeCapacity": 5, "globalSecondaryIndexes": [{"readCapacity": 2, "writeCapacity": 1}]},
        {"tableGb": 25},
        "12 * 730 * 0.00013 + 6 * 730 * 0.00065",
    ),
    "a bucket": Case(
        "aws:s3/bucket:Bucket",
        {},
        {"s3Gb": 100, "s3WritesThousand": 50, "s3ReadsThousand": 500},
        "100 * 0.023 + 50 * 0.005 + 500 * 0.0004",
    ),
    "a bucket of the older kind": Case("aws:s3/bucketV2:BucketV2", {}, {"s3Gb": 10}, "10 * 0.023"),
    "objects that move on": Case(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        {"rules": [{"transitions": [{"storageClass": "STANDARD_IA"}, {"storageClass": "GLACIER"}]}]},
        {"s3InfrequentGb": 40, "s3GlacierGb": 100},
        "40 * 0.0125 + 100 * 0.0036",
    ),
    "objects that move to the archive": Case(
        "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
        {"rules": [{"noncurrentVersionTransitions": [{"storageClass": "DEEP_ARCHIVE"}]}]},
        {"s3ArchiveGb": 1000},
        "1000 * 0.00099",
    ),
    "a file system": Case("aws:efs/fileSystem:FileSystem", {}, {"fileSystemGb": 10}, "10 * 0.3"),
    "a file system that is charged for what is read and written": Case(
        "aws:efs/fileSystem:FileSystem",
        {"throughputMode": "elastic", "lifecyclePolicies": [{"transitionToIa": "AFTER_30_DAYS"}]},
        {"fileSystemGb": 10, "fileSystemColdGb": 100, "fileSystemReadGb": 50, "fileSystemWriteGb": 20},
        "10 * 0.3 + 100 * 0.016 + 50 * 0.03 + 20 * 0.06",
    ),
    "a file system with cold storage": Case(
        "aws:efs/fileSystem:FileSystem",
        {"lifecyclePolicies": [{"transitionToIa": "AFTER_7_DAYS"}, {"transitionToPrimaryStorageClass": "AFTER_1_ACCESS"}]},
        {"fileSystemColdGb": 40},
        "40 * 0.025",
    ),
    "backups of a file system": Case(
        "aws:efs/backupPolicy:BackupPolicy", {"backupPolicy": {"status": "ENABLED"}}, {"fileSystemBackupGb": 30}, "30 * 0.05"
    ),
    "a vault": Case("aws:backup/vault:Vault", {}, {"backupGb": 100}, "100 * 0.05"),
    "a vault behind an air gap": Case(
        "aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault", {}, {"backupGb": 100}, "100 * 0.0575"
    ),
    "a function that is traced": Case(
        "aws:lambda/function:Function",
        {"tracingConfig": {"mode": "Active"}, "architectures": ["arm64"]},
        {"functionRequestsMillion": 3, "functionGbSecondsThousand": 400, "tracesMillion": 1},
        "3 * 0.2 + 400 * 1000 * 0.0000133334 + 1 * 5",
    ),
    "a queue in order": Case("aws:sqs/queue:Queue", {"fifoQueue": True}, {"queueRequestsMillion": 5}, "5 * 0.5"),
    "a topic": Case("aws:sns/topic:Topic", {}, {"topicRequestsMillion": 2}, "2 * 0.5"),
    "a bus": Case("aws:cloudwatch/eventBus:EventBus", {}, {"eventsMillion": 3}, "3 * 1"),
    "a workflow": Case("aws:sfn/stateMachine:StateMachine", {}, {"transitionsThousand": 100}, "100 * 0.025"),
    "a stream": Case("aws:kinesis/stream:Stream", {"shardCount": 2}, {"streamUnitsMillion": 10}, "2 * 730 * 0.015 + 10 * 0.014"),
    "an HTTP API": Case("aws:apigatewayv2/api:Api", {"protocolType": "HTTP"}, {"apiRequestsMillion": 4}, "4 * 1"),
    "users": Case("aws:cognito/userPool:UserPool", {"userPoolTier": "LITE"}, {"users": 1000}, "1000 * 0.0055"),
    "a key": Case("aws:kms/key:Key", {}, {"kmsRequestsThousand": 200}, "1 * 1 + 20 * 0.03"),
    "a key's replica": Case("aws:kms/replicaKey:ReplicaKey", {}, {"kmsRequestsThousand": 0}, "1 * 1"),
    "a key from outside": Case("aws:kms/externalKey:ExternalKey", {}, {}, "1 * 1"),
    "its replica": Case("aws:kms/replicaExternalKey:ReplicaExternalKey", {}, {}, "1 * 1"),
    "a secret with a copy": Case(
        "aws:secretsmanager/secret:Secret",
        {"replicas": [{"region": "us-west-2"}]},
        {"secretRequestsThousand": 100},
        "2 * 0.4 + 10 * 0.05",
    ),
    "an advanced parameter": Case("aws:ssm/parameter:Parameter", {"tier": "Advanced"}, {}, "1 * 0.05"),
    "a certificate": Case("aws:acm/certificate:Certificate", {}, {}, "1 * 0"),
    "an authority": Case("aws:acmpca/certificateAuthority:CertificateAuthority", {}, {}, "1 * 400"),
    "a web ACL": Case(
        "aws:wafv2/webAcl:WebAcl",
        {
            "rules": [
                {"statement": {"managedRuleGroupStatement": {"name": "x"}}},
                {"statement": {"rateBasedStatement": {"limit": 9}}},
            ]
        },
        {"wafRequestsMillion": 10},
        "1 * 5 + 1 * 1 + 1 * 1 + 10 * 0.6",
    ),
    "rules of a web ACL": Case("aws:wafv2/ruleGroup:RuleGroup", {"rules": [{}, {}]}, {}, "2 * 1"),
    "a trail with data events": Case(
        "aws:cloudtrail/trail:Trail", {"eventSelectors": [{}]}, {"trailEventsThousand": 5000}, "50 * 0.1"
    ),
    "a detector": Case(
        "aws:guardduty/detector:Detector",
        {},
        {"guarddutyEventsMillion": 2, "guarddutyLogsGb": 30, "guarddutyS3EventsMillion": 5},
        "2 * 4 + 30 * 1 + 5 * 0.8",
    ),
    "a recorder": Case("aws:cfg/recorder:Recorder", {}, {"configItemsThousand": 2}, "2 * 1000 * 0.003"),
    "a rule of Config": Case("aws:cfg/rule:Rule", {}, {"configEvaluationsThousand": 3}, "3 * 1000 * 0.001"),
    "Security Hub": Case("aws:securityhub/account:Account", {}, {"securityChecksThousand": 4}, "4 * 1000 * 0.001"),
    "a budget": Case("aws:budgets/budget:Budget", {}, {}, "1 * 0"),
    "a log group": Case("aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 90}, {"logsGb": 20}, "20 * 0.5 + 20 * 3 * 0.03"),
    "an alarm": Case("aws:cloudwatch/metricAlarm:MetricAlarm", {"period": 300}, {}, "1 * 0.1"),
    "an alarm that looks often": Case("aws:cloudwatch/metricAlarm:MetricAlarm", {"period": 10}, {}, "1 * 0.3"),
    "an alarm on two metrics": Case(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        {"metricQueries": [{"metric": {"period": 60}}, {"metric": {"period": 60}}, {"expression": "m1/m2"}]},
        {},
        "2 * 0.1",
    ),
    "an alarm on what is unusual": Case("aws:cloudwatch/metricAlarm:MetricAlarm", {"thresholdMetricId": "ad"}, {}, "1 * 0.3"),
    "a metric from logs": Case(
        "aws:cloudwatch/logMetricFilter:LogMetricFilter", {"metricTransformation": {"name": "x"}}, {}, "1 * 0.3"
    ),
    "a saved query": Case("aws:cloudwatch/queryDefinition:QueryDefinition", {}, {"logsScannedGb": 100}, "100 * 0.005"),
    "a group of traces": Case("aws:xray/group:Group", {}, {"tracesReadMillion": 2}, "2 * 0.5"),
    "a hosted zone": Case("aws:route53/zone:Zone", {}, {"dnsQueriesThousand": 5000}, "1 * 0.5 + 5 * 0.4"),
    "private names": Case("aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace", {}, {}, "1 * 0.5"),
    "public names": Case("aws:servicediscovery/publicDnsNamespace:PublicDnsNamespace", {}, {}, "1 * 0.5"),
    "a health check": Case(
        "aws:route53/healthCheck:HealthCheck", {"type": "HTTPS_STR_MATCH", "requestInterval": 10}, {}, "1 * 0.5 + 3 * 1"
    ),
    "a distribution": Case(
        "aws:cloudfront/distribution:Distribution",
        {},
        {"cdnGb": 100, "cdnRequestsThousand": 1000},
        "100 * 0.085 + 100 * 0.01",
    ),
    "Kafka": Case(
        "aws:msk/cluster:Cluster",
        {
            "numberOfBrokerNodes": 3,
            "brokerNodeGroupInfo": {
                "instanceType": "kafka.t3.small",
                "storageInfo": {"ebsStorageInfo": {"volumeSize": 50}},
            },
        },
        {},
        "3 * 730 * 0.0456 + 3 * 50 * 0.1",
    ),
    "EMR": Case(
        "aws:emr/cluster:Cluster",
        {
            "masterInstanceGroup": {"instanceType": "m5.xlarge"},
            "coreInstanceGroup": {"instanceType": "m5.xlarge", "instanceCount": 2},
        },
        {},
        "730 * 0.192 + 730 * 0.048 + 2 * 730 * 0.192 + 2 * 730 * 0.048",
    ),
    "a Glue job": Case("aws:glue/job:Job", {"executionClass": "FLEX"}, {"glueDpuHours": 10}, "10 * 0.29"),
    "a crawler": Case("aws:glue/crawler:Crawler", {}, {"glueDpuHours": 10}, "10 * 0.44"),
    "queries": Case("aws:athena/workgroup:Workgroup", {}, {"athenaTb": 2}, "2 * 5"),
    "a migration": Case(
        "aws:dms/replicationInstance:ReplicationInstance",
        {"replicationInstanceClass": "dms.t3.medium", "allocatedStorage": 80},
        {},
        "730 * 0.0745 + 30 * 0.115",
    ),
    "builds": Case(
        "aws:codebuild/project:Project",
        {"environment": {"type": "LINUX_CONTAINER", "computeType": "BUILD_GENERAL1_SMALL"}},
        {"buildMinutes": 300},
        "300 * 0.005",
    ),
    "a pipeline by the minute": Case(
        "aws:codepipeline/pipeline:Pipeline", {"pipelineType": "V2"}, {"pipelineMinutes": 100}, "100 * 0.002"
    ),
}
