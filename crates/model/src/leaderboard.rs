//! What makes a cluster one of CARLA Leaderboard's: its edition, the environment it is named after, and the names
//! that follow from that one.

use crate::{config::ClusterConfig, path::Path, problem::Place};

/// Which Leaderboard a cluster serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Edition {
    /// Leaderboard 1.0.
    V1,
    /// Leaderboard 2.0.
    V2,
}

/// The annotation that names the edition: `1.0` or `2.0`.
pub const EDITION_ANNOTATION: &str = "lb/edition";

/// What tags for the cluster autoscaler begin with; the cluster's name or `enabled` follows.
pub const AUTOSCALER_TAG: &str = "k8s.io/cluster-autoscaler/";

/// The service account that jobs run as, in namespace `default`.
pub const SUBMISSION_WORKER: &str = "submission-worker";

/// What stands before an environment's name to tell it from the real one.
pub const STAGES: &[&str] = &["beta-", "dev-", "prod-", "production-", "staging-", "test-"];

impl Edition {
    /// Both, in order.
    pub const ALL: [Self; 2] = [Self::V1, Self::V2];

    /// `1.0` or `2.0`.
    pub fn number(self) -> &'static str {
        match self {
            Self::V1 => "1.0",
            Self::V2 => "2.0",
        }
    }

    /// What environments of this edition end with: `-10` or `-20`.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::V1 => "-10",
            Self::V2 => "-20",
        }
    }

    /// The edition of a config: its annotation, else the end of its name, else unknown.
    pub fn of(config: &ClusterConfig) -> Option<Self> {
        let annotation = config.metadata.annotations.get(EDITION_ANNOTATION);
        let by_annotation = Self::ALL
            .into_iter()
            .find(|e| annotation.is_some_and(|text| text == e.number()));
        by_annotation.or_else(|| {
            Self::ALL
                .into_iter()
                .find(|e| config.metadata.name.ends_with(e.suffix()))
        })
    }
}

/// Whether a config is of a Leaderboard cluster: it says so in its annotation or its name, or its jobs run as
/// `submission-worker`. The rules that only make sense there ask this first.
pub fn is_leaderboard(config: &ClusterConfig) -> bool {
    let mut accounts = config
        .iam
        .iter()
        .flat_map(|iam| &iam.service_accounts)
        .filter_map(|sa| sa.metadata.as_ref());
    config.metadata.annotations.contains_key(EDITION_ANNOTATION)
        || config.metadata.name.contains("leaderboard")
        || accounts.any(|metadata| metadata.name == SUBMISSION_WORKER)
}

/// How the name of a bucket or a table stands to an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kinship {
    /// The environment's own name.
    Same,
    /// It begins with the environment's name and a dash.
    Derived,
    /// It is named after another environment: another edition, or another stage.
    Sibling,
    /// It has nothing to do with it.
    Stranger,
}

/// How `name` stands to the environment `environment`.
pub fn kinship(name: &str, environment: &str) -> Kinship {
    if name == environment {
        return Kinship::Same;
    }
    if name
        .strip_prefix(environment)
        .is_some_and(|rest| rest.starts_with('-'))
    {
        return Kinship::Derived;
    }
    let stem = stem(environment);
    if stem.len() >= 3 && name.contains(stem) || name.contains("leaderboard") {
        Kinship::Sibling
    } else {
        Kinship::Stranger
    }
}

/// `name` with the environment that it begins with replaced: `leaderboard-10-logs` becomes `leaderboard-20-logs` for
/// `leaderboard-20`. `None` if it does not begin with an environment of the same family.
pub fn moved_to(name: &str, environment: &str) -> Option<String> {
    let stage = STAGES
        .iter()
        .find(|stage| name.starts_with(**stage))
        .map_or(0, |stage| stage.len());
    let stems = [stem(environment), "leaderboard"];
    let rest = stems
        .iter()
        .find_map(|stem| name.get(stage..)?.strip_prefix(stem))?;
    let ends = Edition::ALL.map(Edition::suffix);
    let rest = ends.iter().find_map(|end| rest.strip_prefix(end)).unwrap_or(rest);
    (rest.is_empty() || rest.starts_with('-')).then(|| format!("{environment}{rest}"))
}

/// An environment's name without its stage and edition: `leaderboard` of `beta-leaderboard-20`.
fn stem(environment: &str) -> &str {
    let without_stage = STAGES
        .iter()
        .find_map(|stage| environment.strip_prefix(stage))
        .unwrap_or(environment);
    let ends = Edition::ALL.map(Edition::suffix);
    ends.iter()
        .find_map(|end| without_stage.strip_suffix(end))
        .unwrap_or(without_stage)
}

/// The place where a config names its cluster, in the words that point at it.
pub fn named_here() -> (Place, &'static str) {
    (
        Place::Value(Path::root().key("metadata").key("name")),
        "named here",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_other_environments_are_told_from_own_ones() {
        use Kinship::*;
        for (name, environment, kin) in [
            ("leaderboard-20", "leaderboard-20", Same),
            ("leaderboard-20-bucket", "leaderboard-20", Derived),
            ("leaderboard-10", "leaderboard-20", Sibling),
            ("leaderboard-10", "leaderboard-1", Sibling),
            ("beta-leaderboard-20", "leaderboard-20", Sibling),
            ("leaderboard-20", "beta-leaderboard-20", Sibling),
            ("carla-leaderboard-20-logs", "leaderboard-20", Sibling),
            ("races-10", "races-20", Sibling),
            ("datasets", "leaderboard-20", Stranger),
            ("anything", "ab", Stranger),
        ] {
            assert_eq!(kinship(name, environment), kin, "{name} for {environment}");
        }
    }

    #[test]
    fn names_move_to_another_environment_with_what_follows() {
        let moved = |name| moved_to(name, "leaderboard-20");
        assert_eq!(moved("leaderboard-10").as_deref(), Some("leaderboard-20"));
        assert_eq!(
            moved("beta-leaderboard-10-logs").as_deref(),
            Some("leaderboard-20-logs")
        );
        assert_eq!(moved("leaderboard-200"), None);
        assert_eq!(moved("carla-leaderboard-20-logs"), None);
        assert_eq!(
            moved_to("races-10", "staging-races-20").as_deref(),
            Some("staging-races-20")
        );
    }

    #[test]
    fn the_annotation_wins_over_the_name() {
        let mut config = ClusterConfig::default();
        config.metadata.name = "races-10".to_owned();
        assert_eq!(Edition::of(&config), Some(Edition::V1));
        assert!(!is_leaderboard(&config));
        config
            .metadata
            .annotations
            .insert(EDITION_ANNOTATION.to_owned(), "2.0".to_owned());
        assert_eq!(Edition::of(&config), Some(Edition::V2));
        assert!(is_leaderboard(&config));
    }
}
