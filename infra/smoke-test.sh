#!/bin/sh
# Looks whether a deployed app works (npm run smoke), as whoever is signed in to az. What is needed besides the app's name
# is asked of Azure: the key, the address and the storage. Arguments go on to npm run smoke:
#   AZURE_RESOURCE_GROUP=... AZURE_FUNCTION_APP_NAME=... infra/smoke-test.sh --resource <id> --recipient <urn>
set -eu

: "${AZURE_RESOURCE_GROUP:?is not set}"
: "${AZURE_FUNCTION_APP_NAME:?is not set}"
cd "$(dirname "$0")/.."

# ask <az functionapp subcommand> <query>
ask() {
  # The subcommand is several words on purpose.
  # shellcheck disable=SC2086
  az functionapp $1 --resource-group "$AZURE_RESOURCE_GROUP" --name "$AZURE_FUNCTION_APP_NAME" --query "$2" --output tsv
}

setting() {
  ask "config appsettings list" "[?name=='$1'].value | [0]"
}

ALTINN_WEBHOOK_KEY=$(ask "keys list" functionKeys.default)
# GitHub's log shows stars in its place from here on, whoever would print it.
if [ -n "${GITHUB_ACTIONS:-}" ]; then echo "::add-mask::$ALTINN_WEBHOOK_KEY"; fi
host=$(ask show defaultHostName)
CORRESPONDENCE_STORAGE__queueServiceUri=$(setting CORRESPONDENCE_STORAGE__queueServiceUri)
CORRESPONDENCE_STORAGE__blobServiceUri=$(setting CORRESPONDENCE_STORAGE__blobServiceUri)
# Whose storage it is: a letter through production's is only sent with --production.
ALTINN_ENVIRONMENT=$(setting ALTINN_ENVIRONMENT)
export ALTINN_ENVIRONMENT ALTINN_WEBHOOK_KEY CORRESPONDENCE_STORAGE__queueServiceUri CORRESPONDENCE_STORAGE__blobServiceUri
# Whoever az knows, and not the machine that this runs on.
export AZURE_TOKEN_CREDENTIALS=AzureCliCredential

npm run --silent smoke -- --app "https://$host" "$@"
