#!/bin/sh
# systemctl where no systemd runs: in a box of cfn-rehearse. It starts what a unit starts, and says so.

meeting=/run/cfn-rehearse
units=$meeting/units
enabled=/var/lib/cfn-rehearse/enabled
folders='/etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system /lib/systemd/system'

say() { printf '%s\n' "systemctl $* (stand-in)" >>$meeting/calls; }

fail() {
    printf '%s\n' "$1" >&2
    exit "$2"
}

# The name with its kind.
named() {
    case $1 in
        *.service | *.target | *.socket | *.timer | *.path | *.mount | *.slice | *.scope) name=$1 ;;
        *) name=$1.service ;;
    esac
}

# The file of $name: its own, or that of its template.
find_file() {
    file= instance=
    for candidate in "$name" "${name%%@*}@.${name##*.}"; do
        for folder in $folders; do
            if [ -e "$folder/$candidate" ]; then
                file=$folder/$candidate
                case $name in *@?*.*) instance=${name#*@} instance=${instance%.*} ;; esac
                return 0
            fi
        done
        case $name in *@*) ;; *) return 1 ;; esac
    done
    return 1
}

# Lines of the file and what is dropped into it, each whole.
lines() {
    for folder in $folders; do
        for dropped in "$folder/$name.d"/*.conf; do
            [ -e "$dropped" ] && set -- "$@" "$dropped"
        done
    done
    for one in "$file" "$@"; do
        sed -e ':a' -e '/\\$/N' -e 's/\\\n/ /' -e 'ta' "$one"
        echo
    done
}

# The values of a key, one a line; an empty one takes back those before it.
values() {
    lines | sed -n -e "s/^[ 	]*$1[ 	]*=[ 	]*//p" -e t | {
        all=
        while IFS= read -r value; do
            if [ -z "$value" ]; then all=; else
                all="$all$value
"
            fi
        done
        printf %s "$all" | sed -e "s|%i|$instance|g" -e "s|%I|$instance|g" -e "s|%n|$name|g" -e "s|%N|${name%.*}|g" \
            -e "s|%p|${name%%[@.]*}|g" -e "s|%H|$(uname -n)|g" -e 's|%t|/run|g' -e 's|%S|/var/lib|g' -e 's|%h|/root|g' -e 's|%%|%|g'
    }
}

value() { values "$1" | tail -n 1; }

# The environment that a unit asks for, and its folder.
surround() {
    unset HOME USER LOGNAME SHELL INSTANCE_ID
    export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin LANG="${LANG:-C.UTF-8}"
    while IFS= read -r assignments; do
        [ -n "$assignments" ] && eval "export $(printf %s "$assignments" | sed -e 's/[$`]/\\&/g')"
    done <<-END
	$(values Environment)
	END
    while IFS= read -r from; do
        from=${from#-}
        [ -r "$from" ] || continue
        while IFS= read -r setting || [ -n "$setting" ]; do
            case $setting in
                '' | '#'* | ';'*) ;;
                *=*) eval "export $(printf %s "${setting%%=*}")=\$(printf %s \"\${setting#*=}\" | sed -e 's/^[\"'\'']\\(.*\\)[\"'\'']\$/\\1/')" ;;
            esac
        done <"$from"
    done <<-END
	$(values EnvironmentFile)
	END
    folder=$(value WorkingDirectory)
    folder=${folder#-}
    [ "$folder" = '~' ] && folder=/root
    cd "${folder:-/}" || exit 200
    for one in $(values RuntimeDirectory); do mkdir -p "/run/$one"; done
    for one in $(values StateDirectory); do mkdir -p "/var/lib/$one"; done
    user=$(value User)
}

# A command as its unit has it, in place of this shell.
become() {
    command=$1
    while :; do
        case $command in [-@:+!]*) command=${command#?} ;; *) break ;; esac
    done
    if [ -n "$user" ] && [ "$user" != root ] && [ "$user" != 0 ]; then
        [ -d "/run/$(value RuntimeDirectory)" ] && chown "$user" $(values RuntimeDirectory | sed 's|^|/run/|') 2>/dev/null
        exec su -s /bin/sh "$user" -c "exec $command"
    fi
    exec /bin/sh -c "exec $command"
}

