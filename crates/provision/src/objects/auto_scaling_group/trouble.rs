//! What scaling activities and consoles tell of nodes that do not come.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;

use crate::operations::autoscaling::Activity;

/// Why a nodegroup that was waited for gets no node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoNode {
    /// One sentence.
    pub message: String,
    /// What AWS said, how often and since when.
    pub details: Vec<String>,
    /// What to do about it.
    pub next: String,
}

/// A refusal of machines.
pub(super) struct Refused {
    pub(super) node: NoNode,
    /// Whether waiting longer changes nothing.
    pub(super) is_final: bool,
}

/// An instance that has not joined.
pub(super) struct Started<'a> {
    pub(super) id: &'a str,
    pub(super) ran: Duration,
}

/// What AWS's words for a failed launch mean. EC2 gives codes, Auto Scaling mostly only sentences.
struct Meaning {
    /// Any of these is in the message.
    texts: &'static [&'static str],
    code: &'static str,
    /// Attempts after which waiting longer makes no sense.
    patience: usize,
    next: &'static str,
}

/// AWS's clock and ours may differ by so much.
const SLACK: Duration = Duration::from_secs(10);

const CAPACITY: &str = "InsufficientInstanceCapacity";

const MEANINGS: &[Meaning] = &[
    Meaning {
        texts: &[
            "UnfulfillableCapacity",
            "no Spot capacity available",
            "capacity-not-available",
        ],
        code: "UnfulfillableCapacity",
        patience: 3,
        next: "wait, let the group have more types, or take on-demand instances",
    },
    Meaning {
        texts: &[CAPACITY, "do not have sufficient"],
        code: CAPACITY,
        patience: 3,
        next: "wait, give the group another zone, or take another type",
    },
    Meaning {
        texts: &["MaxSpotInstanceCountExceeded", "Max spot instance count exceeded"],
        code: "MaxSpotInstanceCountExceeded",
        patience: 1,
        next: "ask AWS for a higher quota of spot vCPUs, or take on-demand instances",
    },
    Meaning {
        texts: &["VcpuLimitExceeded", "current vCPU limit"],
        code: "VcpuLimitExceeded",
        patience: 1,
        next: "ask AWS for a higher quota of vCPUs (`lb explain AC006`), or take another type",
    },
    Meaning {
        texts: &["Client.InternalError"],
        code: "Client.InternalError",
        patience: 2,
        next: "let Auto Scaling use the KMS key of the volumes (`lb explain AC008`), or take another key",
    },
    Meaning {
        texts: &["InvalidKMSKey"],
        code: "Client.InvalidKMSKey.InvalidState",
        patience: 1,
        next: "enable the KMS key of the volumes, or take another key",
    },
    Meaning {
        texts: &["is not supported in your requested Availability Zone"],
        code: "Unsupported",
        patience: 1,
        next: "take another type, or zones that offer it",
    },
];

/// Whatever else AWS says.
const OTHER: Meaning = Meaning {
    texts: &[],
    code: "",
    patience: 3,
    next: "mend what AWS names",
};

/// What a group's failed attempts since a moment mean: the newest of them decides, those like it are counted.
pub(super) fn of_activities(nodegroup: &str, activities: &[Activity], since: Timestamp) -> Option<Refused> {
    let mut failed: Vec<(&Activity, &str)> = activities
        .iter()
        .filter(|activity| crate::clock::after(activity.start_time, SLACK) >= since)
        .filter(|activity| matches!(activity.status_code.as_str(), "Failed" | "Cancelled"))
        .filter_map(|activity| Some((activity, activity.status_message.as_deref()?)))
        .collect();
    failed.sort_by_key(|(activity, _)| activity.start_time);
    let (newest, message) = failed.last()?;
    let meaning = meaning(message);
    let alike: Vec<&(&Activity, &str)> = failed
        .iter()
        .filter(|(_, other)| self::meaning(other).code == meaning.code)
        .collect();
    let times = attempts(&alike);
    let first = alike
        .first()
        .map_or(newest.start_time, |(activity, _)| activity.start_time);
    let why = match meaning.code {
        CAPACITY => capacity(&alike).unwrap_or_else(|| sentence(message)),
        _ => sentence(message),
    };
    let said = match meaning.code {
        "" => "this".to_owned(),
        code => format!("`{code}`"),
    };
    let times_said = match times {
        1 => "once".to_owned(),
        n => format!("{n} times"),
    };
    let node = NoNode {
        message: format!("no machine for `{nodegroup}`: {why}"),
        details: vec![format!(
            "AWS said {said} {times_said} since {} UTC (scaling activity {})",
            first.strftime("%H:%M"),
            newest.activity_id
        )],
        next: meaning.next.to_owned(),
    };
    Some(Refused {
        node,
        is_final: times >= meaning.patience,
    })
}

