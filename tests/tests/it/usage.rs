//! Command lines that cannot be understood, and help.

use insta::assert_snapshot;
use lb_tests::{Lb, transcript};

#[test]
fn an_unknown_word_leads_to_the_right_one() {
    let lb = Lb::new().unwrap();
    let lines = [
        "create cluster -f x.yaml",
        "delete leaderboard-20",
        "valdate x.yaml",
        "xyzzy",
        "validate x.yaml --strict",
        "validate x.yaml --select LB99",
        "validate",
        "validate x.yaml --format xml",
        "explain LB021x",
    ];
    let answers = lines.map(|line| lb.run(line).unwrap());
    assert!(
        answers.iter().all(|answer| answer.code == Some(2)),
        "{}",
        transcript(&answers)
    );
    assert_snapshot!(transcript(&answers));
}

#[test]
fn help_names_every_command() {
    assert_snapshot!(Lb::new().unwrap().run("--help").unwrap());
}

#[test]
fn help_fits_the_terminal() {
    let lb = Lb::new().unwrap();
    let help = lb.run("--help").unwrap().stdout;
    let commands = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .map_while(|line| line.strip_prefix("  ")?.split(' ').next());
    for command in commands {
        let answer = lb.run(&format!("{command} --help")).unwrap();
        assert_eq!(answer.code, Some(0), "{answer}");
        let wide = answer.stdout.lines().find(|line| line.chars().count() > 90);
        assert_eq!(wide, None, "lb {command} --help");
    }
}

#[test]
fn completions_are_written_for_every_shell() {
    let lb = Lb::new().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let answer = lb.run(&format!("completions {shell}")).unwrap();
        assert!(
            answer.code == Some(0) && answer.stdout.contains("validate"),
            "{answer}"
        );
    }
}

#[test]
fn every_command_has_a_page_in_the_manual() {
    let lb = Lb::new().unwrap();
    let pages = lb.run("man --into pages").unwrap();
    assert_eq!(pages.code, Some(0), "{pages}");
    let read = |name: &str| std::fs::read_to_string(lb.folder().join("pages").join(name)).unwrap_or_default();
    let help = lb.run("--help").unwrap().stdout;
    let named = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands: Vec<&str> = named
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(commands.len() > 12, "{help}");
    for command in commands {
        let page = read(&format!("lb-{command}.1"));
        assert!(page.contains(&format!(".TH lb-{command} 1")), "{command}: {page}");
        assert_eq!(page, lb.run(&format!("man {command}")).unwrap().stdout);
    }
    assert_eq!(read("lb.1"), lb.run("man").unwrap().stdout);
    let unknown = lb.run("man aply").unwrap();
    assert!(
        unknown.code == Some(2) && unknown.stderr.contains("`apply`"),
        "{unknown}"
    );
}
