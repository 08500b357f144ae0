# postdeploy.sh for Windows: has Azure hand the app its secrets, and Altinn send the app its events. By hand, and whenever a
# secret was put into the vault or changed: azd hooks run postdeploy.
# The function key goes from az to our command by the environment: it is not printed, nor an argument that others see.
$ErrorActionPreference = 'Stop'
# A native command that fails is looked at by its exit code here, whatever the machine's own setting is.
$PSNativeCommandUseErrorActionPreference = $false

# One line to read, and not where in this file it comes from.
function Exit-With([string] $message) {
  [Console]::Error.WriteLine($message)
  exit 1
}

foreach ($name in 'AZURE_SUBSCRIPTION_ID', 'AZURE_RESOURCE_GROUP', 'AZURE_FUNCTION_APP_NAME', 'AZURE_FUNCTION_APP_URL') {
  if (-not [Environment]::GetEnvironmentVariable($name)) { Exit-With "$name is not set; azd sets it, most after azd provision" }
}

# The subscription as well: that of az need not be the one that azd deploys to.
$app = @('--subscription', $env:AZURE_SUBSCRIPTION_ID, '--resource-group', $env:AZURE_RESOURCE_GROUP, '--name', $env:AZURE_FUNCTION_APP_NAME)

function Wait-ALittle {
  Start-Sleep -Seconds ([int]($env:POSTDEPLOY_PAUSE_SECONDS ?? 15))
}

$id = az functionapp show @app --query id --output tsv
if ($LASTEXITCODE -ne 0) {
  Exit-With 'az does not see the app. It is signed in by itself: az login. Then: azd hooks run postdeploy'
}

# Azure reads what settings refer to once a day, and not at a restart: here it is told to, and asked what it could not get.
$references = "https://management.azure.com$id/config/configreferences/appsettings"
$version = 'api-version=2022-03-01'
for ($attempt = 1; ; $attempt++) {
  az rest --method post --url "$references/refresh?$version" --output none
  if ($LASTEXITCODE -ne 0) { Exit-With 'The references to secrets could not be read anew.' }
  $answer = az rest --method get --url "${references}?$version" --output json
  if ($LASTEXITCODE -ne 0) { Exit-With 'The references to secrets could not be asked for.' }
  $unresolved = @(($answer -join "`n" | ConvertFrom-Json).value | Where-Object { $_.properties.status -ne 'Resolved' })
  if ($unresolved.Count -eq 0 -or $attempt -ge 5) { break }
  Wait-ALittle
}

if ($unresolved.Count -gt 0) {
  Write-Output 'The app is deployed, and waits for its secrets. Azure could not read for it:'
  foreach ($one in $unresolved) {
    $vault, $secret = $one.properties.vaultName, $one.properties.secretName
    Write-Output "  $($one.name): $($one.properties.status)"
    switch ($one.properties.status) {
      'SecretNotFound' { Write-Output "    az keyvault secret set --vault-name $vault --name $secret --file <a file that holds it>" }
      'AccessToKeyVaultDenied' { Write-Output '    A role that was just given may take ten minutes to count.' }
      default { Write-Output "    Does the setting name the secret $secret in $vault as it is there?" }
    }
  }
  Write-Output 'Then: azd hooks run postdeploy'
  # Nothing has failed: what is left to do is said.
  exit 0
}
az functionapp restart @app
if ($LASTEXITCODE -ne 0) { Exit-With 'The app could not be started again.' }

# In the user's own temporary folder, which others cannot read.
$settings = New-TemporaryFile
try {
  $text = az functionapp config appsettings list @app --output json
  if ($LASTEXITCODE -ne 0) { Exit-With 'The settings of the app could not be read.' }
  [IO.File]::WriteAllText($settings.FullName, ($text -join "`n"))

  # The key of this one function, since Altinn keeps the address that it stands in. A new app needs a while to have it.
  for ($attempt = 1; ; $attempt++) {
    $key = az functionapp function keys list @app --function-name receiveAltinnEvent --query default --output tsv
    if ($LASTEXITCODE -eq 0 -and $key) { break }
    if ($attempt -ge 20) {
      Exit-With 'The app has no function receiveAltinnEvent with a key. Does it start? Its log says which settings are missing. Everything else is done. When it starts: azd hooks run postdeploy'
    }
    Wait-ALittle
  }
  $env:ALTINN_WEBHOOK_KEY = $key

  # npm.cmd, since npm's own script for PowerShell loses the two dashes.
  npm.cmd run --silent altinn -- subscriptions create --app $env:AZURE_FUNCTION_APP_URL --settings $settings.FullName --production
  if ($LASTEXITCODE -ne 0) {
    Exit-With 'Altinn does not send its events yet; everything else is done. When that is mended: azd hooks run postdeploy'
  }
}
finally {
  Remove-Item -Force $settings
  $env:ALTINN_WEBHOOK_KEY = $null
}
