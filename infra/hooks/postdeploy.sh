#!/bin/sh
# After a deployment: has Azure hand the app its secrets, and Altinn send the app its events. azd runs it (azure.yaml); by
# hand, and whenever a secret was put into the vault or changed: azd hooks run postdeploy. It may run as often as you like.
# The function key goes from az to our command by the environment: it is not printed, nor an argument that others see.
set -eu

: "${AZURE_SUBSCRIPTION_ID:?is not set; azd sets it}"
: "${AZURE_RESOURCE_GROUP:?is not set; azd sets it after azd provision}"
: "${AZURE_FUNCTION_APP_NAME:?is not set; azd sets it after azd provision}"
: "${AZURE_FUNCTION_APP_URL:?is not set; azd sets it after azd provision}"

# The subscription as well: that of az need not be the one that azd deploys to.
set -- --subscription "$AZURE_SUBSCRIPTION_ID" --resource-group "$AZURE_RESOURCE_GROUP" --name "$AZURE_FUNCTION_APP_NAME"

wait_a_little() {
  sleep "${POSTDEPLOY_PAUSE_SECONDS:-15}"
}

if ! id=$(az functionapp show "$@" --query id --output tsv); then
  echo "az does not see the app. It is signed in by itself: az login. Then: azd hooks run postdeploy" >&2
  exit 1
fi

# Azure reads what settings refer to once a day, and not at a restart: here it is told to, and asked what it could not get.
references="https://management.azure.com$id/config/configreferences/appsettings"
version="api-version=2022-03-01"
attempt=1
while :; do
  az rest --method post --url "$references/refresh?$version" --output none
  unresolved=$(az rest --method get --url "$references?$version" --output tsv \
    --query "value[?properties.status!='Resolved'].[name, properties.status, properties.vaultName, properties.secretName]")
  if [ -z "$unresolved" ] || [ "$attempt" -ge 5 ]; then break; fi
  attempt=$((attempt + 1))
  wait_a_little
done

if [ -n "$unresolved" ]; then
  echo "The app is deployed, and waits for its secrets. Azure could not read for it:"
  echo "$unresolved" | while read -r setting status vault secret; do
    echo "  $setting: $status"
    case "$status" in
      SecretNotFound) echo "    az keyvault secret set --vault-name $vault --name $secret --file <a file that holds it>" ;;
      AccessToKeyVaultDenied) echo "    A role that was just given may take ten minutes to count." ;;
      *) echo "    Does the setting name the secret $secret in $vault as it is there?" ;;
    esac
  done
  echo "Then: azd hooks run postdeploy"
  # Nothing has failed: what is left to do is said.
  exit 0
fi
az functionapp restart "$@"

umask 077
settings=$(mktemp)
trap 'rm -f "$settings"' EXIT
trap 'exit 1' HUP INT TERM

az functionapp config appsettings list "$@" --output json >"$settings"

# The key of this one function, since Altinn keeps the address that it stands in. A new app needs a while to have it.
attempt=1
until
  ALTINN_WEBHOOK_KEY=$(az functionapp function keys list "$@" \
    --function-name receiveAltinnEvent --query default --output tsv) && [ -n "$ALTINN_WEBHOOK_KEY" ]
do
  if [ "$attempt" -ge 20 ]; then
    echo "The app has no function receiveAltinnEvent with a key. Does it start? Its log says which settings are missing." >&2
    echo "Everything else is done. When it starts: azd hooks run postdeploy" >&2
    exit 1
  fi
  attempt=$((attempt + 1))
  wait_a_little
done
export ALTINN_WEBHOOK_KEY

if ! npm run --silent altinn -- subscriptions create --app "$AZURE_FUNCTION_APP_URL" --settings "$settings" --production; then
  echo "Altinn does not send its events yet; everything else is done. When that is mended: azd hooks run postdeploy" >&2
  exit 1
fi
