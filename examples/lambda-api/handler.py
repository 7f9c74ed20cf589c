"""Answers the notes API: one function for all routes."""

import json
import os
import uuid

import boto3
from boto3.dynamodb.conditions import Key

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    owner = event["requestContext"].get("authorizer", {}).get("jwt", {}).get("claims", {}).get("sub", "nobody")
    route = event["routeKey"]
    if route == "GET /notes":
        return answer(200, table.query(KeyConditionExpression=Key("owner").eq(owner))["Items"])
    if route == "POST /notes":
        note = {"owner": owner, "id": str(uuid.uuid4()), "text": json.loads(event["body"])["text"]}
        table.put_item(Item=note)
        return answer(201, note)
    key = {"owner": owner, "id": event["pathParameters"]["id"]}
    if route == "GET /notes/{id}":
        item = table.get_item(Key=key).get("Item")
        return answer(200, item) if item else answer(404, {"error": "no such note"})
    table.delete_item(Key=key)
    return answer(204, None)


def answer(status, body):
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
