//! What boot scripts do, and how a call of `bootstrap.sh` gets eksctl's arguments.

use crate::shell;

/// The script with eksctl's arguments in its call of `bootstrap.sh`; `None` if they are there, or there is no call on a
/// line of its own.
pub(super) fn with_arguments(script: &str) -> Option<String> {
    const ARGUMENTS: &str = " --kubelet-extra-args \"${KUBELET_EXTRA_ARGS}\"";
    const SOURCE: &str = "source /var/lib/cloud/scripts/eksctl/bootstrap.helper.sh\n";
    let commands = shell::commands(script);
    let call = commands
        .iter()
        .find(|command| command.program().is_some_and(|(name, _)| name == "bootstrap.sh"))
        // A script inside has its own quoting, which more quotes cannot be put into blindly.
        .filter(|call| !call.is_inner)?;
    let words: Vec<&shell::Word> = call.words.iter().collect();
    if words.iter().any(|word| word.text == "--kubelet-extra-args") {
        return None;
    }
    let (first, last) = (words.first()?.range(), words.last()?.range());
    let line = script.get(..first.start)?.rfind('\n').map_or(0, |end| end + 1);
    let leads = script.get(line..first.start)?.trim().is_empty();
    let behind = script.get(last.end..)?;
    let ends = behind.is_empty() || behind.starts_with(['\n', ' ', ';', '&', '|']);
    (leads && ends).then(|| {
        let (before, call) = (
            script.get(..line).unwrap_or_default(),
            script.get(line..last.end).unwrap_or_default(),
        );
        [before, SOURCE, call, ARGUMENTS, behind].concat()
    })
}

/// Whether a script does nothing but join the cluster and make NVIDIA's runtime the default.
pub(super) fn only_boots(script: &str) -> bool {
    shell::commands(script).iter().all(|command| {
        let settings = |text: &str| text.contains("containerd/config.toml");
        match command.program() {
            None => true,
            Some(("bootstrap.sh" | "nvidia-ctk" | "set", _)) => true,
            Some(("source" | ".", [file, ..])) => file.text.contains("eksctl"),
            Some(("sh" | "bash", arguments)) => arguments.iter().any(|word| settings(&word.text)),
            Some(("systemctl", arguments)) => arguments.iter().all(|word| {
                ["restart", "containerd", "containerd.service", "daemon-reload"].contains(&word.text.as_str())
            }),
            Some(("echo" | "cat" | "printf" | "tee", arguments)) => {
                let targets = command.redirects.iter().map(|redirect| &redirect.target);
                targets.chain(arguments).any(|word| settings(&word.text))
            }
            Some(_) => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_that_do_more_keep_everything_but_the_call() {
        let more = "#!/bin/bash\nmount /dev/nvme1n1 /data\n/etc/eks/bootstrap.sh leaderboard-20\nsystemctl restart x\n";
        assert!(!only_boots(more));
        assert_eq!(
            with_arguments(more).unwrap(),
            "#!/bin/bash\nmount /dev/nvme1n1 /data\nsource /var/lib/cloud/scripts/eksctl/bootstrap.helper.sh\n\
             /etc/eks/bootstrap.sh leaderboard-20 --kubelet-extra-args \"${KUBELET_EXTRA_ARGS}\"\nsystemctl restart x\n"
        );
        assert_eq!(with_arguments("bootstrap.sh a --kubelet-extra-args --x"), None);
        assert_eq!(with_arguments("sudo bash -c \"bootstrap.sh a\""), None);
    }
}
