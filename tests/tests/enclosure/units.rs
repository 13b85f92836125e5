//! `systemctl` where no systemd runs.

use super::boxed::{boot, said, signalling, text};

/// Runs a script beside units, and gives what it said.
fn with_units(script: &str) -> Option<Vec<String>> {
    let units = r#"
        unit() { cat >"/etc/systemd/system/$1"; }
        unit once.service <<'END'
[Unit]
Description=Something
[Service]
Type=oneshot
Environment="GREETING=good day" WHO=$me
EnvironmentFile=-/etc/none
EnvironmentFile=/etc/some
WorkingDirectory=/var
ExecStartPre=-/bin/false
ExecStart=/bin/sh -c 'echo "$GREETING" "$WHO" "$SOME" %n "$PWD" "$USER" >>/ran'
ExecStart=/bin/sh \
    -c 'id -un >>/ran'
User=daemon
[Install]
WantedBy=multi-user.target
END
        unit bad.service <<'END'
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'exit 7'
END
        unit daemon.service <<'END'
[Service]
ExecStart=/bin/sleep 1000
END
        unit of@.service <<'END'
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'echo instance %i >>/ran'
RemainAfterExit=yes
END
        echo SOME='"a thing"' >/etc/some
        touch /ran; chmod 666 /ran
    "#;
    let output = boot(&signalling(&format!("{units}\n{script}")), &[])?;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    Some(said(&output))
}

#[test]
fn a_unit_starts_what_it_says() {
    let Some(said) = with_units(
        "set -e; systemctl daemon-reload; systemctl start once; systemctl start of@x.service; systemctl is-active of@x; cat /ran",
    ) else {
        return;
    };
    let expected = ["active", "good day $me a thing once.service /var daemon", "daemon", "instance x"];
    assert_eq!(said, expected);
}

#[test]
fn a_unit_that_fails_or_is_none_is_an_error() {
    let Some(said) = with_units(
        "systemctl start bad; echo $?; systemctl is-failed bad; systemctl is-active --quiet bad; echo $?
         systemctl start none; echo $?; systemctl enable none; echo $?; systemctl is-active none; echo $?; true",
    ) else {
        return;
    };
    let expected = [
        "Job for bad.service failed because the control process exited with error code.",
        "1",
        "failed",
        "3",
        "Failed to start none.service: Unit none.service not found.",
        "5",
        "Failed to enable unit: Unit file none.service does not exist.",
        "1",
        "inactive",
        "4",
    ];
    let mut sorted = (said, expected.map(str::to_owned).to_vec());
    // The two streams of a script are not in one order.
    sorted.0.sort();
    sorted.1.sort();
    assert_eq!(sorted.0, sorted.1);
}

#[test]
fn a_daemon_runs_until_it_is_stopped() {
    let Some(said) = with_units(
        "set -e; systemctl enable --now daemon 2>/dev/null; systemctl is-active daemon; systemctl is-enabled daemon
         process=$(systemctl show -p MainPID daemon); kill -0 ${process#*=}
         systemctl restart daemon; systemctl is-active daemon; [ $(systemctl show -p MainPID daemon) != $process ]
         systemctl stop daemon; systemctl is-active daemon || echo $?; systemctl disable daemon; systemctl is-enabled daemon || echo $?",
    ) else {
        return;
    };
    assert_eq!(said, ["active", "enabled", "active", "inactive", "3", "disabled", "1"]);
}

#[test]
fn what_a_unit_signals_is_waited_for() {
    let script = "#!/bin/sh
cat >/etc/systemd/system/app.service <<END
[Service]
ExecStart=/usr/local/bin/app
END
cat >/usr/local/bin/app <<END
#!/bin/sh
sleep 2
/opt/aws/bin/cfn-signal -e 0 --stack rehearsal --resource Server --region eu-west-3
END
chmod +x /usr/local/bin/app
systemctl start app
";
    let Some(output) = boot(script, &[]) else { return };
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(
        text(&output).contains("systemctl start app.service: /usr/local/bin/app (stand-in)"),
        "{}",
        text(&output)
    );
}
