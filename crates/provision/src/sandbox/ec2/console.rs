//! What an instance shows on its serial console, and the key of its volumes.

use super::not_found;
use crate::{
    operations::ec2::{ConsoleOutput, GetConsoleOutput, GetEbsDefaultKmsKeyId, GetEbsEncryptionByDefault},
    sandbox::{Answer, ec2::instances::Machine, keys::AWS_VOLUME_KEY, world::World},
};
use base64::{Engine, engine::general_purpose::STANDARD};

impl World<'_> {
    /// A console holds what the system and its user data write. What the kubelet says goes to the journal and is not
    /// there.
    pub(super) fn get_console_output(&mut self, input: GetConsoleOutput) -> Answer<ConsoleOutput> {
        let id = &input.instance_id;
        let machine = self.region.machines.get(id);
        let machine = machine.ok_or_else(|| not_found("InvalidInstanceID.NotFound", id))?;
        Ok(ConsoleOutput {
            instance_id: id.clone(),
            output: (machine.shape.state.name != "pending").then(|| STANDARD.encode(console(machine))),
            timestamp: Some(self.now),
        })
    }

    pub(super) fn get_ebs_default_kms_key_id(&mut self, _: GetEbsDefaultKmsKeyId) -> Answer<String> {
        let own = self.facts.volume_key.clone();
        Ok(own.unwrap_or_else(|| AWS_VOLUME_KEY.to_owned()))
    }

    pub(super) fn get_ebs_encryption_by_default(&mut self, _: GetEbsEncryptionByDefault) -> Answer<bool> {
        Ok(self.facts.encrypts_volumes)
    }
}

fn console(machine: &Machine) -> String {
    let host = machine.shape.private_dns_name.as_deref().unwrap_or_default();
    let host = host.split('.').next().unwrap_or_default();
    let mut lines = vec![
        "[    0.000000] Linux version 6.12.0 (mockbuild@sandbox) #1 SMP PREEMPT_DYNAMIC".to_owned(),
        "[    0.000000] Command line: BOOT_IMAGE=/boot/vmlinuz root=/dev/nvme0n1p1 console=tty0 console=ttyS0,115200n8"
            .to_owned(),
        format!("[    4.103771] systemd[1]: Hostname set to <{host}>."),
        "[    8.212450] cloud-init[1571]: Cloud-init v. 22.2.2 running 'init'".to_owned(),
    ];
    // Kubelets have not tried yet: user data still runs.
    if machine.tries > 0 || machine.node.is_some() {
        let said = machine
            .shown
            .iter()
            .map(|line| format!("[   31.604127] cloud-init[1894]: {line}"));
        lines.extend(said);
        lines.push("[   32.018840] cloud-init[1894]: Cloud-init v. 22.2.2 finished".to_owned());
    }
    lines.push(format!("{host} login: "));
    lines.join("\r\n")
}
