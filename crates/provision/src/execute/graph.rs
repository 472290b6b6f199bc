//! One future over all ready steps: a step starts the moment everything that it needs is done.

use std::collections::BTreeMap;
use std::future::Future;

use futures_util::stream::{FuturesUnordered, StreamExt};

use super::Stop;

/// How a node of the graph ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End<E> {
    /// It ran and succeeded.
    Done,
    /// It ran and failed.
    Failed(E),
    /// It never started: something that it needs failed, or the run was stopped.
    NotStarted,
}

/// Runs every node as soon as all that it needs is done, all of them side by side.
///
/// `needs[i]` lists the nodes that must be done before node `i`. Nodes that become ready together start in their own
/// order, so a run is repeatable. When one fails, those that need it never start and all others go on to their end.
/// After `stop` no further node starts. A node on a circle, or one that needs a node that does not exist, never starts.
pub async fn run<E, F: Future<Output = Result<(), E>>>(
    needs: &[Vec<usize>],
    stop: &Stop,
    start: impl Fn(usize) -> F,
) -> Vec<End<E>> {
    let mut ends: Vec<End<E>> = needs.iter().map(|_| End::NotStarted).collect();
    let mut waits_for: Vec<usize> = needs.iter().map(Vec::len).collect();
    let mut needed_by: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (node, its_needs) in needs.iter().enumerate() {
        for &need in its_needs {
            needed_by.entry(need).or_default().push(node);
        }
    }
    let begin = |node: usize| {
        let running = start(node);
        async move { (node, running.await) }
    };
    let mut running: FuturesUnordered<_> = waits_for
        .iter()
        .enumerate()
        .filter(|(_, left)| **left == 0)
        .map(|(node, _)| begin(node))
        .collect();
    while let Some((node, result)) = running.next().await {
        let end = match result {
            Ok(()) => End::Done,
            Err(error) => End::Failed(error),
        };
        let done = matches!(end, End::Done);
        if let Some(slot) = ends.get_mut(node) {
            *slot = end;
        }
        if !done || stop.asked() {
            continue;
        }
        for &next in needed_by.get(&node).into_iter().flatten() {
            if let Some(left) = waits_for.get_mut(next) {
                *left -= 1;
                if *left == 0 {
                    running.push(begin(next));
                }
            }
        }
    }
    ends
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::Duration;

    use jiff::Timestamp;

    use super::*;
    use crate::clock::{Clock, VirtualClock};

    type Log = Mutex<Vec<String>>;

    fn run_with(
        needs: &[Vec<usize>],
        seconds: &[u64],
        fails: &[usize],
        stop_after: Option<usize>,
    ) -> (Vec<End<()>>, Vec<String>) {
        let clock = VirtualClock::new(Timestamp::UNIX_EPOCH);
        let log: Log = Mutex::default();
        let stop = Stop::new();
        let ends = clock
            .run(run(needs, &stop, |node| {
                let (clock, log, stop) = (&clock, &log, &stop);
                async move {
                    log.lock().unwrap().push(format!("+{node}"));
                    clock.sleep(Duration::from_secs(seconds[node])).await;
                    log.lock().unwrap().push(format!("-{node}"));
                    if stop_after == Some(node) {
                        stop.ask();
                    }
                    if fails.contains(&node) { Err(()) } else { Ok(()) }
                }
            }))
            .unwrap();
        (ends, log.into_inner().unwrap())
    }

    #[test]
    fn steps_overlap_and_wait_only_for_what_they_need() {
        let needs = [vec![], vec![], vec![0], vec![1, 2]];
        let (ends, log) = run_with(&needs, &[1, 5, 1, 1], &[], None);
        assert_eq!(ends, vec![End::Done; 4]);
        assert_eq!(log, ["+0", "+1", "-0", "+2", "-2", "-1", "+3", "-3"]);
    }

    #[test]
    fn siblings_of_a_failure_finish_and_what_needs_it_never_starts() {
        let needs = [vec![], vec![], vec![0], vec![1], vec![2, 3]];
        let (ends, _) = run_with(&needs, &[1, 2, 1, 1, 1], &[0], None);
        assert_eq!(
            ends,
            [
                End::Failed(()),
                End::Done,
                End::NotStarted,
                End::Done,
                End::NotStarted
            ]
        );
    }

    #[test]
    fn stopping_lets_running_steps_finish_and_starts_none() {
        let needs = [vec![], vec![], vec![0], vec![1]];
        let (ends, _) = run_with(&needs, &[1, 2, 1, 1], &[], Some(0));
        assert_eq!(ends, [End::Done, End::Done, End::NotStarted, End::NotStarted]);
    }

    #[test]
    fn a_circle_ends_instead_of_hanging() {
        let needs = [vec![1], vec![0], vec![], vec![9]];
        let (ends, _) = run_with(&needs, &[1, 1, 1, 1], &[], None);
        assert_eq!(
            ends,
            [End::NotStarted, End::NotStarted, End::Done, End::NotStarted]
        );
    }
}
