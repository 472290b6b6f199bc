"""What ministack cannot enforce of `docs/iam-policy.json`, and enforced here instead: statements on IAM's own objects,
by the ARNs that AWS compares.
"""

import fnmatch
import json
import re

import wire


def role(parameters, emulator):
    if "AssumeRolePolicyDocument" in parameters and "Path" in parameters:
        return f"arn:aws:iam::{emulator.account}:role{parameters['Path']}{parameters['RoleName']}"
    return emulator.client("iam").get_role(RoleName=parameters["RoleName"])["Role"]["Arn"]


def profile(parameters, emulator):
    name = parameters["InstanceProfileName"]
    if "Path" in parameters:
        return f"arn:aws:iam::{emulator.account}:instance-profile{parameters['Path']}{name}"
    return emulator.client("iam").get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Arn"]


def provider(parameters, emulator):
    if "Url" in parameters:
        host = parameters["Url"].removeprefix("https://")
        return f"arn:aws:iam::{emulator.account}:oidc-provider/{host}"
    return parameters["OpenIDConnectProviderArn"]


# Statements by their `Sid`, why ministack cannot compare their resources, the ARN that AWS compares.
STATEMENTS = {
    "ChangeRoles": ("leaves the path out of a role's ARN", role),
    "ChangeInstanceProfiles": ("knows no ARN of an instance profile", profile),
    "ChangeIdentityProviders": ("knows no ARN of an identity provider before it is there", provider),
}


class Rights:
    """What one user may do with IAM's objects."""

    def __init__(self, policy):
        statements = json.loads(policy)["Statement"]
        self.statements = [one for one in statements if one["Sid"] in STATEMENTS]
        widened = [one | {"Resource": "*"} if one["Sid"] in STATEMENTS else one for one in statements]
        self.left = json.dumps(json.loads(policy) | {"Statement": widened})
        """The policy that ministack is to enforce."""

    def check(self, request, emulator):
        """Refuses what the policy does not allow, as IAM does."""
        action = f"iam:{request.operation}"
        for statement in self.statements:
            if request.service != "iam" or action not in listed(statement["Action"]):
                continue
            _, arn = STATEMENTS[statement["Sid"]]
            try:
                resource = arn(request.parameters(), emulator)
            except emulator.client("iam").exceptions.NoSuchEntityException:
                return  # Nothing to protect; the emulator says that it is not there.
            if not any(fnmatch.fnmatchcase(resource, pattern) for pattern in listed(statement["Resource"])):
                raise wire.Refused(
                    "AccessDenied",
                    f"User is not authorized to perform: {action} on resource: {resource} because no identity-based "
                    f"policy allows the {action} action",
                    403,
                )


def listed(value):
    return value if isinstance(value, list) else [value]


def key_of(request):
    """The access key that a request is signed with."""
    signed = re.search(r"Credential=([^/]+)/", request.headers.get("Authorization") or "")
    return signed and signed[1]
