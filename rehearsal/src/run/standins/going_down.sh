#!/bin/sh
# reboot, shutdown, halt, poweroff, init and telinit where no systemd runs: in a box of cfn-rehearse.

ask() {
    printf '%s\n' "${0##*/}$words (stand-in)" >>/run/cfn-rehearse/calls
    sync
    if [ "$after" -gt 0 ]; then
        (sleep "$after" && printf '%s\n' "$1" >/run/cfn-rehearse/asked) >/dev/null 2>&1 &
        printf '%s\n' "$!" >/run/cfn-rehearse/going-down
    else
        printf '%s\n' "$1" >/run/cfn-rehearse/asked
    fi
}

words="${*:+ $*}" after=0
case ${0##*/} in
    reboot)
        what=reboot
        for word; do case $word in -p | --poweroff | --halt) what=halt ;; -w | --wtmp-only) exit 0 ;; esac; done
        ask $what
        ;;
    halt | poweroff)
        what=halt
        for word; do case $word in --reboot) what=reboot ;; -w | --wtmp-only) exit 0 ;; esac; done
        ask $what
        ;;
    shutdown)
        what=halt at=
        for word; do
            case $word in
                -r | --reboot) what=reboot ;;
                -c)
                    kill "$(cat /run/cfn-rehearse/going-down)" 2>/dev/null
                    exit
                    ;;
                -k) exit 0 ;;
                -*) ;;
                *) at=${at:-$word} ;;
            esac
        done
        # Unless told it is in a minute.
        case ${at:-+1} in
            now | +0) ;;
            +*) after=$((${at#+} * 60)) ;;
            *) after=60 ;;
        esac
        ask $what
        ;;
    *)
        case $1 in
            6) ask reboot ;;
            0) ask halt ;;
        esac
        ;;
esac
