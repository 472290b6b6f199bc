//! The behaviours of `aws-apply.md` 6 that touch what a cluster is made of, each with a test of its number; and what
//! an account does besides.

mod autoscaling;
mod bench;
mod eks;
mod iam;
mod identities;
mod network;
mod nodegroups;
mod placements;
mod security;
mod whole;
