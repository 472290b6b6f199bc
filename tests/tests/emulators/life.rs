//! A cluster's life on each emulator, through the SDK: made, left alone, changed, destroyed, and at each step the same
//! cluster as in the sandbox.

use jiff::Timestamp;
use lb_model::document::Document;
use lb_provision::{given, sandbox::Facts};
use lb_tests::{
    Answer, Lb,
    emulators::{self, backend::Backend, models},
};
use serde_json::Value;
use std::{path::Path, process::Command};

const EDITIONS: [&str; 2] = ["1.0", "2.0"];
/// A day on which the examples' Kubernetes version has standard support.
const TODAY: &str = "--today 2026-11-23";

fn example(edition: &str) -> String {
    let path = lb_tests::root().join(format!("examples/leaderboard-{edition}.yaml"));
    std::fs::read_to_string(path).unwrap()
}

/// The example with a larger pool, and with another label on the nodes of another.
fn changed(text: &str) -> String {
    let larger = text.replacen("    maxSize: 1\n", "    maxSize: 3\n", 1);
    let (before, after) = larger.rsplit_once("    labels:\n").unwrap();
    format!("{before}    labels:\n      tier: fast\n{after}")
}

/// The account that both examples take for given.
fn facts() -> Facts {
    let start: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    let [mut one, two] =
        EDITIONS.map(|edition| given::facts(Document::parse(example(edition)).config(), start));
    one.images.extend(two.images);
    one
}

/// Where a cluster lives.
struct Home {
    lb: Lb,
    /// Flags of every command, and of those that write.
    flags: (&'static str, &'static str),
}

impl Home {
    fn sandbox() -> Self {
        Self {
            lb: Lb::new().unwrap(),
            flags: ("--sandbox", "--speed max"),
        }
    }

    fn emulator(backend: &Backend) -> Self {
        Self {
            lb: Lb::new().unwrap().environment(backend.environment()),
            flags: ("", ""),
        }
    }

    /// Runs a command that must end well.
    fn well(&self, line: &str) -> Answer {
        let answer = self.lb.run(&format!("{line} {}", self.flags.0)).unwrap();
        assert_eq!(answer.code, Some(0), "{answer}");
        answer
    }

    fn apply(&self, text: &str) {
        self.lb.write("cluster.yaml", text).unwrap();
        self.well(&format!("apply cluster.yaml --yes {TODAY} {}", self.flags.1));
    }

    fn inventory(&self) -> Value {
        self.well("inventory cluster.yaml --format json").json().unwrap()
    }

    /// How many steps an apply of the same file still takes.
    fn left(&self) -> Value {
        let plan = self.well(&format!("plan cluster.yaml --format json {TODAY}"));
        plan.json().unwrap()["plan"]["steps"].clone()
    }
}

/// Fails with the objects in which two inventories differ.
fn assert_same(expected: &Value, found: &Value, what: &str) {
    let only = |of: &Value, other: &Value| -> Vec<String> {
        let other = other["objects"].as_array().unwrap();
        let objects = of["objects"].as_array().unwrap().iter();
        objects
            .filter(|object| !other.contains(object))
            .map(Value::to_string)
            .collect()
    };
    let (missing, more) = (only(expected, found), only(found, expected));
    assert!(
        missing.is_empty() && more.is_empty(),
        "{what}:\nin the sandbox only:\n{}\nhere only:\n{}",
        missing.join("\n"),
        more.join("\n")
    );
}

/// kubectl, with the kubeconfig that `lb apply` wrote and tokens that `lb token` makes.
fn kubectl(home: &Home, programs: &Path, arguments: &str) -> String {
    let mut kubectl = Command::new(programs.join("kubectl"));
    let output = kubectl
        .args(arguments.split(' '))
        .env_clear()
        .env("HOME", home.lb.folder())
        .envs(
            home.lb
                .command([])
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The life of one edition; answers the requests that it took.
fn life(backend: &Backend, programs: &Path, edition: &str) -> String {
    let (sandbox, home) = (Home::sandbox(), Home::emulator(backend));
    let text = example(edition);
    for (step, text) in [("made", text.clone()), ("changed", changed(&text))] {
        sandbox.apply(&text);
        home.apply(&text);
        assert_same(
            &sandbox.inventory(),
            &home.inventory(),
            &format!("{edition} {step}"),
        );
        assert_eq!(home.left(), Value::Array(Vec::new()), "{edition} {step}");
    }
    let accounts = kubectl(
        &home,
        programs,
        "get serviceaccounts --namespace kube-system --output name",
    );
    for name in ["cluster-autoscaler", "fluentd"] {
        assert!(
            accounts.contains(&format!("serviceaccount/{name}\n")),
            "{accounts}"
        );
    }
    home.well("destroy cluster.yaml --yes");
    assert_eq!(home.inventory()["objects"], Value::Array(Vec::new()), "{edition}");
    std::fs::read_to_string(home.lb.record()).unwrap()
}

/// Both editions side by side in one account; every request is valid by the services' models.
fn lives(emulator: &str, test: &str) {
    if !lb_tests::with_aws() {
        println!("skipped: {test}: `lb` is built without AWS");
        return;
    }
    let Some(programs) = emulators::programs(test) else {
        return;
    };
    let account = Path::new(env!("CARGO_BIN_EXE_account"));
    let backend = Backend::start(emulator, &programs, account, facts()).unwrap();
    let requests = std::thread::scope(|scope| {
        let (backend, programs) = (&backend, programs.as_path());
        let lives = EDITIONS.map(|edition| scope.spawn(move || life(backend, programs, edition)));
        lives.map(|life| {
            life.join().unwrap_or_else(|panic| {
                eprintln!("{emulator} said last:\n{}", backend.said());
                std::panic::resume_unwind(panic)
            })
        })
    });
    assert_eq!(
        models::problems(&programs, &requests.concat()).unwrap(),
        Vec::<String>::new()
    );
}

#[test]
fn both_editions_live_on_moto() {
    lives("moto", "both_editions_live_on_moto");
}

#[test]
fn both_editions_live_on_ministack() {
    lives("ministack", "both_editions_live_on_ministack");
}
