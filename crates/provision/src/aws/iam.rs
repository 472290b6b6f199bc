//! IAM's operations and shapes. Policies come percent-encoded and are decoded here.

use aws_sdk_iam::{Client, operation as sdk, types};
use futures_util::future::BoxFuture;
use percent_encoding::percent_decode_str;

use super::convert::{Give, Read};
use super::fault::Fault;
use crate::operations::iam::{
    self, AttachedPermissionsBoundary, AttachedPolicy, InstanceProfile, OpenIDConnectProvider, Policy,
    PolicyDetail, Role, RoleDetail, User,
};
use crate::operations::{Reply, ec2::Tag};

pub(super) fn call(client: &Client, request: iam::Request) -> BoxFuture<'_, Result<Reply, Fault>> {
    calls! { iam, client, request;
        CreateRole => create_role(path, role_name, assume_role_policy_document, description, permissions_boundary, tags)
            -> role;
        GetRole => get_role(role_name) -> role;
        ListRoles => list_roles(path_prefix) -> *;
        GetAccountAuthorizationDetails => get_account_authorization_details(filter) -> {details};
        DeleteRole => delete_role(role_name);
        UpdateAssumeRolePolicy => update_assume_role_policy(role_name, policy_document);
        TagRole => tag_role(role_name, tags);
        UntagRole => untag_role(role_name, tag_keys);
        PutRolePermissionsBoundary => put_role_permissions_boundary(role_name, permissions_boundary);
        DeleteRolePermissionsBoundary => delete_role_permissions_boundary(role_name);
        AttachRolePolicy => attach_role_policy(role_name, policy_arn);
        DetachRolePolicy => detach_role_policy(role_name, policy_arn);
        ListAttachedRolePolicies => list_attached_role_policies(role_name) -> *;
        PutRolePolicy => put_role_policy(role_name, policy_name, policy_document);
        GetRolePolicy => get_role_policy(role_name, policy_name) -> (inline_policy);
        DeleteRolePolicy => delete_role_policy(role_name, policy_name);
        ListRolePolicies => list_role_policies(role_name) -> *;
        ListInstanceProfilesForRole => list_instance_profiles_for_role(role_name) -> *;
        CreateInstanceProfile => create_instance_profile(instance_profile_name, path, tags) -> instance_profile;
        GetInstanceProfile => get_instance_profile(instance_profile_name) -> instance_profile;
        ListInstanceProfiles => list_instance_profiles(path_prefix) -> *;
        DeleteInstanceProfile => delete_instance_profile(instance_profile_name);
        AddRoleToInstanceProfile => add_role_to_instance_profile(instance_profile_name, role_name);
        RemoveRoleFromInstanceProfile => remove_role_from_instance_profile(instance_profile_name, role_name);
        TagInstanceProfile => tag_instance_profile(instance_profile_name, tags);
        UntagInstanceProfile => untag_instance_profile(instance_profile_name, tag_keys);
        CreateOpenIDConnectProvider => create_open_id_connect_provider(url, client_id_list, thumbprint_list, tags)
            -> open_id_connect_provider_arn;
        GetOpenIDConnectProvider => get_open_id_connect_provider(open_id_connect_provider_arn) -> (provider);
        ListOpenIDConnectProviders => list_open_id_connect_providers() -> (provider_arns);
        DeleteOpenIDConnectProvider => delete_open_id_connect_provider(open_id_connect_provider_arn);
        AddClientIDToOpenIDConnectProvider =>
            add_client_id_to_open_id_connect_provider(open_id_connect_provider_arn, client_id);
        TagOpenIDConnectProvider => tag_open_id_connect_provider(open_id_connect_provider_arn, tags);
        CreateServiceLinkedRole => create_service_linked_role(aws_service_name) -> role;
        GetPolicy => get_policy(policy_arn) -> policy;
        GetUser => get_user(user_name) -> user;
    }
}

gives! {
    Tag, checked { key, value }
}
gives_words! { EntityType }

reads! {
    Tag { key, value }
    Role {
        path, role_name, role_id, arn, create_date, assume_role_policy_document via decoded, description,
        permissions_boundary, tags,
    }
    AttachedPermissionsBoundary { permissions_boundary_arn, permissions_boundary_type }
    AttachedPolicy { policy_name, policy_arn }
    PolicyDetail { policy_name, policy_document via decoded }
    RoleDetail {
        path, role_name, role_id, arn, create_date, assume_role_policy_document via decoded, instance_profile_list,
        role_policy_list, attached_managed_policies, permissions_boundary, tags,
    }
    InstanceProfile { path, instance_profile_name, instance_profile_id, arn, create_date, roles, tags }
    Policy { policy_name, arn, path, attachment_count }
    User { user_name, user_id, arn, path, create_date }
}

/// A policy's JSON. What was not encoded stays as it is.
fn decoded(document: Option<String>) -> Option<String> {
    document.map(|document| percent_decode_str(&document).decode_utf8_lossy().into_owned())
}

fn inline_policy(out: sdk::get_role_policy::GetRolePolicyOutput) -> PolicyDetail {
    PolicyDetail {
        policy_name: out.policy_name,
        policy_document: decoded(Some(out.policy_document)).unwrap_or_default(),
    }
}

fn details(
    page: sdk::get_account_authorization_details::GetAccountAuthorizationDetailsOutput,
) -> Vec<RoleDetail> {
    Read::read(page.role_detail_list)
}

fn provider(out: sdk::get_open_id_connect_provider::GetOpenIdConnectProviderOutput) -> OpenIDConnectProvider {
    OpenIDConnectProvider {
        url: Read::read(out.url),
        client_id_list: Read::read(out.client_id_list),
        thumbprint_list: Read::read(out.thumbprint_list),
        create_date: Read::read(out.create_date),
        tags: Read::read(out.tags),
    }
}

fn provider_arns(out: sdk::list_open_id_connect_providers::ListOpenIdConnectProvidersOutput) -> Vec<String> {
    let providers = out.open_id_connect_provider_list.into_iter().flatten();
    providers.filter_map(|provider| provider.arn).collect()
}
