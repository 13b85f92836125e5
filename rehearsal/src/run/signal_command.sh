
# The option with a value that a long one is, or begins alone.
resolve() {
    name=
    for option in $options; do
        case $option in
            "$1")
                name=$option
                return
                ;;
            "$1"*) name=${name:+several}${name:-$option} ;;
        esac
    done
    case " $options " in
        *" $name "*) ;;
        *) name= ;;
    esac
}

# What a word is: $part is the option that it is the value of, with = after it where the word has both. To know that,
# the options that take a value have to be known; the words themselves are cfn-signal's to read.
look() {
    part=$wants
    case $wants in
        positionals) return ;;
        ?*)
            wants=
            return
            ;;
    esac
    case $1 in
        --) wants=positionals ;;
        --*=*)
            typed=${1#--}
            resolve "${typed%%=*}"
            part=${name:+$name=}
            ;;
        --*)
            resolve "${1#--}"
            wants=$name
            ;;
        # Other helpers have it.
        -u) wants=url ;;
        -u*) part=-u ;;
        -[$letters]) wants=value ;;
    esac
}

was_asked=${AWS_REGION+yes}
asked=${AWS_REGION:-${AWS_DEFAULT_REGION:-$region}} url= wants=
export AWS_REGION="$asked"
for word do
    look "$word"
    case $part in
        region) asked=${word:-$asked} ;;
        region=)
            word=${word#*=}
            asked=${word:-$asked}
            ;;
        url) url=$word ;;
        url=) url=${word#*=} ;;
        -u) url=${word#-u} ;;
    esac
done
endpoint=$here
[ "$asked" = "$region" ] || endpoint=$elsewhere

# The service's own address stands for this one; the wrong region's for none.
case $url in
    '' | http://127.* | http://localhost* | http://\[::1\]*) ;;
    *)
        case $url in
            *."$region".* | *."$region") ;;
            *) endpoint=$elsewhere ;;
        esac
        wants=
        for word do
            shift
            look "$word"
            case $part in
                url) word=$endpoint ;;
                url=) word=${word%%=*}=$endpoint ;;
                -u) word=-u$endpoint ;;
            esac
            set -- "$@" "$word"
        done
        ;;
esac

# What `cfn-signal run` runs has the environment that the script has, and not what is for cfn-signal alone.
if [ "${1-}" = run ]; then
    ours='HOME AWS_REGION AWS_ENDPOINT_URL_CLOUDFORMATION AWS_EC2_METADATA_SERVICE_ENDPOINT AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'
    ours="$ours CFN_SIGNAL_STATE_DIR"
    ours="$ours AWS_PROFILE HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy all_proxy no_proxy"
    [ -z "$was_asked" ] && unset AWS_REGION
    seen=
    for word do
        shift
        set -- "$@" "$word"
        [ "$seen$word" = -- ] || continue
        seen=yes
        set -- "$@" env
        # Its options come before what it sets.
        for name in $ours; do
            eval "[ -n \"\${$name+set}\" ]" || set -- "$@" -u "$name"
        done
        for name in $ours; do
            eval "[ -z \"\${$name+set}\" ]" || eval "set -- \"\$@\" \"$name=\${$name}\""
        done
    done
    export AWS_REGION="$asked"
    # This machine's own console is nobody's here.
    shift
    set -- run --console off "$@"
elif [ "${1-}" = arm ]; then
    # Nor are its units; and whoever watches ends with the rehearsal.
    shift
    set -- arm --watcher process --console off "$@"
fi

unset AWS_IGNORE_CONFIGURED_ENDPOINT_URLS AWS_PROFILE http_proxy https_proxy all_proxy no_proxy
# What it keeps is the instance's own, as /run and /var/lib are.
export CFN_SIGNAL_STATE_DIR="$state"
export HOME="$home" AWS_ENDPOINT_URL_CLOUDFORMATION="$endpoint" AWS_EC2_METADATA_SERVICE_ENDPOINT="$metadata"
export HTTP_PROXY="$here" HTTPS_PROXY="$here" ALL_PROXY="$here" NO_PROXY=127.0.0.1,localhost,::1
exec "$command" "$@"