# Each of the commands of a key; the first that fails ends it, unless it may.
each() {
    status=0
    while IFS= read -r line; do
        [ -n "$line" ] || continue
        (surround && become "$line") </dev/null >>"$log" 2>&1 || {
            status=$?
            case $line in -*) status=0 ;; *) return $status ;; esac
        }
    done <<-END
	$(values "$1")
	END
    return $status
}

is_active() {
    case $(cat "$units/$name/state" 2>/dev/null) in
        running) kill -0 "$(cat "$units/$name/pid")" 2>/dev/null ;;
        active) ;;
        *) return 1 ;;
    esac
}

state() {
    mkdir -p "$units/$name"
    printf '%s\n' "$1" >"$units/$name/state"
}

start() {
    is_active && return 0
    case $name in
        *.service) ;;
        *)
            say "start $name: only services are started"
            return 0
            ;;
    esac
    log=/var/log/cfn-rehearse-${name%.service}.log
    kind=$(value Type)
    what=$(values ExecStart | head -n 1)
    say "start $name: ${what:-nothing to start}"
    if ! each ExecStartPre; then
        state failed
        return 1
    fi
    case ${kind:-simple} in
        oneshot | forking)
            if ! each ExecStart; then
                state failed
                return 1
            fi
            from=$(value PIDFile)
            if [ -n "$from" ] && [ -r "$from" ]; then
                state running
                cp "$from" "$units/$name/pid"
            elif [ "$kind" = forking ]; then
                state active
            else
                case $(value RemainAfterExit) in yes | true | 1 | on) state active ;; *) state inactive ;; esac
            fi
            ;;
        *)
            [ -n "$what" ] || fail "Failed to start $name: Unit $name has a bad unit setting." 1
            # What signals is waited for, as what a script leaves running is; a daemon, which is none of that, is not.
            script=${what#[-@:+!]} script=${script%% *}
            apart=$(command -v setsid)
            if grep -qiE 'cfn-signal|signal.?resource' "$file" "$script" 2>/dev/null; then apart=; fi
            # shellcheck disable=SC2086
            $apart /bin/sh "$0" --cfn-rehearse-become "$name" "$what" </dev/null >>"$log" 2>&1 &
            state running
            printf '%s\n' "$!" >"$units/$name/pid"
            ;;
    esac
    each ExecStartPost || {
        stop
        state failed
        return 1
    }
}

stop() {
    is_active || return 0
    log=/var/log/cfn-rehearse-${name%.service}.log
    say "stop $name"
    process=$(cat "$units/$name/pid" 2>/dev/null)
    export MAINPID="$process"
    each ExecStop
    if [ -n "$process" ] && kill "$process" 2>/dev/null; then
        for _ in 1 2 3 4 5 6 7 8 9 10; do
            kill -0 "$process" 2>/dev/null || break
            sleep 0.2
        done
        kill -9 "$process" 2>/dev/null
    fi
    each ExecStopPost
    state inactive
}

