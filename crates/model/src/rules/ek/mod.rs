//! eksctl's own validation: what it refuses before it calls AWS, and what it refuses only later but can be seen
//! in the file. The first digit of a code is its section, one file each; 01 to 07 are the shapes that every
//! section has (missing, excludes, needs, values, range, form, unique), 10 and up are single rules, 50 and up are
//! what eksctl itself finds too late or not at all.

mod access;
mod auto_mode;
mod cluster;
mod group;
mod images;
mod ipv6;
mod labels;
mod managed;
mod mappings;
mod network;
mod node_group;
mod outposts;
mod permissions;
mod self_managed;
mod shape;
mod sizes;
mod stricter;
mod subnets;

use super::Rule;

pub use stricter::STRICTER;

/// The rules of each section.
pub(super) static SECTIONS: &[&[Rule]] = &[
    cluster::RULES,
    auto_mode::RULES,
    network::RULES,
    subnets::RULES,
    ipv6::RULES,
    node_group::RULES,
    images::RULES,
    sizes::RULES,
    labels::RULES,
    self_managed::RULES,
    managed::RULES,
    access::RULES,
    mappings::RULES,
    permissions::RULES,
    outposts::RULES,
];
