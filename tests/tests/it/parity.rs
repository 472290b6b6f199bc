//! What `lb` makes, beside what eksctl makes from the same file.

use lb_tests::{
    parity::{self, Verdict},
    shared,
};

#[test]
fn what_lb_makes_is_what_eksctl_makes() {
    let Some(folder) = shared::path("what_lb_makes_is_what_eksctl_makes", "conformance/eksctl") else {
        return;
    };
    let cases = parity::cases(&[folder]).unwrap();
    let mut equal = 0;
    for case in &cases {
        match parity::compare(case, None) {
            Ok(Verdict::Equal(report)) => {
                equal += 1;
                println!("left out: {}: {}", case.display(), report.left_out.join(", "));
            }
            Ok(Verdict::Refused(reasons)) => println!("refused: {}: {}", case.display(), reasons.join(", ")),
            other => panic!("{}: {other:#?}", case.display()),
        }
    }
    assert!(equal > 0, "every case is refused");
}
