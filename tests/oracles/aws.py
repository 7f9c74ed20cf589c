"""Starts ministack, an emulator of AWS, with every resource type deployable.

ministack makes many types for real and refuses the others. Here the others get a handler that makes nothing but a name, so that whole
stacks can be deployed. A resource of such a type fails on purpose when its tag `fail` names the operation (`create`, `update`,
`delete`), and takes the seconds that its tag `slow` says.

Usage: aws.py TYPES.txt (one type a line); the environment says the rest (GATEWAY_PORT, BIND_HOST, MINISTACK_ACCOUNT_ID).
ministack's table of handlers is private, which is why its version is pinned.
"""

import os
import sys
import threading
import time
import uuid
from urllib.parse import urlparse

from ministack.services.cloudformation import helpers, provisioners, stacks


def tags(props):
    found = (props or {}).get("Tags") or {}
    if isinstance(found, dict):
        return found
    return {tag.get("Key"): tag.get("Value") for tag in found if isinstance(tag, dict)}


def obey(operation, logical_id, props):
    wanted = tags(props)
    if operation in str(wanted.get("fail", "")).split(","):
        raise ValueError(f"Resource handler returned message: \"{logical_id} was told to fail\" (HandlerErrorCode: GeneralServiceException)")
    time.sleep(float(wanted.get("slow", 0)))


def attributes(name, type_name, logical_id):
    arn = f"arn:aws:{type_name.split('::')[1].lower()}:us-east-1:000000000000:{logical_id.lower()}/{name}"
    common = {"Arn": arn, "Id": name, "Name": name, "AllocationId": name, "GroupId": name, "PublicIp": "192.0.2.1"}
    common.update({"PrivateIp": "192.0.2.2", "PublicDnsName": "host.example.com", "DNSName": "host.example.com"})
    return common


def handler(type_name):
    def create(logical_id, props, stack_name):
        obey("create", logical_id, props)
        name = f"{stack_name}-{logical_id}-{uuid.uuid4().hex[:12]}"
        return name, attributes(name, type_name, logical_id)

    def update(physical_id, old_props, new_props, stack_name):
        obey("update", physical_id, new_props)
        return physical_id, attributes(physical_id, type_name, physical_id)

    def delete(physical_id, props):
        obey("delete", physical_id, props)

    return {"create": create, "update": update, "delete": delete}


def let_them_wait(names):
    """What takes its time does so beside everything else, as custom resources do."""
    known = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda name: name in names or known(name)


def know_buckets_by_host():
    """Addresses of objects name the bucket first in the host's name; ministack wants it in the path."""
    resolve = helpers._resolve_document

    def by_path(params, body_key, url_key, label):
        url = urlparse((params.get(url_key) or [""])[0])
        if ".s3." in url.netloc:
            bucket = url.netloc.split(".s3.")[0]
            params = {**params, url_key: [f"https://s3.amazonaws.com/{bucket}{url.path}"]}
        return resolve(params, body_key, url_key, label)

    helpers._resolve_document = by_path


def end_with_parent():
    """Standard input is a pipe that whoever started this keeps open: its end is ours too, however it came."""
    sys.stdin.read()
    os._exit(0)


def main():
    if not sys.stdin.isatty():
        threading.Thread(target=end_with_parent, daemon=True).start()
    with open(sys.argv.pop(1), encoding="utf-8") as file:
        others = {name for name in file.read().split() if name not in provisioners._RESOURCE_HANDLERS}
    provisioners._RESOURCE_HANDLERS.update({name: handler(name) for name in others})
    let_them_wait(others)
    know_buckets_by_host()
    from ministack.app import main as serve

    serve()


main()
