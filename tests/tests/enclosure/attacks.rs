//! Images and user data that mean harm: this machine is not read beyond the image, nor changed.

use std::fs;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use super::boxed::{SERVER, boot, command, image, left, said, signalling, text};

/// A header of a tar and its content.
fn entry(name: &str, kind: u8, link: &str, mode: u32, content: &[u8]) -> Vec<u8> {
    let mut header = vec![0; 512];
    let mut put = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, &format!("{mode:07o}"));
    put(108, "0000000");
    put(116, "0000000");
    put(124, &format!("{:011o}", content.len()));
    put(136, "00000000000");
    put(148, "        ");
    put(157, link);
    put(257, "ustar\u{0}00");
    put(329, "0000010");
    put(337, "0000000");
    header[156] = kind;
    let sum: u32 = header.iter().map(|it| u32::from(*it)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header.extend(content);
    header.resize(header.len().next_multiple_of(512), 0);
    header
}

/// What becomes of an image of these entries.
fn with_image(folder: &TempDir, entries: &[Vec<u8>]) -> Output {
    let root = folder.path().join("image.tar");
    fs::write(&root, [entries.concat(), vec![0; 1024]].concat()).unwrap();
    let mut command = command(&root, folder, "#!/bin/sh\n", SERVER);
    command.env("XDG_CACHE_HOME", folder.path().join("cache")).output().unwrap()
}

