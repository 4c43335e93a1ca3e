"""MiniStack with what Postroom's stacks need and MiniStack 1.5.33 lacks.

- AWS::SES::ReceiptRuleSet and AWS::SES::ReceiptRule in its CloudFormation.
- The tags of an AWS::S3::Bucket: without them CDK's autoDeleteObjects refuses to empty it.
- A bucket that is not empty is not deleted, as on AWS: else nothing would show that it is emptied.
- The time in what a schedule tells its target: `<aws.scheduler.scheduled-time>`.
- Mail sent by SendRawEmail is laid down as a file, so that a test can play its way to SES.

Run it by the virtual environment that has ministack, with ministack's own variables. SENT_MAIL_FOLDER
says where sent mail goes. It reaches into ministack's modules: raise the pin and this file together.
"""

import base64
import datetime
import json
import os
import pathlib
import uuid

from ministack.app import main
from ministack.services import eventbridge, s3, ses
from ministack.services.cloudformation import provisioners


def _require_success(response):
    """An error of the SES API becomes the reason why CloudFormation rolls back."""
    status, body = response[0], response[2]
    if int(status) >= 300:
        raise ValueError(body if isinstance(body, str) else body.decode())


def _flatten(prefix, value, form):
    """Writes a template's structure as the query form that the SES v1 API reads."""
    if isinstance(value, dict):
        for key, item in value.items():
            _flatten(f"{prefix}.{key}", item, form)
    elif isinstance(value, list):
        for index, item in enumerate(value, 1):
            _flatten(f"{prefix}.member.{index}", item, form)
    else:
        form[prefix] = [str(value).lower() if isinstance(value, bool) else str(value)]


def _generate_name(stack_name, logical_id):
    return f"{stack_name}-{logical_id}-{uuid.uuid4().hex[:12]}"[-64:]


def create_rule_set(logical_id, props, stack_name):
    name = props.get("RuleSetName") or _generate_name(stack_name, logical_id)
    _require_success(ses._create_receipt_rule_set({"RuleSetName": [name]}))
    return name, {}


def delete_rule_set(name, props):
    # CloudFormation fails here on AWS too when the rule set is still the active one.
    _require_success(ses._delete_receipt_rule_set({"RuleSetName": [name]}))


def create_rule(logical_id, props, stack_name):
    rule = dict(props["Rule"])
    rule.setdefault("Name", _generate_name(stack_name, logical_id))
    form = {"RuleSetName": [props["RuleSetName"]]}
    if props.get("After"):
        form["After"] = [props["After"]]
    _flatten("Rule", rule, form)
    _require_success(ses._create_receipt_rule(form))
    return rule["Name"], {}


def update_rule(name, old_props, new_props, stack_name):
    delete_rule(name, old_props)
    return create_rule("", {**new_props, "Rule": {**new_props["Rule"], "Name": name}}, stack_name)


def delete_rule(name, props):
    form = {"RuleSetName": [props["RuleSetName"]], "RuleName": [name]}
    _require_success(ses._delete_receipt_rule(form))


provisioners._RESOURCE_HANDLERS["AWS::SES::ReceiptRuleSet"] = {
    "create": create_rule_set,
    "delete": delete_rule_set,
}
provisioners._RESOURCE_HANDLERS["AWS::SES::ReceiptRule"] = {
    "create": create_rule,
    "update": update_rule,
    "delete": delete_rule,
}

_bucket = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
_create_bucket, _update_bucket, _delete_bucket = (
    _bucket[operation] for operation in ("create", "update", "delete")
)


def _keep_tags(name, props):
    s3._bucket_tags[name] = {tag["Key"]: tag["Value"] for tag in props.get("Tags", [])}


def create_bucket(logical_id, props, stack_name):
    result = _create_bucket(logical_id, props, stack_name)
    _keep_tags(result[0], props)
    return result


def update_bucket(physical_id, old_props, new_props, stack_name):
    result = _update_bucket(physical_id, old_props, new_props, stack_name)
    _keep_tags(result[0], new_props)
    return result


def delete_bucket(name, props):
    if s3._buckets.get(name, {}).get("objects"):
        raise ValueError(f"The bucket you tried to delete is not empty: {name}")
    _delete_bucket(name, props)


_bucket.update(create=create_bucket, update=update_bucket, delete=delete_bucket)

_send_raw_email = ses._send_raw_email


def send_raw_email(params):
    """Sends as before, then lays the mail down with its envelope."""
    response = _send_raw_email(params)
    folder = os.environ.get("SENT_MAIL_FOLDER")
    if folder and int(response[0]) < 300:
        envelope = {
            "sender": ses._p(params, "Source"),
            "recipients": ses._collect_list(params, "Destinations.member"),
            "rawBase64": base64.b64encode(base64.b64decode(ses._p(params, "RawMessage.Data"))).decode(),
        }
        # Renamed when it is whole: a reader that waits for the file never sees half of it.
        file = pathlib.Path(folder) / f"{uuid.uuid4().hex}.json"
        partial = file.with_suffix(".partial")
        partial.write_text(json.dumps(envelope))
        partial.rename(file)
    return response


ses._send_raw_email = send_raw_email

_invoke_target = eventbridge._invoke_target


def invoke_target(target, event, *others):
    """Fills in when a schedule was to run, as EventBridge Scheduler does."""
    if event.get("Source") == "aws.scheduler" and "Input" in target:
        time = datetime.datetime.fromtimestamp(event["Time"], datetime.timezone.utc)
        told = time.strftime("%Y-%m-%dT%H:%M:%SZ")
        filled = target["Input"].replace("<aws.scheduler.scheduled-time>", told)
        target = {**target, "Input": filled}
    return _invoke_target(target, event, *others)


eventbridge._invoke_target = invoke_target

if __name__ == "__main__":
    main()
