//! What a box may take.

use super::boxed::{boot, said, signalling, text};

#[test]
fn a_disk_is_full_when_it_is() {
    let script = "head -c 100M /dev/zero >/big 2>/dev/null || echo full; [ $(stat -c %s /big) -lt 100000000 ] && rm /big && head -c 8M /dev/zero >/small";
    let Some(output) = boot(&signalling(script), &["--box-disk", "64M"]) else { return };
    // What signals is on the disk too.
    assert!(said(&output).contains(&"full".to_owned()), "{}", text(&output));
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let Some(output) = boot(&signalling(script), &["--box-disk", "unlimited"]) else { return };
    assert!(!said(&output).contains(&"full".to_owned()), "{}", text(&output));
}

/// What is in memory is measured by the box's, and not by the machine's.
#[test]
fn what_is_mounted_in_memory_has_a_size() {
    let script = "stat -f -c '%n %b*%S' /run /dev/shm | sed 's/\\*4096$/ pages/'";
    let Some(output) = boot(&signalling(script), &["--box-memory", "400M"]) else { return };
    for line in ["/run 20480 pages", "/dev/shm 51200 pages"] {
        assert!(said(&output).contains(&line.to_owned()), "{}", text(&output));
    }
}

#[test]
fn processes_are_counted() {
    let script = "python3 - <<'END'
import os, signal
children = []
try:
    while len(children) < 1000:
        child = os.fork()
        if child == 0:
            signal.pause()
        children.append(child)
except OSError as error:
    print('not more:', 50 < len(children) < 100)
for child in children:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
END";
    let Some(output) = boot(&signalling(script), &["--box-processes", "100"]) else { return };
    assert!(said(&output).contains(&"not more: True".to_owned()), "{}", text(&output));
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
}

#[test]
fn memory_comes_to_an_end() {
    let script = "python3 -c 'x = bytearray(600 << 20); print(\"had it\")'; echo $? | sed 's/^0$/all/'; true";
    let Some(output) = boot(&signalling(script), &["--box-memory", "300M"]) else { return };
    assert!(!said(&output).contains(&"had it".to_owned()), "{}", text(&output));
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
}
