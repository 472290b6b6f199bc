//! Where a cluster lives in these tests: the sandbox, or an emulator.

use jiff::Timestamp;
use lb_model::document::Document;
use lb_provision::{given, sandbox::Facts};
use lb_tests::{
    Answer, Lb,
    emulators::{self, backend::Emulator},
};
use serde_json::Value;
use std::{path::Path, process::Command};

pub(crate) const EDITIONS: [&str; 2] = ["1.0", "2.0"];
/// A day on which the examples' Kubernetes version has standard support.
pub(crate) const TODAY: &str = "--today 2026-11-23";

pub(crate) fn example(edition: &str) -> String {
    let path = lb_tests::root().join(format!("examples/leaderboard-{edition}.yaml"));
    std::fs::read_to_string(path).unwrap()
}

/// The example with a larger pool, and with another label on the nodes of another.
pub(crate) fn changed(text: &str) -> String {
    let larger = text.replacen("    maxSize: 1\n", "    maxSize: 3\n", 1);
    let (before, after) = larger.rsplit_once("    labels:\n").unwrap();
    format!("{before}    labels:\n      tier: fast\n{after}")
}

/// The account that a file takes for given.
pub(crate) fn facts_of(text: &str) -> Facts {
    let start: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    given::facts(Document::parse(text.to_owned()).config(), start)
}

/// The account that both examples take for given.
pub(crate) fn facts() -> Facts {
    let [mut one, two] = EDITIONS.map(|edition| facts_of(&example(edition)));
    one.images.extend(two.images);
    one
}

/// The emulator, or nothing where it cannot be had; then a line says that `test` is skipped.
pub(crate) fn emulator(name: &str, test: &str) -> Option<Emulator> {
    if !lb_tests::with_aws() {
        println!("skipped: {test}: `lb` is built without AWS");
        return None;
    }
    Some(Emulator {
        name: name.to_owned(),
        programs: emulators::programs(test)?,
        account: env!("CARGO_BIN_EXE_account").into(),
    })
}

/// Where a cluster lives.
pub(crate) struct Home {
    pub(crate) lb: Lb,
    /// Flags of every command, and of those that write.
    flags: (&'static str, &'static str),
}

impl Home {
    pub(crate) fn sandbox() -> Self {
        Self {
            lb: Lb::new().unwrap(),
            flags: ("--sandbox", "--speed max"),
        }
    }

    pub(crate) fn emulator(environment: Vec<(String, String)>) -> Self {
        Self {
            lb: Lb::new().unwrap().environment(environment),
            flags: ("", ""),
        }
    }

    pub(crate) fn run(&self, line: &str) -> Answer {
        self.lb.run(&format!("{line} {}", self.flags.0)).unwrap()
    }

    /// Runs a command that must end well.
    pub(crate) fn well(&self, line: &str) -> Answer {
        let answer = self.run(line);
        assert_eq!(answer.code, Some(0), "{answer}");
        answer
    }

    pub(crate) fn apply(&self, text: &str) {
        self.lb.write("cluster.yaml", text).unwrap();
        self.well(&format!("apply cluster.yaml --yes {TODAY} {}", self.flags.1));
    }

    pub(crate) fn inventory(&self) -> Value {
        self.well("inventory cluster.yaml --format json").json().unwrap()
    }

    /// How many steps an apply of the same file still takes.
    pub(crate) fn left(&self) -> Value {
        let plan = self.well(&format!("plan cluster.yaml --format json {TODAY}"));
        plan.json().unwrap()["plan"]["steps"].clone()
    }

    /// Removes the cluster, and makes sure.
    pub(crate) fn destroy(&self) {
        self.well("destroy cluster.yaml --yes");
        assert_eq!(self.inventory()["objects"], Value::Array(Vec::new()));
    }

    /// What kubectl answers, with the kubeconfig that `lb apply` wrote and tokens that `lb token` makes.
    pub(crate) fn kubectl<'a>(
        &self,
        programs: &Path,
        arguments: impl IntoIterator<Item = &'a str>,
    ) -> String {
        let lb = self.lb.command([]);
        let environment = lb.get_envs().filter_map(|(name, value)| Some((name, value?)));
        let output = Command::new(programs.join("kubectl"))
            .args(arguments)
            .env_clear()
            .envs(environment)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}
