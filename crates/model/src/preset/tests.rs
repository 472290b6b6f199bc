use super::*;
use crate::{
    document::Document,
    problem::{Problem, Severity},
    rules::Facts,
    testing::config,
};
use jiff::civil::date;
use proptest::prelude::*;
use std::path::{Path, PathBuf};

const ACCOUNT: &str = "111122223333";

fn own(id: &str) -> GpuImage {
    GpuImage::Own {
        family: "Ubuntu2404".to_owned(),
        id: id.to_owned(),
    }
}

/// What the rules say of a text on a day when its version is in standard support.
fn problems(text: &str) -> Vec<Problem> {
    let located = Document::parse(text).problems(&Facts::on(date(2026, 11, 23)));
    located.into_iter().map(|located| located.problem).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn the_current_form_has_no_problem() {
    for (edition, image) in [
        (Edition::V1, own(GpuImage::PLACEHOLDER)),
        (Edition::V2, own(GpuImage::PLACEHOLDER)),
        (Edition::V2, GpuImage::Stock),
    ] {
        let preset = Preset::current(edition, ACCOUNT, image);
        let text = preset.yaml().unwrap();
        assert_eq!(Edition::of(&config(&text)), Some(edition));
        assert_eq!(problems(&text), []);
    }
}

#[test]
fn everything_follows_the_answers() {
    let preset = Preset {
        name: "staging-races".to_owned(),
        region: "us-gov-west-1".to_owned(),
        ..Preset::current(Edition::V2, ACCOUNT, own("ami-0abcdef0123456789"))
    };
    let text = preset.yaml().unwrap();
    assert_eq!(problems(&text), []);
    assert!(!text.contains("{{") && !text.contains("leaderboard-") && !text.contains("us-west-2"));
    assert!(!text.contains("arn:aws:") && text.contains("arn:aws-us-gov:"));
}

#[test]
fn the_upstream_form_means_what_upstream_says() {
    let data = root().join("../shared/data/leaderboard");
    if !data.exists() {
        println!("skipped: no {}", data.display());
        return;
    }
    for (edition, folder) in [(Edition::V1, "leaderboard_1.0"), (Edition::V2, "leaderboard_2.0")] {
        let file = data.join(folder).join("config/leaderboard-cluster.yaml");
        let upstream = config(&std::fs::read_to_string(file).unwrap());
        let group = upstream.node_groups.last().unwrap();
        let key = group.ssh.as_ref().and_then(|ssh| ssh.public_key.clone()).unwrap();
        let preset = Preset::upstream(edition, "342236305043", group.ami.as_ref().unwrap(), &key);
        let mut ours = config(&preset.yaml().unwrap());
        assert_eq!(ours, upstream);
        ours.metadata.name.clear();
        assert_ne!(ours, upstream);
    }
}

#[test]
fn the_examples_are_what_the_presets_write() {
    for (edition, file) in [
        (Edition::V1, "leaderboard-1.0.yaml"),
        (Edition::V2, "leaderboard-2.0.yaml"),
    ] {
        let text = Preset::current(edition, ACCOUNT, own(GpuImage::PLACEHOLDER))
            .yaml()
            .unwrap();
        let file = root().join("examples").join(file);
        if std::env::var_os("LB_BLESS").is_some() {
            std::fs::write(&file, &text).unwrap();
        }
        let written = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(
            written == text,
            "{} is old; run the tests once with LB_BLESS=1",
            file.display()
        );
    }
}

#[test]
fn answers_that_make_no_config_are_refused_by_name() {
    let refused = |change: fn(&mut Preset)| {
        let mut preset = Preset::current(Edition::V2, ACCOUNT, own(GpuImage::PLACEHOLDER));
        change(&mut preset);
        preset.yaml().map_err(|error| error.field)
    };
    assert!(refused(|_| {}).is_ok());
    assert_eq!(refused(|p| p.name = "a: b".to_owned()), Err("name"));
    assert_eq!(refused(|p| p.name = "Leaderboard".to_owned()), Err("name"));
    assert_eq!(refused(|p| p.account = "1111".to_owned()), Err("account"));
    assert_eq!(refused(|p| p.region = "us-west-9".to_owned()), Err("region"));
    assert_eq!(refused(|p| p.version = "latest".to_owned()), Err("version"));
    assert_eq!(refused(|p| p.image = own("ami-1")), Err("image"));
    assert_eq!(
        refused(|p| (p.edition, p.image) = (Edition::V1, GpuImage::Stock)),
        Err("image")
    );
    assert_eq!(
        refused(|p| p.image = GpuImage::Own {
            family: "Ubuntu2004".into(),
            id: "ami-01234567".into()
        }),
        Err("image")
    );
    assert_eq!(
        refused(|p| p.pools[0].name = "basic-worker".to_owned()),
        Err("pools")
    );
    assert_eq!(
        refused(|p| p.pools[0].instance_type = "g6f.xlarge".to_owned()),
        Err("pools")
    );
    assert_eq!(refused(|p| p.pools[0].max_size = 0), Err("pools"));
    assert_eq!(refused(|p| p.admin_role = "a\nb".to_owned()), Err("admin_role"));
    assert_eq!(
        refused(|p| p.ssh_public_key = Some("a\"b".to_owned())),
        Err("ssh_public_key")
    );

    let blank = Preset::current(Edition::V1, "", own(""));
    let fields: Vec<_> = blank.errors().into_iter().map(|error| error.field).collect();
    assert_eq!(fields, ["account", "image"]);
}

#[test]
fn a_name_that_yaml_takes_for_something_else_is_quoted() {
    for (name, pool) in [("null", "y"), ("yes", "on"), ("true", "null")] {
        let mut preset = Preset::current(Edition::V2, ACCOUNT, GpuImage::Stock);
        preset.name = name.to_owned();
        preset.pools[0].name = pool.to_owned();
        let text = preset.yaml().unwrap();
        let mut problems = problems(&text);
        problems.retain(|problem| problem.severity == Severity::Error);
        assert_eq!(problems, [], "{name}, {pool}");
        assert_eq!(config(&text).metadata.name, name);
    }
}

proptest! {
    #[test]
    fn whatever_is_answered_is_refused_or_makes_a_config_without_errors(
        name in "\\PC{0,12}|[a-z][a-z0-9-]{1,70}",
        account in "[0-9]{12}|\\PC{0,14}",
        role in "\\PC{1,20}|[A-Za-z0-9+=,.@_/-]{1,20}",
        pool in "\\PC{1,20}|[A-Za-z][A-Za-z0-9-]{1,70}",
        image in "ami-[0-9a-f]{17}|\\PC{0,20}",
        max_size in 0_u32..1000,
        stock in any::<bool>(),
    ) {
        let image = if stock { GpuImage::Stock } else { own(&image) };
        let mut preset = Preset::current(Edition::V2, &account, image);
        preset.name = name;
        preset.admin_role = role;
        preset.pools[0].name = pool;
        preset.pools[0].max_size = max_size;
        if let Ok(text) = preset.yaml() {
            let mut problems = problems(&text);
            problems.retain(|problem| problem.severity == Severity::Error);
            prop_assert_eq!(problems, []);
        }
    }
}
