// Everything that the app needs, in a resource group of its own: `azd up`, or
// `az deployment sub create --location norwayeast --template-file infra/main.bicep --parameters ...` (infra/README.md).
// Defaults go by altinnEnvironment: what a trial gets costs little, production gets what letters of real people need.
targetScope = 'subscription'

import { consumer, optionalSettings, principal, retention, senderQueue } from 'shared.bicep'

@description('What this installation is called: part of the names of its resources. Letters from a to z, digits, and hyphens between them.')
@minLength(2)
@maxLength(20)
param environmentName string

@description('Where everything is kept. The default keeps it in Norway.')
param location string = 'norwayeast'

@description('The resource group, which is made.')
param resourceGroupName string = 'rg-${environmentName}'

// Altinn and Maskinporten

@description('Which Altinn: tt02 is for tests.')
param altinnEnvironment 'tt02' | 'production'

@description('The ids of the resources that may be sent on, parted by commas.')
@minLength(1)
param altinnResources string

@description('The key to Altinn\'s APIs, for the vault. Empty: the vault keeps what it has.')
@secure()
param altinnSubscriptionKey string = ''

@description('The id of the client (integration) at Maskinporten.')
@minLength(1)
param maskinportenClientId string

@description('The client\'s private JWK, for the vault. Empty: the vault keeps what it has.')
@secure()
param maskinportenJwk string = ''

@description('Instead of the JWK: the identifier, with its version, of a key in the vault, which signs there. npm run altinn -- key create prints it.')
param maskinportenKeyVaultKey string = ''

@description('Premium keeps the key in hardware, if it is made with --hsm.')
param vaultSku 'standard' | 'premium' = 'standard'

@description('The vault\'s name, 3 to 24 letters, digits and hyphens. Empty: made of the other names. A deleted vault keeps its name for 90 days.')
@maxLength(24)
param vaultName string = ''

// Who may do what

@description('Systems that drop letters.')
param producers principal[] = []

@description('Systems that read announcements.')
param consumers consumer[] = []

@description('Systems that read the letters which your organisation receives (setting RECEIVE_RESOURCES).')
param readers principal[] = []

@description('Further queues for announcements, parted by commas: one for each system that is not to take those of the others. With :base64 behind it, as queue triggers of Azure Functions expect: case-system:base64,archive.')
param statusQueues string = ''

@description('Senders with a queue of requests of their own, and the systems that may drop there.')
param senderQueues senderQueue[] = []

@description('The object id of who may run the commands, and set the secrets; azd gives that of whoever runs it. Empty: nobody.')
param operatorPrincipalId string = ''

@description('What the operator is. A group is best.')
param operatorPrincipalType 'Group' | 'User' | 'ServicePrincipal' = 'User'

// The app

@description('App settings beside those that follow from the other parameters.')
param settings optionalSettings = {}

@description('Memory of each instance. 512 does for letters; attachments stream, so a large one needs no more.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('The most instances of each function. Azure takes 40 to 1000.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Instances that wait for Altinn\'s events, and are paid for. With none, the first event after a pause waits for a start.')
@minValue(0)
@maxValue(10)
param alwaysReadyInstances int = altinnEnvironment == 'production' ? 1 : 0

@description('Spread the app over the zones of the region. Paid for as two instances that are always ready, for each group of functions.')
param zoneRedundant bool = altinnEnvironment == 'production'

@description('Whether storage outlives a zone (ZRS). Settle it at the beginning: a deployment cannot change it.')
param storageRedundancy 'Standard_LRS' | 'Standard_ZRS' = altinnEnvironment == 'production'
  ? 'Standard_ZRS'
  : 'Standard_LRS'

// What is kept, and who is told

@description('How long things are kept, in days.')
param keep retention = altinnEnvironment == 'production'
  ? { records: 1095, contents: 365, acceptedRequests: 200, claimChecks: 100, attachments: 200, deadLetters: 180, inbox: 365, deleted: 30, logs: 90 }
  : { records: 400, contents: 100, deleted: 7, logs: 30 }

@description('What is logged of who reads and changes the letters\' storage. Blobs hold what letters say.')
param audit 'nothing' | 'blobs' | 'blobsAndQueues' = altinnEnvironment == 'production' ? 'blobs' : 'nothing'

@description('E-mail addresses that alerts go to, parted by commas.')
@minLength(3)
param alertEmails string

@description('More messages than this on all queues together are worth an alert.')
@minValue(1)
param queueBacklog int = 10000

@description('Alert when letters are sent and no event comes for a day.')
param expectEvents bool = altinnEnvironment == 'production'

@description('The app registration by which people sign in to the dashboard. Empty: there is no dashboard.')
param dashboardClientId string = ''

