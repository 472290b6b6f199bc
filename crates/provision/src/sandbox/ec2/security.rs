//! Security groups and their rules.

use super::{
    dependency, invalid, not_found,
    rules::{same, shown},
};
use crate::{
    objects::DEFAULT_GROUP,
    operations::ec2::{
        AuthorizeSecurityGroupEgress, AuthorizeSecurityGroupIngress, CreateSecurityGroup,
        DeleteSecurityGroup, DescribeSecurityGroupRules, DescribeSecurityGroups, IpPermission,
        ReferencedSecurityGroup, RevokeSecurityGroupEgress, RevokeSecurityGroupIngress, SecurityGroup,
        SecurityGroupRule, Tag, TagSpecification,
    },
    sandbox::{
        Answer, Refusal,
        shelf::{Described, Seen},
        tags,
        world::{Region, World},
    },
};

impl Described for SecurityGroup {
    fn tags(&self) -> &[Tag] {
        &self.tags
    }

    fn passes(&self, filter: &str, test: &dyn Fn(&str) -> bool) -> Option<bool> {
        Some(match filter {
            "group-id" => test(&self.group_id),
            "group-name" => test(&self.group_name),
            "vpc-id" => test(&self.vpc_id),
            "description" => test(&self.description),
            _ => return None,
        })
    }
}

impl Region {
    /// A rule for all traffic that a group has from the start; `suffix` tells the group's rules apart.
    fn give_rule(&mut self, group: &str, suffix: &str, seen: Seen, peer: SecurityGroupRule) {
        let id = format!("sgr-{}{suffix}", group.trim_start_matches("sg-"));
        let rule = SecurityGroupRule {
            security_group_rule_id: id.clone(),
            group_id: group.to_owned(),
            ip_protocol: "-1".into(),
            from_port: -1,
            to_port: -1,
            ..peer
        };
        self.rules.insert(id, rule, seen);
    }

    /// A group's allow-all rule to the outside, which every new group has.
    fn give_egress(&mut self, group: &str, seen: Seen) {
        let everywhere = SecurityGroupRule {
            is_egress: true,
            cidr_ipv4: Some("0.0.0.0/0".into()),
            ..SecurityGroupRule::default()
        };
        self.give_rule(group, "", seen, everywhere);
    }

    /// The default group of a VPC: lets in what comes from itself.
    pub(super) fn give_default_group(&mut self, vpc: &str, id: &str, seen: Seen) {
        let group = SecurityGroup {
            group_id: id.to_owned(),
            group_name: DEFAULT_GROUP.into(),
            description: "default VPC security group".into(),
            vpc_id: vpc.to_owned(),
            tags: Vec::new(),
        };
        self.groups.insert(id, group, seen);
        self.give_egress(id, seen);
        self.give_self_ingress(id, seen);
    }

    /// Lets in what comes from the group itself.
    pub(in crate::sandbox) fn give_self_ingress(&mut self, group: &str, seen: Seen) {
        let itself = SecurityGroupRule {
            referenced_group_info: Some(ReferencedSecurityGroup {
                group_id: group.to_owned(),
            }),
            ..SecurityGroupRule::default()
        };
        self.give_rule(group, "0", seen, itself);
    }

    /// A group that others made: lets in what comes from its VPC.
    pub(super) fn give_group(&mut self, vpc: &str, cidr: &str, id: &str) {
        let group = SecurityGroup {
            group_id: id.to_owned(),
            group_name: id.to_owned(),
            description: "given".into(),
            vpc_id: vpc.to_owned(),
            tags: Vec::new(),
        };
        self.groups.insert(id, group, Seen::ALWAYS);
        self.give_egress(id, Seen::ALWAYS);
        let from_vpc = SecurityGroupRule {
            cidr_ipv4: Some(cidr.to_owned()),
            ..SecurityGroupRule::default()
        };
        self.give_rule(id, "1", Seen::ALWAYS, from_vpc);
    }

    /// What keeps a group from being deleted: an interface that uses it, or a rule of another group that names it.
    pub(in crate::sandbox) fn uses_group(&self, id: &str) -> Option<&str> {
        let interface = self
            .interfaces
            .values()
            .find(|i| i.groups.iter().any(|group| group.group_id == id));
        interface
            .map(|interface| interface.network_interface_id.as_str())
            .or_else(|| {
                let names = |rule: &&SecurityGroupRule| {
                    rule.group_id != id
                        && rule
                            .referenced_group_info
                            .as_ref()
                            .is_some_and(|peer| peer.group_id == id)
                };
                self.rules
                    .values()
                    .find(names)
                    .map(|rule| rule.security_group_rule_id.as_str())
            })
    }

    pub(in crate::sandbox) fn drop_group(&mut self, id: &str) {
        self.groups.remove(id);
        self.rules.retain(|rule| rule.group_id != id);
    }