is_enabled() { grep -qxF "$name" "$enabled" 2>/dev/null || ls /etc/systemd/system/*.wants/"$name" >/dev/null 2>&1; }

enable() {
    mkdir -p "${enabled%/*}"
    for target in $(values WantedBy) $(values RequiredBy); do
        mkdir -p "/etc/systemd/system/$target.wants"
        ln -sf "$file" "/etc/systemd/system/$target.wants/$name"
        echo "Created symlink /etc/systemd/system/$target.wants/$name -> $file." >&2
    done
    grep -qxF "$name" "$enabled" 2>/dev/null || printf '%s\n' "$name" >>"$enabled"
    say "enable $name: it starts at the next boot"
}

disable() {
    rm -f /etc/systemd/system/*.wants/"$name"
    if [ -e "$enabled" ]; then
        grep -vxF "$name" "$enabled" >"$enabled.new"
        mv "$enabled.new" "$enabled"
    fi
    say "disable $name"
}

go_down() {
    say "$1"
    sync
    printf '%s\n' "$2" >$meeting/asked
}

if [ "$1" = --cfn-rehearse-become ]; then
    named "$2"
    find_file && surround && become "$3"
    exit 203
fi

verb= now= quiet= wanted= count=$#
while [ "$count" -gt 0 ]; do
    word=$1 count=$((count - 1))
    shift
    case $word in
        --now) now=yes ;;
        -q | --quiet) quiet=yes ;;
        --user | --user=*) fail 'systemctl --user: no user manager runs in this box' 1 ;;
        -p | --property) wanted=$1 count=$((count - 1)) && shift ;;
        -p*) wanted=${word#-p} ;;
        --property=*) wanted=${word#*=} ;;
        -t | -n | -o | -s | -H | -M | --type | --lines | --output | --signal | --state)
            [ "$count" -gt 0 ] && count=$((count - 1)) && shift
            ;;
        --version)
            echo 'systemd 0 (a stand-in of cfn-rehearse)'
            exit 0
            ;;
        -*) ;;
        *) if [ -z "$verb" ]; then verb=$word; else set -- "$@" "$word"; fi ;;
    esac
done

case $verb in
    --*) ;;
    reboot | kexec | soft-reboot) go_down "$verb" reboot && exit ;;
    halt | poweroff) go_down "$verb" halt && exit ;;
    '' | list-*) exit 0 ;;
    is-system-running) echo running && exit ;;
    get-default) echo multi-user.target && exit ;;
    daemon-reload | daemon-reexec | reset-failed | mask | unmask | preset | preset-all | set-default | isolate | default | rescue | link | edit | set-property | import-environment | set-environment)
        say "$verb${*:+ $*}"
        exit 0
        ;;
    at-boot)
        [ -e "$enabled" ] || exit 0
        while IFS= read -r one; do "$0" start "$one"; done <"$enabled"
        exit 0
        ;;
esac

result=0
for one; do
    named "$one"
    if ! find_file; then
        case $verb in
            is-active) [ -n "$quiet" ] || echo inactive; result=4 ;;
            is-failed) [ -n "$quiet" ] || echo inactive; result=1 ;;
            is-enabled) [ -n "$quiet" ] || echo "Failed to get unit file state for $name: No such file or directory" >&2; result=1 ;;
            show) case $wanted in '' | *LoadState*) echo LoadState=not-found ;; esac; echo ActiveState=inactive ;;
            stop | try-restart | condrestart) result=5; echo "Failed to $verb $name: Unit $name not loaded." >&2 ;;
            enable | disable | reenable) result=1; echo "Failed to $verb unit: Unit file $name does not exist." >&2 ;;
            status | cat) result=4; echo "Unit $name could not be found." >&2 ;;
            *.target) ;;
            *) case $name in *.target) ;; *) result=5; echo "Failed to $verb $name: Unit $name not found." >&2 ;; esac ;;
        esac
        continue
    fi
    case $verb in
        start) start || { result=1; echo "Job for $name failed because the control process exited with error code." >&2; } ;;
        stop) stop ;;
        restart | reload-or-restart | force-reload)
            stop
            start || { result=1; echo "Job for $name failed because the control process exited with error code." >&2; }
            ;;
        try-restart | condrestart | reload-or-try-restart) if is_active; then stop; start || result=1; fi ;;
        reload)
            log=/var/log/cfn-rehearse-${name%.service}.log
            say "reload $name"
            export MAINPID="$(cat "$units/$name/pid" 2>/dev/null)"
            each ExecReload || result=1
            ;;
        kill) kill "$(cat "$units/$name/pid" 2>/dev/null)" 2>/dev/null || result=1 ;;
        enable | reenable)
            enable
            [ -z "$now" ] || start || result=1
            ;;
        disable)
            disable
            [ -z "$now" ] || stop
            ;;
        is-enabled) if is_enabled; then word=enabled; else word=disabled result=1; fi; [ -n "$quiet" ] || echo $word ;;
        is-active | status)
            word=inactive
            [ "$(cat "$units/$name/state" 2>/dev/null)" = failed ] && word=failed
            if is_active; then word=active; else result=3; fi
            [ "$verb" = status ] && echo "* $name - $(value Description)" && echo "     Loaded: loaded ($file)"
            [ "$verb" = status ] && word="     Active: $word"
            [ -n "$quiet" ] || echo "$word"
            ;;
        is-failed) if [ "$(cat "$units/$name/state" 2>/dev/null)" = failed ]; then word=failed; else word=active result=1; fi; [ -n "$quiet" ] || echo $word ;;
        show)
            if is_active; then word=active; else word=inactive; fi
            for line in LoadState=loaded ActiveState=$word "MainPID=$(cat "$units/$name/pid" 2>/dev/null || echo 0)" "FragmentPath=$file"; do
                case ",$wanted," in ,, | *",${line%%=*},"*) echo "$line" ;; esac
            done
            ;;
        cat) cat "$file" ;;
        *) fail "Unknown command verb $verb." 1 ;;
    esac
done
exit $result