// azd takes my_test and my.test for an environment, and some of the resources would be refused for it half way.
var strangeSigns = filter(
  range(0, length(environmentName)),
  at => !contains('abcdefghijklmnopqrstuvwxyz0123456789-', toLower(substring(environmentName, at, 1)))
)
var isLegal = empty(strangeSigns) && !startsWith(environmentName, '-') && !endsWith(environmentName, '-')
var name = isLegal
  ? environmentName
  : fail('environmentName must be 2 to 20 letters from a to z, digits, and hyphens between them, since names of resources are made of it. With azd: azd env new <another name>')
var token = uniqueString(subscription().id, environmentName, location)
var tags = { 'azd-env-name': environmentName, application: 'altinn-correspondence-sender' }
var queues = filter(map(split(statusQueues, ','), each => trim(each)), each => !empty(each))
var operators = empty(operatorPrincipalId)
  ? []
  : [{ principalId: operatorPrincipalId, principalType: operatorPrincipalType }]

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: resourceGroupName
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: { name: 'id-${name}-${token}', location: location, tags: tags }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    workspaceName: 'log-${name}-${token}'
    insightsName: 'appi-${name}-${token}'
    location: location
    tags: tags
    appPrincipalId: identity.outputs.principalId
    keep: keep
  }
}

module hostStorage 'modules/hostStorage.bicep' = {
  scope: group
  params: {
    name: 'sthost${token}'
    location: location
    tags: tags
    redundancy: storageRedundancy
    appPrincipalId: identity.outputs.principalId
    workspaceId: monitoring.outputs.workspaceId
  }
}

module dataStorage 'modules/dataStorage.bicep' = {
  scope: group
  params: {
    name: 'stdata${token}'
    location: location
    tags: tags
    redundancy: storageRedundancy
    statusQueues: map(queues, queue => split(queue, ':')[0])
    senders: map(senderQueues, sender => sender.name)
    keep: keep
    audit: audit
    workspaceId: monitoring.outputs.workspaceId
  }
}

module dataAccess 'modules/dataAccess.bicep' = {
  scope: group
  params: {
    accountName: dataStorage.outputs.name
    appPrincipalId: identity.outputs.principalId
    producers: producers
    senderQueues: senderQueues
    consumers: consumers
    readers: readers
    operators: operators
  }
}

module vault 'modules/vault.bicep' = {
  scope: group
  params: {
    name: empty(vaultName) ? 'kv-${token}' : vaultName
    location: location
    tags: tags
    sku: vaultSku
    appPrincipalId: identity.outputs.principalId
    operators: operators
    altinnSubscriptionKey: altinnSubscriptionKey
    maskinportenJwk: maskinportenJwk
    maskinportenKeyVaultKey: maskinportenKeyVaultKey
    workspaceId: monitoring.outputs.workspaceId
  }
}

module app 'modules/app.bicep' = {
  scope: group
  // Its roles on the letters' storage first: an app that may not read its queues fails until it is started again.
  dependsOn: [dataAccess]
  params: {
    planName: 'plan-${name}-${token}'
    appName: 'func-${name}-${token}'
    location: location
    tags: tags
    zoneRedundant: zoneRedundant
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    insightsConnectionString: monitoring.outputs.connectionString
    hostBlobEndpoint: hostStorage.outputs.blobEndpoint
    hostQueueEndpoint: hostStorage.outputs.queueEndpoint
    hostTableEndpoint: hostStorage.outputs.tableEndpoint
    packageContainerUrl: hostStorage.outputs.packageContainerUrl
    dataQueueEndpoint: dataStorage.outputs.queueEndpoint
    dataBlobEndpoint: dataStorage.outputs.blobEndpoint
    altinnEnvironment: altinnEnvironment
    altinnResources: altinnResources
    altinnSubscriptionKeyReference: vault.outputs.subscriptionKeyReference
    maskinportenClientId: maskinportenClientId
    maskinportenJwkReference: vault.outputs.jwkReference
    maskinportenKeyVaultKey: maskinportenKeyVaultKey
    statusQueues: queues
    settings: settings
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyInstances: alwaysReadyInstances
    dashboardClientId: dashboardClientId
  }
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  params: {
    prefix: name
    location: location
    tags: tags
    emails: map(split(alertEmails, ','), email => trim(email))
    workspaceId: monitoring.outputs.workspaceId
    appId: app.outputs.id
    dataAccountId: dataStorage.outputs.id
    queueBacklog: queueBacklog
    expectEvents: expectEvents
  }
}

// azd keeps these in its environment, where infra/hooks and the commands find them.
output AZURE_RESOURCE_GROUP string = group.name
output AZURE_FUNCTION_APP_NAME string = app.outputs.name
output AZURE_FUNCTION_APP_URL string = app.outputs.url
output AZURE_KEY_VAULT_URL string = vault.outputs.uri
output CORRESPONDENCE_STORAGE__queueServiceUri string = dataStorage.outputs.queueEndpoint
output CORRESPONDENCE_STORAGE__blobServiceUri string = dataStorage.outputs.blobEndpoint
