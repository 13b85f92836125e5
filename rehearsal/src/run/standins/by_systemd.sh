#!/bin/sh
# What cfn-rehearse does in a box whose first process is the image's systemd: play PROGRAM, cloud-init, settle.

meeting=/run/cfn-rehearse

property() { systemctl show -p "$1" "$2" | sed -e 's/^[^=]*=//'; }

# The system goes down, and this process with it: that is no failure.
down() {
    echo reboot >$meeting/asked
    exec sleep 1000
}

# Waits until everything is started that is to be.
up() {
    while :; do
        case $(systemctl is-system-running --wait 2>/dev/null) in
            running | degraded | maintenance) return ;;
            stopping) down ;;
        esac
        sleep 0.1
    done
}

unless_down() {
    case $(systemctl is-system-running 2>/dev/null) in
        running | degraded | maintenance | starting | initializing) ;;
        *) down ;;
    esac
}

# Ends as the main process of a unit did.
end_as() {
    code=$(property ExecMainCode "$1") status=$(property ExecMainStatus "$1")
    case $code in
        2 | 3) kill "-$status" $$ ;;
        0) status=126 ;;
    esac
    exit "${status:-1}"
}

# Runs a program as cloud-init's last unit runs scripts, with the output of this process.
play() {
    up
    number=1
    while [ -e "/run/systemd/system/cfn-rehearse-user-data-$number.service" ]; do number=$((number + 1)); done
    unit=cfn-rehearse-user-data-$number.service
    # Pipes of the box's own, for it may not open those of this process. Who reads them is in no group that is waited for.
    apart=$(command -v setsid)
    for stream in 1 2; do
        mkfifo -m 600 "$meeting/$unit.$stream"
        $apart cat <"$meeting/$unit.$stream" >&$stream &
    done
    quoted=$(printf %s "$1" | sed -e 's/[\\"]/\\&/g' -e 's/%/%%/g' -e 's/\$/$$/g')
    cat >"/run/systemd/system/$unit" <<-END
	[Unit]
	Description=User data ($quoted)
	[Service]
	Type=oneshot
	RemainAfterExit=yes
	KillMode=process
	TasksMax=infinity
	TimeoutStartSec=infinity
	${INSTANCE_ID:+Environment=INSTANCE_ID=$INSTANCE_ID}
	StandardOutput=file:$meeting/$unit.1
	StandardError=file:$meeting/$unit.2
	ExecStart="$quoted"
	END
    systemctl daemon-reload
    # A shell of its own: some have what is redirected for a command themselves meanwhile.
    (systemctl start "$unit" >/dev/null 2>&1)
    unless_down
    end_as "$unit"
}

# Shows what cloud-init says, until it is done.
follow_cloud_init() {
    log=/var/log/cloud-init-output.log
    before=$(wc -c 2>/dev/null <$log)
    tail -c "+$((${before:-0} + 1))" -F $log 2>/dev/null &
    up
    # It looks for more once a second.
    sleep 1.2
    kill $!
    unless_down
    case $(property ActiveState cloud-final.service) in
        active | activating) exit 0 ;;
        failed) end_as cloud-final.service ;;
    esac
    echo 'cloud-init of this image did not run: its units are not enabled, or it takes this for no instance' >&2
    exit 1
}

# Whether a unit has processes that may yet signal: what a script left running, and what names a signal.
signals() {
    case $1 in
        cfn-rehearse-user-data-* | cloud-final.service)
            main=$(property ExecMainPID "$1")
            for process in $(cat "/sys/fs/cgroup$(property ControlGroup "$1")/cgroup.procs" 2>/dev/null); do
                # Its group stands third after its name. Daemons have one of their own.
                group=$(sed -e 's/.*) //' "/proc/$process/stat" 2>/dev/null | cut -d' ' -f3)
                [ "$group" != "$main" ] || return 0
            done
            return 1
            ;;
    esac
    # What is armed is due by the rehearsal's clock, which stands still while this waits.
    case $1 in cfn-signal-armed-*) return 1 ;; esac
    [ "$(property SubState "$1")" != exited ] || return 1
    file=$(property FragmentPath "$1")
    program=$(property ExecStart "$1" | sed -n -e 's/^{ path=\([^ ;]*\).*/\1/p' | head -n 1)
    case $program in */cfn-signal) return 0 ;; esac
    # A program that is no script says nothing by its words.
    head -c 2 "$program" 2>/dev/null | grep -q '#!' || program=
    grep -qiE 'cfn-signal|signal.?resource' ${file:+"$file"} ${program:+"$program"} /dev/null
}

# Waits until nothing that runs may yet signal.
settle() {
    up
    while :; do
        unless_down
        busy=
        for unit in $(systemctl list-units --type=service --state=running,start,start-pre,start-post,auto-restart,reload,exited \
            --no-legend --plain | cut -d' ' -f1); do
            if signals "$unit"; then
                busy=yes
                break
            fi
        done
        [ -n "$busy" ] || exit 0
        sleep 0.5
    done
}

case $1 in
    play) play "$2" ;;
    cloud-init) follow_cloud_init ;;
    settle) settle ;;
esac
