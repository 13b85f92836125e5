
# An older version knows no variable for the endpoint. A proxy that serves nothing is for one that a script names itself.
unset AWS_IGNORE_CONFIGURED_ENDPOINT_URLS AWS_PROFILE AWS_DEFAULT_PROFILE http_proxy https_proxy all_proxy no_proxy
export HOME="$home" PATH="$path" AWS_ENDPOINT_URL="$here" AWS_EC2_METADATA_SERVICE_ENDPOINT="$metadata"
export AWS_CONFIG_FILE="$home/.aws/config" AWS_SHARED_CREDENTIALS_FILE="$home/.aws/credentials"
export HTTP_PROXY="$here" HTTPS_PROXY="$here" ALL_PROXY="$here" NO_PROXY=127.0.0.1,localhost,::1
exec "$command" --endpoint-url "$here" "$@"
