# subscribe.sh for Windows: has Altinn send its events to the app that was deployed. By hand: azd hooks run postdeploy.
# The function key goes from az to our command by the environment: it is not printed, nor an argument that others see.
$ErrorActionPreference = 'Stop'
# A native command that fails is looked at by its exit code here, whatever the machine's own setting is.
$PSNativeCommandUseErrorActionPreference = $false

foreach ($name in 'AZURE_RESOURCE_GROUP', 'AZURE_FUNCTION_APP_NAME', 'AZURE_FUNCTION_APP_URL') {
  if (-not [Environment]::GetEnvironmentVariable($name)) { throw "$name is not set; azd sets it after azd provision" }
}

$app = @('--resource-group', $env:AZURE_RESOURCE_GROUP, '--name', $env:AZURE_FUNCTION_APP_NAME)
# In the user's own temporary folder, which others cannot read.
$settings = New-TemporaryFile
try {
  $text = az functionapp config appsettings list @app --output json
  if ($LASTEXITCODE -ne 0) { throw 'The settings of the app could not be read.' }
  [IO.File]::WriteAllText($settings.FullName, ($text -join "`n"))

  # The key of this one function, since Altinn keeps the address that it stands in. A new app needs a while to have it.
  for ($attempt = 1; ; $attempt++) {
    $key = az functionapp function keys list @app --function-name receiveAltinnEvent --query default --output tsv
    if ($LASTEXITCODE -eq 0 -and $key) { break }
    if ($attempt -ge 10) {
      throw 'The app has no function receiveAltinnEvent with a key. Does it start? Its log says which settings are missing. Then: azd hooks run postdeploy'
    }
    Start-Sleep -Seconds 15
  }
  $env:ALTINN_WEBHOOK_KEY = $key

  # npm.cmd, since npm's own script for PowerShell loses the two dashes.
  npm.cmd run --silent altinn -- subscriptions create --app $env:AZURE_FUNCTION_APP_URL --settings $settings.FullName
  if ($LASTEXITCODE -ne 0) { throw 'The subscriptions were not created.' }
}
finally {
  Remove-Item -Force $settings
  $env:ALTINN_WEBHOOK_KEY = $null
}
