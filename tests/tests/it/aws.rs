//! What `lb` says when there is no way to AWS, or something else stands there: one error that says what to do.

use jiff::{SignedDuration, Timestamp};
use lb_tests::{
    Answer, Lb,
    server::{Act, Request, Server},
};

const ACCOUNT: &str = "444455556666";

/// `lb` with credentials, talking to an endpoint. `None` where this build has no AWS.
fn run(lb: &Lb, endpoint: &str, line: &str) -> Option<Answer> {
    if !lb_tests::with_aws() {
        println!("skipped: `lb` is built without AWS");
        return None;
    }
    let mut command = lb.command(line.split_whitespace());
    command
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "secret");
    Some(lb.finish(line, command).unwrap())
}

/// The answer of `lb status` against a server that acts so.
fn status(act: impl Fn(&Request) -> Act + Send + Sync + 'static) -> Option<(Answer, Server)> {
    let (lb, server) = (Lb::new().unwrap(), Server::start(act).unwrap());
    let answer = run(&lb, &server.url, "status leaderboard-20 --region us-west-2")?;
    Some((answer, server))
}

fn caller(_: &Request) -> Act {
    let body = format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
         <Arn>arn:aws:iam::{ACCOUNT}:user/a</Arn><UserId>U</UserId><Account>{ACCOUNT}</Account>\
         </GetCallerIdentityResult></GetCallerIdentityResponse>"
    );
    Act::Answer(200, vec!["content-type: text/xml".into()], body)
}

fn refusal(code: &str, message: &str) -> Act {
    let body = format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>{code}</Code>\
         <Message>{message}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>"
    );
    Act::Answer(403, vec!["content-type: text/xml".into()], body)
}

/// One error, exit code 1, and these words in it.
fn says(answer: &Answer, words: &[&str]) {
    let errors = answer
        .stderr
        .lines()
        .filter(|line| line.starts_with("error:"))
        .count();
    assert!(
        answer.code == Some(1) && errors == 1 && answer.stdout.is_empty(),
        "{answer}"
    );
    for word in words {
        assert!(answer.stderr.contains(word), "`{word}` is not in {answer}");
    }
    assert!(!answer.stderr.contains("service error"), "{answer}");
}

#[test]
fn an_endpoint_where_nobody_listens_is_named() {
    let lb = Lb::new().unwrap();
    // Bound and let go: nobody else takes it in between.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let Some(answer) = run(
        &lb,
        &format!("http://127.0.0.1:{port}"),
        "status a --region us-west-2",
    ) else {
        return;
    };
    says(
        &answer,
        &[
            "cannot be reached",
            &format!("127.0.0.1:{port}"),
            "AWS_ENDPOINT_URL",
        ],
    );
}

#[test]
fn a_connection_that_is_cut_and_one_that_says_nothing_are_told() {
    for act in [Act::Hangup, Act::Silence] {
        let Some((answer, server)) = status(move |_| act.clone()) else {
            return;
        };
        says(
            &answer,
            &["cannot be reached", &server.url, "run the same command again"],
        );
        assert_eq!(server.requests().len(), 1, "a call is sent once");
    }
}

#[test]
fn a_web_page_is_not_taken_for_aws() {
    for code in [200, 403, 502] {
        let page = Act::Answer(
            code,
            vec!["content-type: text/html".into()],
            "<html>Sign in to the network".into(),
        );
        let Some((answer, _)) = status(move |_| page.clone()) else {
            return;
        };
        says(
            &answer,
            &["a web page", "Sign in to the network", "AWS_ENDPOINT_URL"],
        );
    }
}

#[test]
fn a_name_that_does_not_resolve_asks_for_the_region() {
    let lb = Lb::new().unwrap();
    let Some(answer) = run(
        &lb,
        "http://sts.mars-north-1.invalid",
        "status a --region mars-north-1",
    ) else {
        return;
    };
    says(&answer, &["`mars-north-1` a region"]);
}