fn meaning(message: &str) -> &'static Meaning {
    let means = |meaning: &&Meaning| meaning.texts.iter().any(|text| message.contains(text));
    MEANINGS.iter().find(means).unwrap_or(&OTHER)
}

/// How often a group tried: what it was refused in one go, zone by zone, is one attempt.
fn attempts(failed: &[&(&Activity, &str)]) -> usize {
    let mut times: Vec<i64> = failed
        .iter()
        .map(|(activity, _)| activity.start_time.as_second())
        .collect();
    times.dedup_by(|next, last| *next - *last < 5);
    times.len()
}

/// `us-west-2a and us-west-2b have no g5.12xlarge to give`, out of EC2's sentences.
fn capacity(failed: &[&(&Activity, &str)]) -> Option<String> {
    let between = |text: &str, before: &str, after: &str| {
        let (_, rest) = text.split_once(before)?;
        Some(rest.split_once(after)?.0.to_owned())
    };
    let kind = failed
        .iter()
        .find_map(|(_, text)| between(text, "do not have sufficient ", " capacity"))?;
    let mut zones: Vec<String> = failed
        .iter()
        .filter_map(|(_, text)| between(text, "you requested (", ")"))
        .collect();
    zones.sort();
    zones.dedup();
    let (last, others) = zones.split_last()?;
    Some(if others.is_empty() {
        format!("{last} has no {kind} to give")
    } else {
        format!("{} and {last} have no {kind} to give", others.join(", "))
    })
}

/// AWS's own words, without what follows the first sentence, and in our case.
fn sentence(message: &str) -> String {
    let message = match message.split_once("Termination Reason: ") {
        Some((_, reason)) => reason,
        None => message,
    };
    let first = message
        .split(". ")
        .next()
        .unwrap_or(message)
        .trim_end_matches('.');
    let mut letters = first.chars();
    match (letters.next(), letters.clone().next()) {
        // `Client.InternalError` and the like stay as they are.
        (Some(first), Some(second)) if second.is_lowercase() && !message.starts_with("Client.") => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => first.to_owned(),
    }
}

/// What a console (base64) tells of an instance that has not joined.
pub(super) fn of_console(nodegroup: &str, started: &Started<'_>, console: &str) -> Option<NoNode> {
    let text = STANDARD.decode(console).ok()?;
    let complaint = complaint(&String::from_utf8_lossy(&text))?;
    let id = started.id;
    Some(NoNode {
        message: format!("`{id}` of `{nodegroup}` runs, but does not join: its console says `{complaint}`"),
        details: vec![format!(
            "it runs since {} min; the whole console: `aws ec2 get-console-output --instance-id {id} --output text`",
            started.ran.as_secs() / 60
        )],
        next: "mend the bootstrap of the nodegroup or what it calls".to_owned(),
    })
}

