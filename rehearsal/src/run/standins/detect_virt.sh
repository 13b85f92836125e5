#!/bin/sh
# systemd-detect-virt as it answers on an instance: in a box of cfn-rehearse, which is not to be taken for a container.

quiet= kind=
for word; do
    case $word in
        -q | --quiet) quiet=yes ;;
        -c | --container) kind=container ;;
        -v | --vm) kind=vm ;;
        -r | --chroot | --private-users | --cvm) exit 1 ;;
        --list) exec echo amazon ;;
        --version) exec systemctl --version ;;
        --*) ;;
        -*q*c* | -*c*q*) quiet=yes kind=container ;;
        -*q*v* | -*v*q*) quiet=yes kind=vm ;;
    esac
done
[ "$kind" = container ] && said=none || said=amazon
[ -n "$quiet" ] || echo $said
[ $said = amazon ]