#[test]
fn without_credentials_it_says_where_it_looked_and_how_to_get_some() {
    if !lb_tests::with_aws() {
        println!("skipped: `lb` is built without AWS");
        return;
    }
    for (environment, words) in [
        (("AWS_PROFILE", ""), "aws sso login"),
        (("AWS_PROFILE", "nobody"), "nobody"),
        (("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), "AWS_SECRET_ACCESS_KEY"),
    ] {
        let (lb, server) = (Lb::new().unwrap(), Server::start(caller).unwrap());
        let line = "status leaderboard-20 --region us-west-2";
        let mut command = lb.command(line.split_whitespace());
        command.env("AWS_ENDPOINT_URL", &server.url).envs([environment]);
        let answer = lb.finish(line, command).unwrap();
        says(&answer, &["there are no AWS credentials", words]);
        assert_eq!(server.requests().len(), 0, "nothing can be signed");
    }
}

#[test]
fn expired_credentials_are_loaded_once_more_and_then_named() {
    let Some((answer, server)) = status(|_| {
        refusal(
            "ExpiredToken",
            "The security token included in the request is expired",
        )
    }) else {
        return;
    };
    says(&answer, &["the AWS credentials have expired", "aws sso login"]);
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn an_unknown_key_and_a_region_that_is_not_enabled_are_told_apart() {
    let unknown = "The security token included in the request is invalid";
    let Some((answer, _)) = status(move |_| refusal("InvalidClientTokenId", unknown)) else {
        return;
    };
    says(
        &answer,
        &["AWS does not know the access key", "AWS_ACCESS_KEY_ID"],
    );
    let elsewhere = move |request: &Request| {
        if request.header("authorization").contains("/us-east-1/sts/") {
            caller(request)
        } else {
            refusal("InvalidClientTokenId", unknown)
        }
    };
    let Some((answer, _)) = status(elsewhere) else {
        return;
    };
    says(
        &answer,
        &["the region `us-west-2` is not enabled in account 444455556666"],
    );
}

#[test]
fn a_wrong_secret_is_not_sent_again() {
    let Some((answer, server)) =
        status(|_| refusal("SignatureDoesNotMatch", "The request signature does not match"))
    else {
        return;
    };
    says(&answer, &["AWS refuses the signature", "secret access key"]);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_clock_ten_minutes_off_is_corrected_from_the_first_refusal() {
    // AWS's clock is ten minutes ahead of this machine's.
    let aws_now = || {
        Timestamp::now()
            .checked_add(SignedDuration::from_mins(10))
            .unwrap()
    };
    let act = move |request: &Request| {
        let signed = request.header("x-amz-date").to_owned();
        let now = aws_now();
        let right = [0, 1, 2].iter().any(|ago| {
            let minute = now.checked_sub(SignedDuration::from_mins(*ago)).unwrap();
            signed.starts_with(&minute.strftime("%Y%m%dT%H%M").to_string())
        });
        let answer = match right {
            true => refusal("AccessDenied", "to end here"),
            false => refusal(
                "SignatureDoesNotMatch",
                "Signature expired: it is now earlier than",
            ),
        };
        let Act::Answer(status, mut headers, body) = answer else {
            return answer;
        };
        headers.push(format!("date: {}", now.strftime("%a, %d %b %Y %H:%M:%S GMT")));
        Act::Answer(status, headers, body)
    };
    let Some((answer, server)) = status(act) else {
        return;
    };
    says(&answer, &["to end here"]);
    assert_eq!(
        server.requests().len(),
        2,
        "the second request is signed with AWS's time"
    );
}

#[test]
fn credentials_of_another_account_than_the_file_s_end_it_before_any_call() {
    let (lb, server) = (Lb::new().unwrap(), Server::start(caller).unwrap());
    let text = std::fs::read_to_string(lb_tests::root().join("examples/leaderboard-2.0.yaml")).unwrap();
    lb.write("cluster.yaml", text).unwrap();
    for line in [
        "apply cluster.yaml --yes --today 2026-11-23",
        "plan cluster.yaml --today 2026-11-23",
    ] {
        let Some(answer) = run(&lb, &server.url, line) else {
            return;
        };
        says(
            &answer,
            &["the file is for account 111122223333, your credentials are for 444455556666"],
        );
    }
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.body.contains("GetCallerIdentity"))
    );
}
