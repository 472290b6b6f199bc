//! A cluster's life on each emulator, through the SDK: made, left alone, changed, destroyed, and at each step the same
//! cluster as in the sandbox.

use crate::home::{EDITIONS, Home, changed, example, facts};
use lb_tests::{
    emulators::{backend::Backend, models},
    record::{self, Purpose},
};
use serde_json::Value;
use std::path::Path;

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

/// Fails if making the cluster, or looking at it again, took more calls than it may; prints them.
fn assert_few(home: &Home, edition: &str, text: &str) {
    let made = record::read(&home.lb.record()).unwrap();
    let calls = record::counts(&made);
    for (purpose, counts) in &calls {
        println!("{edition}, made, {purpose:?}:\n{counts}");
    }
    // Emulators know everything at once, so nothing has a reason to be sent again.
    let counted = [Purpose::Work, Purpose::Again]
        .iter()
        .filter_map(|purpose| calls.get(purpose));
    assert!(
        counted.map(record::Counts::total).sum::<usize>() <= 220,
        "{edition}"
    );
    assert_eq!(record::hurried(&made), Vec::<String>::new(), "{edition}");
    home.apply(text);
    let again = record::read(&home.lb.record()).unwrap();
    let again = record::counts(again.get(made.len()..).unwrap());
    let total: usize = again.values().map(record::Counts::total).sum();
    println!("{edition}, left alone: {total} calls");
    assert!(total <= 50, "{edition}: {again:?}");
}

/// The life of one edition; answers the requests that it took.
fn life(backend: &Backend, programs: &Path, edition: &str) -> String {
    let (sandbox, home) = (Home::sandbox(), Home::emulator(backend.environment()));
    let text = example(edition);
    for (step, text) in [("made", text.clone()), ("changed", changed(&text))] {
        sandbox.apply(&text);
        home.apply(&text);
        if step == "made" {
            assert_few(&home, edition, &text);
        }
        assert_same(
            &sandbox.inventory(),
            &home.inventory(),
            &format!("{edition} {step}"),
        );
        assert_eq!(home.left(), Value::Array(Vec::new()), "{edition} {step}");
    }
    let accounts = home.kubectl(
        programs,
        "get serviceaccounts --namespace kube-system --output name".split(' '),
    );
    for name in ["cluster-autoscaler", "fluentd"] {
        assert!(
            accounts.contains(&format!("serviceaccount/{name}\n")),
            "{accounts}"
        );
    }
    home.destroy();
    std::fs::read_to_string(home.lb.record()).unwrap()
}

/// Both editions side by side in one account; every request is valid by the services' models.
fn lives(emulator: &str, test: &str) {
    let Some(emulator) = crate::home::emulator(emulator, test) else {
        return;
    };
    let backend = emulator.start(facts(), "us-west-2", &[]).unwrap();
    let requests = std::thread::scope(|scope| {
        let (backend, programs) = (&backend, emulator.programs.as_path());
        let lives = EDITIONS.map(|edition| scope.spawn(move || life(backend, programs, edition)));
        lives.map(|life| {
            life.join().unwrap_or_else(|panic| {
                eprintln!("{} said last:\n{}", emulator.name, backend.said());
                std::panic::resume_unwind(panic)
            })
        })
    });
    assert_eq!(
        models::problems(&emulator.programs, &requests.concat()).unwrap(),
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