    /// Whether one of the groups lets traffic of TCP on a port to or from a peer: an address or a group.
    pub(in crate::sandbox) fn lets(
        &self,
        groups: &[String],
        is_egress: bool,
        port: i64,
        peer: &dyn Fn(&SecurityGroupRule) -> bool,
    ) -> bool {
        self.rules.values().any(|rule| {
            let fits = rule.ip_protocol == "-1"
                || rule.ip_protocol == "tcp" && (rule.from_port..=rule.to_port).contains(&port);
            rule.is_egress == is_egress && groups.contains(&rule.group_id) && fits && peer(rule)
        })
    }
}

impl World<'_> {
    pub(super) fn create_security_group(&mut self, input: CreateSecurityGroup) -> Answer<String> {
        self.region.vpc(&input.vpc_id, self.now)?;
        let fits = |text: &str| {
            let allowed = |c: char| c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(c);
            !text.is_empty() && text.len() <= 255 && text.chars().all(allowed)
        };
        if !fits(&input.description) {
            return Err(invalid(format!(
                "Value ({}) for parameter GroupDescription is invalid. Character sets beyond ASCII are not supported.",
                input.description
            )));
        }
        if !fits(&input.group_name)
            || input.group_name.starts_with("sg-")
            || input.group_name == DEFAULT_GROUP
        {
            return Err(invalid(format!(
                "Value ({}) for parameter GroupName is invalid.",
                input.group_name
            )));
        }
        let clash = |group: &SecurityGroup| {
            group.vpc_id == input.vpc_id && group.group_name.eq_ignore_ascii_case(&input.group_name)
        };
        if self.region.groups.values().any(clash) {
            return Err(Refusal::new(
                "InvalidGroup.Duplicate",
                format!(
                    "The security group '{}' already exists for VPC '{}'",
                    input.group_name, input.vpc_id
                ),
            ));
        }
        let group = SecurityGroup {
            group_id: self.random.id("sg"),
            group_name: input.group_name,
            description: input.description,
            vpc_id: input.vpc_id,
            tags: tags::at_creation(&input.tag_specifications, "security-group")?,
        };
        let seen = self.fresh();
        let id = group.group_id.clone();
        self.region.groups.insert(&id, group, seen);
        self.region.give_egress(&id, seen);
        Ok(id)
    }

    /// The group that a controller makes for a load balancer.
    pub(in crate::sandbox) fn balancer_group(&mut self, vpc: &str, name: &str, tag: Tag) -> String {
        let group = SecurityGroup {
            group_id: self.random.id("sg"),
            group_name: name.to_owned(),
            description: format!("Security group for Kubernetes ELB {name}"),
            vpc_id: vpc.to_owned(),
            tags: vec![tag],
        };
        let (id, seen) = (group.group_id.clone(), self.fresh());
        self.region.groups.insert(&id, group, seen);
        self.region.give_egress(&id, seen);
        id
    }

    /// The group that EKS makes for a cluster.
    pub(in crate::sandbox) fn make_cluster_group(&mut self, vpc: &str, cluster: &str) -> String {
        let group = SecurityGroup {
            group_id: self.random.id("sg"),
            group_name: format!("eks-cluster-sg-{cluster}-{}", self.random.bits()),
            description:
                "EKS created security group applied to ENI that is attached to EKS Control Plane master \
                          nodes, as well as any managed workloads."
                    .into(),
            vpc_id: vpc.to_owned(),
            tags: vec![
                Tag::new("Name", format!("eks-cluster-sg-{cluster}")),
                Tag::new("aws:eks:cluster-name", cluster),
                Tag::new(format!("kubernetes.io/cluster/{cluster}"), "owned"),
            ],
        };
        let (id, seen) = (
            group.group_id.clone(),
            Seen {
                id: self.now,
                filter: self.now,
            },
        );
        self.region.groups.insert(&id, group, seen);
        self.region.give_egress(&id, seen);
        self.region.give_self_ingress(&id, seen);
        id
    }

    pub(super) fn describe_security_groups(
        &mut self,
        input: DescribeSecurityGroups,
    ) -> Answer<Vec<SecurityGroup>> {
        let found = self
            .region
            .groups
            .describe(&input.group_ids, &input.filters, self.now, no_group)?;
        Ok(found.into_iter().cloned().collect())
    }

    pub(super) fn delete_security_group(&mut self, input: DeleteSecurityGroup) -> Answer<()> {
        let id = &input.group_id;
        let group = self
            .region
            .groups
            .named(id, self.now)
            .ok_or_else(|| no_group(id))?;
        if group.group_name == DEFAULT_GROUP {
            return Err(Refusal::new(
                "CannotDelete",
                format!("the specified group: \"{id}\" name: \"default\" cannot be deleted by a user"),
            ));
        }
        if let Some(user) = self.region.uses_group(id) {
            return Err(dependency("securityGroup", id, user));
        }
        self.region.drop_group(id);
        Ok(())
    }

    pub(super) fn authorize_ingress(
        &mut self,
        input: AuthorizeSecurityGroupIngress,
    ) -> Answer<Vec<SecurityGroupRule>> {
        self.authorize(
            &input.group_id,
            false,
            &input.ip_permissions,
            &input.tag_specifications,
        )
    }

    pub(super) fn authorize_egress(
        &mut self,
        input: AuthorizeSecurityGroupEgress,
    ) -> Answer<Vec<SecurityGroupRule>> {
        self.authorize(
            &input.group_id,
            true,
            &input.ip_permissions,
            &input.tag_specifications,
        )
    }

    fn authorize(
        &mut self,
        group: &str,
        is_egress: bool,
        permissions: &[IpPermission],
        specifications: &[TagSpecification],
    ) -> Answer<Vec<SecurityGroupRule>> {
        let tags = tags::at_creation(specifications, "security-group-rule")?;
        let mut new = self.rules_of(group, is_egress, permissions)?;
        if new.is_empty() {
            return Err(Refusal::new(
                "MissingParameter",
                "The request must contain the parameter ipPermissions",
            ));
        }
        let of_group: Vec<&SecurityGroupRule> = self
            .region
            .rules
            .values()
            .filter(|rule| rule.group_id == group && rule.is_egress == is_egress)
            .collect();
        for (index, rule) in new.iter().enumerate() {
            if new.iter().take(index).any(|earlier| same(earlier, rule)) {
                return Err(invalid("The same permission must not appear multiple times"));
            }
            if of_group.iter().any(|old| same(old, rule)) {
                return Err(Refusal::new(
                    "InvalidPermission.Duplicate",
                    format!("the specified rule \"{}\" already exists", shown(rule)),
                ));
            }
        }
        if !self.allows("L-0EA8095F", of_group.len() + new.len() - 1) {
            return Err(Refusal::new(
                "RulesPerSecurityGroupLimitExceeded",
                "The maximum number of rules per security group has been reached.",
            ));
        }
        let seen = self.fresh();
        for rule in &mut new {
            rule.security_group_rule_id = self.random.id("sgr");
            rule.tags.clone_from(&tags);
            self.region
                .rules
                .insert(&rule.security_group_rule_id, rule.clone(), seen);
        }
        Ok(new)
    }

    pub(super) fn revoke_ingress(&mut self, input: RevokeSecurityGroupIngress) -> Answer<()> {
        self.revoke(
            &input.group_id,
            false,
            &input.security_group_rule_ids,
            &input.ip_permissions,
        )
    }

    pub(super) fn revoke_egress(&mut self, input: RevokeSecurityGroupEgress) -> Answer<()> {
        self.revoke(
            &input.group_id,
            true,
            &input.security_group_rule_ids,
            &input.ip_permissions,
        )
    }

    fn revoke(
        &mut self,
        group: &str,
        is_egress: bool,
        ids: &[String],
        permissions: &[IpPermission],
    ) -> Answer<()> {
        self.region
            .groups
            .named(group, self.now)
            .ok_or_else(|| no_group(group))?;
        let mut gone = Vec::new();
        for id in ids {
            let rule = self
                .region
                .rules
                .get(id)
                .filter(|r| r.group_id == group && r.is_egress == is_egress);
            rule.ok_or_else(|| not_found("InvalidSecurityGroupRuleId.NotFound", id))?;
            gone.push(id.clone());
        }
        for rule in self.rules_of(group, is_egress, permissions)? {
            let of_group = |old: &&SecurityGroupRule| old.group_id == group && same(old, &rule);
            let old = self.region.rules.values().find(of_group).ok_or_else(|| {
                Refusal::new(
                    "InvalidPermission.NotFound",
                    "The specified rule does not exist in this security group.",
                )
            })?;
            gone.push(old.security_group_rule_id.clone());
        }
        for id in gone {
            self.region.rules.remove(&id);
        }
        Ok(())
    }

    pub(super) fn describe_security_group_rules(
        &mut self,
        input: DescribeSecurityGroupRules,
    ) -> Answer<Vec<SecurityGroupRule>> {
        let missing = |id: &str| not_found("InvalidSecurityGroupRuleId.NotFound", id);
        let rules = &self.region.rules;
        let found = rules.describe(&input.security_group_rule_ids, &input.filters, self.now, missing)?;
        Ok(found.into_iter().cloned().collect())
    }
}

pub(super) fn no_group(id: &str) -> Refusal {
    Refusal::new(
        "InvalidGroup.NotFound",
        format!("The security group '{id}' does not exist"),
    )
}
