#!/bin/sh
# Has Altinn send its events to the app that was deployed. azd runs it (azure.yaml); by hand: azd hooks run postdeploy.
# The function key goes from az to our command by the environment: it is not printed, nor an argument that others see.
set -eu

: "${AZURE_RESOURCE_GROUP:?is not set; azd sets it after azd provision}"
: "${AZURE_FUNCTION_APP_NAME:?is not set; azd sets it after azd provision}"
: "${AZURE_FUNCTION_APP_URL:?is not set; azd sets it after azd provision}"

umask 077
settings=$(mktemp)
trap 'rm -f "$settings"' EXIT
trap 'exit 1' HUP INT TERM

az functionapp config appsettings list \
  --resource-group "$AZURE_RESOURCE_GROUP" --name "$AZURE_FUNCTION_APP_NAME" --output json >"$settings"

# The key of this one function, since Altinn keeps the address that it stands in. A new app needs a while to have it.
attempt=1
until
  ALTINN_WEBHOOK_KEY=$(az functionapp function keys list \
    --resource-group "$AZURE_RESOURCE_GROUP" --name "$AZURE_FUNCTION_APP_NAME" \
    --function-name receiveAltinnEvent --query default --output tsv) && [ -n "$ALTINN_WEBHOOK_KEY" ]
do
  if [ "$attempt" -ge 10 ]; then
    echo "The app has no function receiveAltinnEvent with a key. Does it start? Its log says which settings are missing." >&2
    echo "Then: azd hooks run postdeploy" >&2
    exit 1
  fi
  attempt=$((attempt + 1))
  sleep "${SUBSCRIBE_PAUSE_SECONDS:-15}"
done
export ALTINN_WEBHOOK_KEY

npm run --silent altinn -- subscriptions create --app "$AZURE_FUNCTION_APP_URL" --settings "$settings"
