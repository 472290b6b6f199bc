use super::*;
use crate::operations::{Operation, ec2};

fn vpc() -> Request {
    ec2::CreateVpc {
        cidr_block: "10.0.0.0/16".into(),
        ..ec2::CreateVpc::default()
    }
    .request()
}

fn vpcs(store: &Store, now: Timestamp) -> usize {
    let (answer, _) = store
        .call("us-west-2", now, ec2::DescribeVpcs::default().request())
        .unwrap();
    ec2::DescribeVpcs::reply(answer.unwrap()).unwrap().len()
}

fn facts() -> Facts {
    Facts {
        start: "2026-11-23T12:00:00Z".parse().unwrap(),
        ..Facts::default()
    }
}

fn later(seconds: i64) -> Timestamp {
    Timestamp::from_second(facts().start.as_second() + seconds).unwrap()
}

#[test]
fn two_processes_see_each_others_calls() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/account.json");
    let (one, two) = (Store::new(&path), Store::new(&path));
    assert!(matches!(
        one.call("us-west-2", later(0), vpc()),
        Err(StoreError::Missing { .. })
    ));
    assert!(one.create(facts).unwrap());
    assert!(!two.create(|| panic!("it exists")).unwrap());
    one.call("us-west-2", later(1), vpc()).unwrap().0.unwrap();
    two.call("us-west-2", later(2), vpc()).unwrap().0.unwrap();
    assert_eq!((vpcs(&one, later(60)), vpcs(&two, later(60))), (2, 2));
    let at_once: Vec<_> = (0..4)
        .map(|n| {
            let path = path.clone();
            std::thread::spawn(move || {
                Store::new(path)
                    .call("eu-west-1", later(70 + n), vpc())
                    .unwrap()
                    .0
                    .is_ok()
            })
        })
        .collect();
    assert!(at_once.into_iter().all(|thread| thread.join().unwrap()));
    let all = ec2::DescribeVpcs::default().request();
    let found = one.call("eu-west-1", later(200), all).unwrap().0.unwrap();
    assert_eq!(ec2::DescribeVpcs::reply(found).unwrap().len(), 4);
}

#[test]
fn the_clock_stands_still_between_commands_and_never_goes_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("account.json");
    let store = Store::new(&path);
    store.create(facts).unwrap();
    store.pass(later(90)).unwrap();
    let now = || Store::new(&path).read(Account::now).unwrap();
    assert_eq!(now(), Some(later(90)));
    store.pass_to("2026-11-23".parse().unwrap()).unwrap();
    assert_eq!(now(), Some(later(90)));
    let earlier = store.pass_to("2026-11-22".parse().unwrap()).unwrap_err();
    assert!(earlier.to_string().contains("2026-11-23") && earlier.to_string().contains("account.json"));
    store.pass_to("2027-01-01".parse().unwrap()).unwrap();
    assert_eq!(
        now().map(|now| now.to_string()).as_deref(),
        Some("2027-01-01T00:00:00Z")
    );
}

#[test]
fn a_file_that_is_broken_or_of_a_newer_format_is_named_and_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("account.json");
    let whole = {
        Store::new(&path).create(facts).unwrap();
        fs::read_to_string(&path).unwrap()
    };
    let newer = whole.replacen("\"lb_sandbox\":1", "\"lb_sandbox\":2", 1);
    let long = "x".repeat(100_000);
    for (text, word) in [
        ("", "no header"),
        ("{}", "no header"),
        ("metadata:\n  name: lb\n", "no header"),
        (long.as_str(), "no header"),
        (whole.get(..whole.len() / 2).unwrap(), "no sandbox account"),
        (newer.as_str(), "newer"),
    ] {
        fs::write(&path, text).unwrap();
        let store = Store::new(&path);
        for error in [
            store.create(facts).map(|_| ()).unwrap_err(),
            store.read(|_| ()).map(|_| ()).unwrap_err(),
            store.call("us-west-2", later(1), vpc()).map(|_| ()).unwrap_err(),
        ] {
            let message = error.to_string();
            assert!(
                message.contains(word) && message.contains("account.json"),
                "{message}"
            );
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(matches!(
        Store::new(&path).create(facts),
        Err(StoreError::Io { .. })
    ));
}