#[test]
fn an_archive_is_unpacked_into_its_folder_and_nowhere_else() {
    if image().is_none() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let outside = folder.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::set_permissions(&outside, std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    fs::write(outside.join("mine"), "mine").unwrap();
    fs::set_permissions(outside.join("mine"), std::os::unix::fs::PermissionsExt::from_mode(0o666)).unwrap();
    let there = outside.display().to_string();
    let up = format!("..{}", "/..".repeat(12));
    let system = entry("usr/", b'5', "", 0o755, b"");
    for attack in [
        vec![entry(&format!("{up}{there}/dots"), b'0', "", 0o644, b"x")],
        vec![entry(&format!("{there}/absolute"), b'0', "", 0o644, b"x")],
        vec![entry("out", b'2', &there, 0o777, b""), entry("out/through", b'0', "", 0o644, b"x")],
        vec![
            entry("out", b'2', &format!("{up}{there}"), 0o777, b""),
            entry("out/relative", b'0', "", 0o644, b"x"),
        ],
        vec![entry("hard", b'1', &format!("{there}/mine"), 0o644, b""), entry("hard", b'0', "", 0o644, b"x")],
        vec![entry("soft", b'2', &format!("{there}/mine"), 0o777, b""), entry("soft", b'0', "", 0o644, b"x")],
    ] {
        with_image(&folder, &[std::slice::from_ref(&system), &attack].concat());
        let names: Vec<_> = outside.read_dir().unwrap().map(|it| it.unwrap().file_name()).collect();
        assert_eq!(names, ["mine"]);
        assert_eq!(fs::read_to_string(outside.join("mine")).unwrap(), "mine");
    }
}

#[test]
fn devices_of_an_archive_are_left_out() {
    if image().is_none() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let system = entry("usr/", b'5', "", 0o755, b"");
    let disk = entry("disk", b'4', "", 0o666, b"");
    let output = with_image(&folder, &[system, disk]);
    // There is no shell either.
    assert!(text(&output).contains("the user data could not be started"), "{}", text(&output));
    let images = folder.path().join("cache/cfn-rehearse/images");
    let unpacked = images.read_dir().unwrap().next().unwrap().unwrap().path();
    assert!(unpacked.join("usr").is_dir() && !unpacked.join("disk").exists());
}

#[test]
fn a_cache_that_is_anybodys_is_not_trusted() {
    if image().is_none() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let images = folder.path().join("cache/cfn-rehearse/images");
    fs::create_dir_all(&images).unwrap();
    fs::set_permissions(&images, std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    let output = with_image(&folder, &[entry("usr/", b'5', "", 0o755, b"")]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
    assert!(text(&output).contains("which others can write to: set XDG_CACHE_HOME"), "{}", text(&output));
}

/// The image with something else at these paths.
fn image_with(image: &Path, folder: &TempDir, removed: &[&str], entries: &[Vec<u8>]) -> std::path::PathBuf {
    let other = folder.path().join("image.tar");
    fs::copy(image, &other).unwrap();
    let status =
        Command::new("tar").arg("--delete").args(removed).arg("--file").arg(&other).status().unwrap();
    assert!(status.success());
    let more = folder.path().join("more.tar");
    fs::write(&more, [entries.concat(), vec![0; 1024]].concat()).unwrap();
    let status =
        Command::new("tar").arg("--concatenate").arg("--file").arg(&other).arg(&more).status().unwrap();
    assert!(status.success());
    other
}

#[test]
fn links_of_an_image_lead_nowhere_else() {
    let Some(image) = image() else { return };
    let images = TempDir::new().unwrap();
    let outside = images.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("mine"), "mine").unwrap();
    for path in [&outside, &outside.join("mine")] {
        fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    }
    let (there, mine) = (outside.display().to_string(), outside.join("mine").display().to_string());
    let link = |name: &str, to: &str| entry(name, b'2', to, 0o777, b"");
    let pipe = |name: &str| entry(name, b'6', "", 0o600, b"");
    let removed = [
        "./etc/hosts",
        "./etc/hostname",
        "./etc/resolv.conf",
        "./proc",
        "./sys",
        "./run",
        "./dev",
        "./opt",
        "./usr/bin/systemctl",
        "./usr/sbin/reboot",
        "./usr/local/share/ca-certificates",
    ];
    // Not all images have all of them.
    let list = Command::new("tar").arg("--list").arg("--file").arg(image).output().unwrap().stdout;
    let list = String::from_utf8(list).unwrap();
    let removed: Vec<_> =
        removed.into_iter().filter(|it| list.lines().any(|line| line.trim_end_matches('/') == *it)).collect();
    let other = image_with(
        image,
        &images,
        &removed,
        &[
            link("./etc/hosts", &mine),
            link("./etc/hostname", "../../../../../../../../../../../proc/self/root/etc/hostname"),
            link("./etc/resolv.conf", &mine),
            link("./proc", &there),
            link("./sys", &there),
            link("./run", &there),
            link("./dev", &there),
            link("./opt", &there),
            entry("./usr/bin/systemctl/", b'5', "", 0o755, b""),
            entry("./usr/bin/systemctl/inside", b'0', "", 0o644, b""),
            pipe("./usr/sbin/reboot"),
            entry("./usr/local/share/ca-certificates/", b'5', "", 0o755, b""),
            pipe("./usr/local/share/ca-certificates/cfn-rehearse.crt"),
            entry("./etc/pki/tls/certs/", b'5', "", 0o755, b""),
            link("./etc/pki/tls/certs/ca-bundle.crt", &mine),
            pipe("./etc/ssl/cert.pem"),
            link("./usr/lib/cacert.pem", "/dev/full"),
        ],
    );
    let folder = TempDir::new().unwrap();
    let output = command(&other, &folder, &signalling("systemctl daemon-reload"), SERVER)
        .env("XDG_CACHE_HOME", images.path().join("cache"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).contains("systemctl daemon-reload (stand-in)"), "{}", text(&output));
    let names: Vec<_> = outside.read_dir().unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(names, ["mine"]);
    assert_eq!(fs::read_to_string(outside.join("mine")).unwrap(), "mine");
}

#[test]
fn what_a_script_kills_is_its_own() {
    let Some(output) = boot(
        "#!/bin/bash\nsleep 1000 &\nkill -KILL -1\nkill -KILL 1\nexec /opt/aws/bin/cfn-signal -e 0 --stack rehearsal --resource Server --region eu-west-3\n",
        &[],
    ) else {
        return;
    };
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
}

#[test]
fn whoever_speaks_for_the_first_process_ends_the_boot() {
    let script = r#"#!/usr/bin/python3
import ctypes, os, socket
libc = ctypes.CDLL(None, use_errno=True)
first = libc.syscall(434, 1, 0)
stolen = libc.syscall(438, first, 0, 0)
print("stolen", stolen >= 0, flush=True)
if stolen >= 0:
    os.write(stolen, b"\xff" * 8)
import time
time.sleep(1000)
"#;
    let Some(output) = boot(script, &[]) else { return };
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(said(&output).contains(&"stolen True".to_owned()), "{}", text(&output));
}

#[test]
fn processes_without_end_come_to_one() {
    let script = "python3 - <<'END'
import os, time
end = time.monotonic() + 2
while time.monotonic() < end:
    try:
        os.fork()
    except OSError:
        time.sleep(0.01)
END";
    let Some(output) =
        boot(&signalling(&format!("{script}\ntrue")), &["--box-processes", "100", "--grace", "0"])
    else {
        return;
    };
    assert!(output.status.code().is_some_and(|it| it < 2), "{}", text(&output));
}

#[test]
fn sockets_and_keys_of_this_machine_are_not_there() {
    let Some(image) = image() else { return };
    let name = format!("of-this-machine-{}", std::process::id());
    let _listener = UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
    let script = format!(
        r#"#!/usr/bin/python3
import ctypes, os, resource, socket
try:
    socket.socket(socket.AF_UNIX).connect("\0{name}")
    print("reached")
except OSError as error:
    print("not reached:", error.strerror)
libc = ctypes.CDLL(None, use_errno=True)
key = libc.syscall(250, 10, ctypes.c_int(-3), b"user", b"{name}", 0)
print("key", key, "keys:", [line for line in open("/proc/keys") if "{name}" in line] if os.path.exists("/proc/keys") else [])
print("core", resource.getrlimit(resource.RLIMIT_CORE)[1], flush=True)
os.kill(os.getpid(), 11)
"#
    );
    let folder = TempDir::new().unwrap();
    let inner = command(image, &folder, &script, SERVER);
    // As a session of somebody's has it.
    let session = format!(
        "import ctypes, os, sys\nlibc = ctypes.CDLL(None)\nlibc.syscall(250, 1, None)\n\
         assert libc.syscall(248, b'user', b'{name}', b'secret', 6, ctypes.c_int(-3)) > 0\nos.execv(sys.argv[1], sys.argv[1:])\n"
    );
    let mut with_key = Command::new("python3");
    with_key.args(["-c", &session]).arg(inner.get_program()).args(inner.get_args()).env_clear();
    with_key.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    with_key.env("PATH", std::env::var_os("PATH").unwrap());
    let output = with_key.output().unwrap();
    let said = said(&output);
    assert!(said.contains(&"not reached: Connection refused".to_owned()), "{}", text(&output));
    if cfg!(target_arch = "x86_64") && Path::new("/proc/keys").exists() {
        assert!(said.contains(&"key -1 keys: []".to_owned()), "{}", text(&output));
    }
    assert!(said.contains(&"core 1".to_owned()), "{}", text(&output));
    assert_eq!(left(&folder), Vec::<String>::new());
}

#[test]
fn mounts_show_nothing_of_this_machine() {
    let script = r#"
        mkdir /m
        for kind in sysfs cgroup cgroup2 devtmpfs debugfs tracefs securityfs pstore configfs efivarfs hugetlbfs nfsd; do
            mount -t $kind none /m 2>/dev/null && echo "mounted $kind" && umount /m
            unshare --user --map-root-user --mount --pid --net --cgroup --fork sh -c "mount -t $kind none /m && echo nested $kind && find /m -name '*.slice' -o -name 'cfn-rehearse-*' -o -name memory.max; [ $kind != cgroup2 ] || [ -e /m/cgroup.type ] || echo of all" 2>/dev/null
        done
        for device in $(awk 'NR > 2 { print $4 }' /proc/partitions); do
            mknod /disk b $(awk -v name=$device '$4 == name { print $1, $2 }' /proc/partitions) 2>/dev/null && mount /disk /m 2>/dev/null && echo "mounted $device"
            rm -f /disk
        done
        unshare --user --map-root-user --mount --pid --fork sh -c 'mount -t proc none /m && ls -d /m/[0-9]* | wc -l' 2>/dev/null | grep -v '^[0-9]$' | sed 's/^/nested sees processes: /'
        umount -l /sys /dev /run /proc 2>/dev/null; ls -d /sys/class/dmi /dev/null 2>/dev/null; ls /sys /dev /run /proc | grep -v : | tr '\n' ' '; echo
        mount -t proc none /proc 2>/dev/null
        mount -t tmpfs none /m && (cd /m && exec sleep 1000) &
        echo done
        true"#;
    let Some(output) = boot(&signalling(script), &["--grace", "0"]) else { return };
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let said = said(&output);
    for line in &said {
        // Groups are of the box alone, and none of them says what it may take.
        assert!(
            !line.starts_with("mounted ") && !line.starts_with("nested sees") && !line.starts_with("/m/"),
            "{}",
            text(&output)
        );
        assert!(
            ["nested cgroup2", "nested sysfs"].contains(&line.as_str()) || !line.starts_with("nested"),
            "{}",
            text(&output)
        );
    }
    assert!(said.contains(&"done".to_owned()), "{}", text(&output));
    // Who may make no groups is in one with others.
    let user = Command::new("id").arg("-u").output().unwrap().stdout;
    assert!(user != b"0\n" || !said.contains(&"of all".to_owned()), "{}", text(&output));
}

#[test]
fn nothing_in_proc_and_sys_can_be_written_but_the_boxs_own() {
    let script = r#"python3 - <<'END'
import os
for top in "/proc", "/sys":
    for folder, folders, files in os.walk(top):
        if folder == "/proc":
            folders[:] = [it for it in folders if not it.isdigit() and it not in ("self", "thread-self")]
        for file in files:
            path = os.path.join(folder, file)
            if os.path.islink(path):
                continue
            try:
                os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
                print("open", path)
            except OSError:
                pass
END"#;
    let Some(output) = boot(&signalling(script), &[]) else { return };
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    // What is of a namespace of the box's own: its network, its names, its queues, its users. What waits for pressure is whoever's
    // opened it.
    let own = [
        "/proc/pressure/",
        "/proc/sys/net/",
        "/proc/sys/user/",
        "/proc/sys/fs/mqueue/",
        "/proc/sys/fs/binfmt_misc/",
        "/proc/sys/kernel/hostname",
        "/proc/sys/kernel/domainname",
        "/proc/sys/kernel/ns_last_pid",
        "/proc/sys/kernel/pid_max",
        "/proc/sys/kernel/msg",
        "/proc/sys/kernel/sem",
        "/proc/sys/kernel/shm",
        "/proc/sys/kernel/auto_msgmni",
    ];
    for path in said(&output).iter().filter_map(|it| it.strip_prefix("open ")) {
        assert!(own.iter().any(|it| path.starts_with(it)), "{path} can be written");
    }
}