/// The last line that somebody who sets the node up complained in. The kernel complains about much that is well.
fn complaint(console: &str) -> Option<String> {
    const SPEAKERS: [&str; 4] = ["cloud-init[", "nodeadm[", "bootstrap", "kubelet["];
    const COMPLAINTS: [&str; 11] = [
        "error",
        "fatal",
        "failed",
        "denied",
        "not authorized",
        "could not",
        "cannot",
        "not found",
        "no such file",
        "timed out",
        "unauthorized",
    ];
    let complains = |line: &&str| {
        let lower = line.to_lowercase();
        SPEAKERS.iter().any(|speaker| line.contains(speaker))
            && COMPLAINTS.iter().any(|complaint| lower.contains(complaint))
    };
    let line = console.lines().rev().find(complains)?;
    // `[   31.604127] cloud-init[1894]: An error occurred ...`
    let said = line.split_once("]: ").map_or(line, |(_, said)| said).trim();
    Some(said.replace('`', "'").chars().take(300).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ICE: &str = "We currently do not have sufficient g5.12xlarge capacity in the Availability Zone you requested \
        (ZONE). Our system will be working on provisioning additional capacity. Launching EC2 instance failed.";

    fn activity(second: i64, status: &str, message: &str) -> Activity {
        Activity {
            activity_id: format!("activity-{second}"),
            start_time: Timestamp::from_second(second).unwrap(),
            status_code: status.to_owned(),
            status_message: Some(message.to_owned()),
            ..Activity::default()
        }
    }

    fn judged(activities: &[Activity]) -> (String, bool) {
        let refused = of_activities("gpu", activities, Timestamp::from_second(100).unwrap()).unwrap();
        (refused.node.message, refused.is_final)
    }

    #[test]
    fn capacity_is_named_by_zone_and_waited_for_a_while() {
        let ice = |second, zone| activity(second, "Failed", &ICE.replace("ZONE", zone));
        let mut all = vec![
            ice(50, "us-west-2z"),
            ice(101, "us-west-2b"),
            ice(102, "us-west-2a"),
        ];
        let both = "no machine for `gpu`: us-west-2a and us-west-2b have no g5.12xlarge to give";
        assert_eq!(judged(&all), (both.to_owned(), false));
        all.extend([ice(160, "us-west-2a"), ice(280, "us-west-2b")]);
        assert_eq!(judged(&all), (both.to_owned(), true));
        let refused = of_activities("gpu", &all, Timestamp::from_second(100).unwrap()).unwrap();
        assert_eq!(
            refused.node.details,
            [
                "AWS said `InsufficientInstanceCapacity` 3 times since 00:01 UTC (scaling activity activity-280)"
            ]
        );
        assert!(of_activities("gpu", &all, Timestamp::from_second(500).unwrap()).is_none());
    }

    #[test]
    fn what_does_not_pass_is_final_at_once() {
        let quota = "You have requested more vCPU capacity than your current vCPU limit of 0 allows for the instance \
            bucket that the specified instance type belongs to. Please visit http://x to request an adjustment.";
        assert_eq!(
            judged(&[activity(101, "Failed", quota)]),
            (
                "no machine for `gpu`: you have requested more vCPU capacity than your current vCPU limit of 0 allows for \
                 the instance bucket that the specified instance type belongs to"
                    .to_owned(),
                true
            )
        );
        let key = "Instance became unhealthy while waiting for instance to be in InService state. Termination Reason: \
            Client.InternalError: Client error on launch";
        let twice = [activity(101, "Cancelled", key), activity(161, "Cancelled", key)];
        let message = "no machine for `gpu`: Client.InternalError: Client error on launch".to_owned();
        assert_eq!(judged(&twice[..1]), (message.clone(), false));
        assert_eq!(judged(&twice), (message, true));
        assert!(judged(&[activity(101, "Failed", "Max spot instance count exceeded")]).1);
        assert!(
            !judged(&[activity(
                101,
                "Failed",
                "There is no Spot capacity available that matches your request."
            )])
            .1
        );
    }

    #[test]
    fn a_console_is_read_for_those_who_set_the_node_up() {
        let console = |lines: &str| STANDARD.encode(lines);
        let started = Started {
            id: "i-1",
            ran: Duration::from_secs(150),
        };
        let said = |lines: &str| of_console("gpu", &started, &console(lines)).map(|node| node.message);
        let answer = "[   31.6] cloud-init[1894]: An error occurred (ResourceNotFoundException) when calling the \
            DescribeCluster operation: No cluster found for name: x.\r\nip-1 login: ";
        assert_eq!(
            said(answer).unwrap(),
            "`i-1` of `gpu` runs, but does not join: its console says `An error occurred (ResourceNotFoundException) \
             when calling the DescribeCluster operation: No cluster found for name: x.`"
        );
        assert_eq!(said("[    0.1] ACPI: error -2 in method\nlogin:"), None);
        assert_eq!(
            of_console("gpu", &started, "not base64").map(|node| node.message),
            None
        );
    }
}
