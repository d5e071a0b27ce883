"""An S3 server on loopback that checks signatures and rights, and another's client for it.

It answers each line of JSON on its standard input with one on its standard output, and ends when
its input does.
"""

import json
import os
import sys

import boto3
import requests
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
endpoint = "http://127.0.0.1:%d" % server.get_host_and_port()[1]


def client(service, key, secret):
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
    )


def user(name, actions):
    iam = client("iam", "anyone", "anything")
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="rights", PolicyDocument=policy)
    made = iam.create_access_key(UserName=name)["AccessKey"]
    return [made["AccessKeyId"], made["SecretAccessKey"]]


users = {
    "owner": user("owner", ["s3:*"]),
    "reader": user("reader", ["s3:GetObject", "s3:ListBucket"]),
    "writer": user("writer", ["s3:PutObject", "s3:AbortMultipartUpload"]),
}
# From here on, rights count.
session = requests.Session()
session.trust_env = False
session.post(endpoint + "/moto-api/reset-auth", data="0").raise_for_status()
s3 = client("s3", *users["owner"])


def answer(ask):
    bucket = ask["bucket"]
    verb = ask["do"]
    if verb == "bucket":
        s3.create_bucket(Bucket=bucket)
        return True
    if verb == "put":
        s3.put_object(Bucket=bucket, Key=ask["key"], Body=ask["text"].encode())
        return True
    if verb == "keys":
        found = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        return [entry["Key"] for entry in found]
    if verb == "folder":
        found = s3.list_objects_v2(Bucket=bucket, Prefix=ask["key"]).get("Contents", [])
        objects = [(entry["Key"], s3.get_object(Bucket=bucket, Key=entry["Key"])) for entry in found]
        return {key: found["Body"].read().decode("latin-1") for key, found in objects}
    if verb == "uploads":
        return len(s3.list_multipart_uploads(Bucket=bucket).get("Uploads", []))
    if verb == "abort":
        for upload in s3.list_multipart_uploads(Bucket=bucket).get("Uploads", []):
            s3.abort_multipart_upload(
                Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"]
            )
        return True
    if verb == "get":
        try:
            found = s3.get_object(Bucket=bucket, Key=ask["key"])
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            return False
        with open(ask["file"], "wb") as file:
            for chunk in found["Body"].iter_chunks(1 << 20):
                file.write(chunk)
        return True
    raise ValueError(verb)


print(json.dumps({"endpoint": endpoint, "users": users}), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
# The server's thread would keep the process.
os._exit(0)
