"""Drives an EC2 endpoint with boto3: `boto3-cases.py URL NAME...`. Prints one JSON object: the outcome of each case.

An outcome is what the case returns, or {"code", "status"} of the error that it met.
"""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

OPTIONS = {
    "endpoint_url": sys.argv[1],
    "region_name": "us-east-1",
    "aws_access_key_id": "boto3",
    "aws_secret_access_key": "secret",
    "config": Config(retries={"total_max_attempts": 1}),
}
ec2 = boto3.client("ec2", **OPTIONS)

AMI = next(
    image["ImageId"]
    for image in ec2.describe_images(Owners=["amazon"])["Images"]
    if image["Architecture"] == "x86_64"
)
UNKNOWN = "i-00000000000000000"


def run(**parameters):
    defaults = {"ImageId": AMI, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
    return ec2.run_instances(**{**defaults, **parameters})["Instances"]


def find(*filters):
    pages = ec2.get_paginator("describe_instances").paginate(
        Filters=list(filters), PaginationConfig={"PageSize": 5}
    )
    return [
        instance
        for page in pages
        for reservation in page["Reservations"]
        for instance in reservation["Instances"]
    ]


def tags(name, **values):
    return {
        "ResourceType": name,
        "Tags": [{"Key": key, "Value": value} for key, value in values.items()],
    }


def launch():
    (made,) = run(TagSpecifications=[tags("instance", team="a<&>b"), tags("volume", team="v")])
    (seen,) = find({"Name": "tag:team", "Values": ["a<*"]})
    volume = ec2.describe_volumes(
        Filters=[{"Name": "attachment.instance-id", "Values": [made["InstanceId"]]}]
    )["Volumes"][0]
    return {
        "isSame": made["InstanceId"] == seen["InstanceId"],
        "states": [made["State"]["Name"], seen["State"]["Name"]],
        "tags": [seen["Tags"], volume["Tags"]],
        "launchTimeHasZone": seen["LaunchTime"].tzinfo is not None,
    }


def paging():
    made = {run(TagSpecifications=[tags("instance", page="1")])[0]["InstanceId"] for _ in range(12)}
    seen = [instance["InstanceId"] for instance in find({"Name": "tag:page", "Values": ["1"]})]
    return {"count": len(seen), "isComplete": set(seen) == made}


def stop_and_start():
    (made,) = run()
    ids = [made["InstanceId"]]
    states = []
    for call in (ec2.stop_instances, ec2.start_instances):
        call(InstanceIds=ids)
        (seen,) = find({"Name": "instance-id", "Values": ids})
        states.append(seen["State"]["Name"])
    return states


def terminate_with_a_bad_id():
    (made,) = run()
    try:
        ec2.terminate_instances(InstanceIds=[made["InstanceId"], UNKNOWN])
    except ClientError as error:
        (seen,) = find({"Name": "instance-id", "Values": [made["InstanceId"]]})
        return [error.response["Error"]["Code"], seen["State"]["Name"]]


def identity():
    return boto3.client("sts", **OPTIONS).get_caller_identity()["Account"]


def parameter():
    name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    value = boto3.client("ssm", **OPTIONS).get_parameter(Name=name)["Parameter"]["Value"]
    return value[:4]


CASES = {
    "launch": launch,
    "paging": paging,
    "stopAndStart": stop_and_start,
    "terminateWithABadId": terminate_with_a_bad_id,
    "identity": identity,
    "parameter": parameter,
    "unknownParameter": lambda: boto3.client("ssm", **OPTIONS).get_parameter(Name="/nothing"),
    "unknownInstance": lambda: ec2.describe_instances(InstanceIds=[UNKNOWN]),
    "unknownImage": lambda: run(ImageId="ami-00000000000000000"),
    "unknownFilter": lambda: find({"Name": "nothing", "Values": ["1"]}),
    "dryRun": lambda: run(DryRun=True),
    "smallPage": lambda: ec2.describe_instances(MaxResults=4),
}


def outcome(case):
    try:
        return case()
    except ClientError as error:
        return {
            "code": error.response["Error"]["Code"],
            "status": error.response["ResponseMetadata"]["HTTPStatusCode"],
        }


print(json.dumps({name: outcome(CASES[name]) for name in sys.argv[2:]}))
