use super::own_path;

#[test]
fn the_group_of_this_process_is_the_hierarchys() {
    let v1 = "4:memory:/user.slice\n3:cpu,cpuacct:/a:b\n1:name=systemd:/c\n0::/d\n";
    assert_eq!(own_path(v1, "memory"), "/user.slice");
    assert_eq!(own_path(v1, "cpuacct"), "/a:b");
    assert_eq!(own_path(v1, "pids"), "/");
    assert_eq!(own_path("0::/user.slice/session.scope\n", ""), "/user.slice/session.scope");
}
