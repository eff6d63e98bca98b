"""Who may do what. What meets each rule, what breaks it, and where that cannot be told; the first resource is judged."""

from collections.abc import Mapping

from tests.policy.builders import (
    ARN,
    ATTACHMENT,
    BUCKET,
    BUCKET_POLICY,
    DENY_ALL,
    FROM_US,
    GET,
    KEY,
    PERMISSION,
    ROLE,
    ROLE_POLICY,
    ROLE_TYPE,
    SOURCE,
    UNKNOWN,
    UNKNOWN_BUCKET_POLICY,
    UNKNOWN_RIGHTS,
    UNKNOWN_TRUST,
    Cases,
    allow,
    apart,
    document,
    endpoint,
    of_events,
    on_bucket,
    resource,
    rights,
    trust,
)

CASES: Mapping[str, Cases] = {
    "iam-no-service-wide-action": Cases(
        satisfied=[rights(GET), rights(DENY_ALL), rights(allow(Action="s3:Get*", Resource=ARN))],
        violated=[
            rights(allow(Action="*", Resource="*")),
            rights(GET, allow(Action=["sqs:SendMessage", "S3:*"], Resource=ARN)),
            rights(allow(NotAction="iam:*", Resource="*")),
            [resource(ROLE_TYPE, {"inlinePolicies": [{"name": "x", "policy": document(allow(Action="s3:*", Resource=ARN))}]})],
            [resource(KEY, {"policy": document(allow(Action="kms:*", Resource="*", Principal={"AWS": ROLE}))})],
            endpoint(policy=document(allow(Action="*", Resource="*", Principal="*", Condition=FROM_US))),
            [resource(ROLE_POLICY, {"policy": "no json"})],
            [resource(ROLE_POLICY, {"policy": '{"Version": "2012-10-17"}'})],
        ],
        undecided=[
            UNKNOWN_RIGHTS,
            [resource(ROLE_POLICY, {"policy": {"Statement": [{"Effect": "Allow", "Action": [UNKNOWN], "Resource": ARN}]}})],
            [resource(ROLE_POLICY, {"policy": {"Statement": [{"Effect": UNKNOWN, "Action": "s3:GetObject", "Resource": ARN}]}})],
            [resource(ROLE_POLICY, {"policy": {"Statement": UNKNOWN}})],
            [resource(ROLE_TYPE, {"inlinePolicies": UNKNOWN})],
        ],
    ),
    "iam-no-action-pattern": Cases(
        satisfied=[rights(GET), rights(allow(Action="s3:*", Resource=ARN))],
        violated=[rights(allow(Action="s3:Get*", Resource=ARN)), rights(allow(Action=["s3:GetObjec?"], Resource=ARN))],
        undecided=[
            UNKNOWN_RIGHTS,
            [resource(ROLE_POLICY, {"policy": {"Statement": {"Effect": "Allow", "Action": UNKNOWN, "Resource": ARN}}})],
        ],
    ),
    "iam-no-negation": Cases(
        satisfied=[rights(GET), rights({"Effect": "Deny", "NotAction": "s3:GetObject", "NotResource": ARN})],
        violated=[
            rights(allow(Action="s3:GetObject", NotResource=ARN)),
            [
                resource(
                    BUCKET_POLICY, {"policy": document(allow(Action="s3:GetObject", NotPrincipal={"AWS": ROLE}, Resource=ARN))}
                )
            ],
        ],
        undecided=[UNKNOWN_RIGHTS],
    ),
    "iam-star-only-when-forced": Cases(
        satisfied=[
            rights(GET),
            rights(DENY_ALL),
            rights(allow(Action=["ssm:PutInventory", "EC2Messages:GetMessages"], Resource="*")),
            rights(allow(Action="s3:GetObject", Resource="*", Condition=FROM_US)),
            rights(allow(Action="s3:*", Resource="*")),  # another rule's
        ],
        violated=[
            rights(allow(Action="s3:GetObject", Resource="*")),
            rights(allow(Action=["ssm:PutInventory", "SSM:GetParameter"], Resource=["*"])),
            rights(allow(Action="nobody:Knows", Resource=[ARN, "*"])),
        ],
        undecided=[UNKNOWN_RIGHTS],
    ),
    "iam-pass-role-scoped": Cases(
        satisfied=[
            rights(GET),
            rights(
                allow(
                    Action="iam:PassRole",
                    Resource=ROLE,
                    Condition={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
                )
            ),
        ],
        violated=[
            rights(allow(Action="iam:PassRole", Resource=ROLE)),
            rights(allow(Action="*", Resource=[ROLE])),
            rights(allow(Action="iam:Pass*", Resource="*", Condition={"StringEquals": {"iam:PassedToService": "x"}})),
            rights(
                allow(
                    Action="iam:PassRole",
                    Resource="arn:aws:iam::123456789012:role/*",
                    Condition={"StringEquals": {"iam:PassedToService": "x"}},
                )
            ),
            rights(allow(Action="iam:PassRole", NotResource=ROLE, Condition={"StringEquals": {"iam:PassedToService": "x"}})),
        ],
        undecided=[
            UNKNOWN_RIGHTS,
            [
                resource(
                    ROLE_POLICY,
                    {
                        "policy": {
                            "Statement": allow(
                                Action="iam:PassRole",
                                Resource=UNKNOWN,
                                Condition={"StringEquals": {"iam:PassedToService": "x"}},
                            )
                        }
                    },
                )
            ],
            [resource(ROLE_POLICY, {"policy": {"Statement": allow(Action="iam:PassRole", Resource=ROLE, Condition=UNKNOWN)}})],
            [resource(ROLE_POLICY, {"policy": {"Statement": allow(Action=UNKNOWN, Resource=ROLE)}})],
        ],
    ),
    "iam-no-administrator-policy": Cases(
        satisfied=[
            [resource(ATTACHMENT, {"policyArn": "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"})],
            [resource(ATTACHMENT, {"policyArn": "arn:aws:iam::123456789012:policy/AdministratorAccess"})],
            [resource(ROLE_TYPE, {})],
        ],
        violated=[
            [resource(ATTACHMENT, {"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"})],
            [resource(ATTACHMENT, {"policyArn": "arn:aws-cn:iam::aws:policy/PowerUserAccess"})],
            [resource(ROLE_TYPE, {"managedPolicyArns": ["arn:aws:iam::aws:policy/IAMFullAccess"]})],
        ],
        undecided=[[resource(ATTACHMENT, {"policyArn": UNKNOWN})], [resource(ROLE_TYPE, {"managedPolicyArns": [UNKNOWN]})]],
    ),
    "iam-trust-names-principals": Cases(
        satisfied=[
            trust(Principal={"Service": "ecs-tasks.amazonaws.com"}),
            trust(Principal={"AWS": ROLE}),
            [
                resource(
                    ROLE_TYPE,
                    {
                        "assumeRolePolicy": document(allow(Action="sts:AssumeRole", Principal={"AWS": ROLE})),
                        "inlinePolicies": [{"policy": UNKNOWN}],  # another rule's business
                    },
                )
            ],
        ],
        violated=[
            trust(Principal="*"),
            trust(Principal={"AWS": "*"}, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
            trust(Principal={"Federated": ["*"]}),
        ],
        undecided=[
            UNKNOWN_TRUST,
            [resource(ROLE_TYPE, {"assumeRolePolicy": {"Statement": allow(Action="sts:AssumeRole", Principal=UNKNOWN)}})],
        ],
    ),
    "iam-no-confused-deputy": Cases(
        satisfied=[
            trust(Principal={"Service": "vpc-flow-logs.amazonaws.com"}, Condition=SOURCE),
            trust(Principal={"Service": "ec2.amazonaws.com"}),
            trust(Principal={"Service": "sns.amazonaws.com"}, Condition={"StringEquals": {"aws:SourceOrgID": "o-1"}}),
            trust(Principal={"AWS": ROLE}),
            [
                resource(
                    KEY,
                    {
                        "policy": document(
                            allow(
                                Action="kms:Decrypt",
                                Resource="*",
                                Principal={"Service": "logs.us-east-1.amazonaws.com"},
                                Condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:*"}},
                            )
                        )
                    },
                )
            ],
            of_events("logs:CreateLogStream"),
        ],
        violated=[
            of_events("logs:CreateLogStream", "logs:PutLogEvents"),
            trust(Principal={"Service": "vpc-flow-logs.amazonaws.com"}),
            trust(Principal={"Service": ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"]}),
            on_bucket(Principal={"Service": "cloudtrail.amazonaws.com"}, Condition={"StringEquals": {"s3:x-amz-acl": "private"}}),
        ],
        undecided=[
            UNKNOWN_TRUST,
            [
                resource(
                    ROLE_TYPE,
                    {
                        "assumeRolePolicy": {
                            "Statement": allow(Principal={"Service": "ecs-tasks.amazonaws.com"}, Condition=UNKNOWN)
                        }
                    },
                )
            ],
            [resource(ROLE_TYPE, {"assumeRolePolicy": {"Statement": allow(Principal={"Service": UNKNOWN})}})],
        ],
    ),
    "resource-policy-not-public": Cases(
        satisfied=[
            on_bucket(Principal={"AWS": ROLE}),
            on_bucket(Principal="*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
            [resource(BUCKET_POLICY, {"policy": document(DENY_ALL)})],
            [resource(BUCKET, {})],
        ],
        violated=[
            on_bucket(Principal="*"),
            on_bucket(Principal={"AWS": ["*"]}, Condition={"Bool": {"aws:SecureTransport": "true"}}),
            [resource(KEY, {"policy": document(allow(Action="kms:Decrypt", Resource="*", Principal={"AWS": "*"}))})],
        ],
        undecided=[
            UNKNOWN_BUCKET_POLICY,
            [resource(BUCKET_POLICY, {"policy": {"Statement": allow(Principal="*", Condition=UNKNOWN)}})],
        ],
    ),
    "lambda-invoked-by-named": Cases(
        satisfied=[
            [resource(PERMISSION, {"principal": "events.amazonaws.com", "sourceArn": "arn:aws:events:us-east-1:1:rule/x"})],
            [resource(PERMISSION, {"principal": "events.amazonaws.com", "sourceArn": UNKNOWN})],
            [resource(PERMISSION, {"principal": "123456789012"})],
        ],
        violated=[
            [resource(PERMISSION, {"principal": "*"})],
            [resource(PERMISSION, {"principal": "s3.amazonaws.com"})],
        ],
        undecided=[[resource(PERMISSION, {"principal": UNKNOWN})]],
    ),
    "endpoint-policy-bounded": Cases(
        satisfied=[
            endpoint(policy=document(allow(Action="s3:GetObject", Resource="*", Principal="*", Condition=FROM_US))),
            endpoint(policy=document(allow(Action="s3:GetObject", Resource=ARN, Principal="*"))),
            endpoint(apart(document(allow(Action="s3:GetObject", Resource=ARN, Principal="*")))),
        ],
        violated=[
            endpoint(),
            endpoint(policy=document(allow(Action="s3:GetObject", Resource="*", Principal="*"))),
            endpoint(apart(document(allow(Action="s3:GetObject", Resource="*", Principal="*")))),
        ],
        undecided=[
            endpoint(policy=UNKNOWN),
            endpoint(apart(UNKNOWN)),
            endpoint(policy={"Statement": allow(Resource="*", Condition=UNKNOWN)}),
        ],
    ),
}
