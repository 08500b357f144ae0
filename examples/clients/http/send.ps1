# Drops the request in letter.json, and before it its file. Needs PowerShell 5.1 or newer, and no module.
#   FILES_URL   https://<account>.blob.core.windows.net/correspondence-attachments
#   FILES_SAS   what follows the "?" of a SAS with the rights create and write on that container
#   QUEUE_URL   https://<account>.queue.core.windows.net/correspondence-requests
#   QUEUE_SAS   the same, with the right add on that queue
$ErrorActionPreference = "Stop"
$version = @{ "x-ms-version" = "2025-07-05" }

# The file first: a request whose file is missing is refused.
Invoke-RestMethod -Method Put -Uri "$env:FILES_URL/2026/1234/vedtak.pdf?$env:FILES_SAS" `
    -Headers ($version + @{ "x-ms-blob-type" = "BlockBlob" }) -InFile "vedtak.pdf" -ContentType "application/pdf" | Out-Null

# In base64, so that nothing of the JSON has to be escaped in XML. Without messagettl=-1 Azure deletes a message that has
# waited for seven days.
$text = [Convert]::ToBase64String([IO.File]::ReadAllBytes((Join-Path (Get-Location) "letter.json")))
Invoke-RestMethod -Method Post -Uri "$env:QUEUE_URL/messages?messagettl=-1&$env:QUEUE_SAS" -Headers $version `
    -ContentType "application/xml" -Body "<QueueMessage><MessageText>$text</MessageText></QueueMessage>" | Out-Null
