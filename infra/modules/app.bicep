// The function app on its Flex Consumption plan, and its settings. What settings mean: docs/settings.md.
import { optionalSettings } from '../shared.bicep'

param planName string
param appName string
param location string
param tags object
param zoneRedundant bool
param identityId string
param identityClientId string
param insightsConnectionString string

param hostBlobEndpoint string
param hostQueueEndpoint string
param hostTableEndpoint string
param packageContainerUrl string
param dataQueueEndpoint string
param dataBlobEndpoint string

param altinnEnvironment string
param altinnResources string
param altinnSubscriptionKeyReference string
param maskinportenClientId string
param maskinportenJwkReference string
@description('Empty: the JWK is used.')
param maskinportenKeyVaultKey string
param statusQueues string[]
param settings optionalSettings

@description('The app registration by which people sign in to the dashboard. Empty: there is no dashboard.')
param dashboardClientId string

param instanceMemoryMB int
param maximumInstanceCount int
param alwaysReadyInstances int

// What binds the app to the other resources: those are not for anybody to choose.
var fixedSettings = {
  AZURE_CLIENT_ID: identityClientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  AzureWebJobsStorage__blobServiceUri: hostBlobEndpoint
  AzureWebJobsStorage__queueServiceUri: hostQueueEndpoint
  AzureWebJobsStorage__tableServiceUri: hostTableEndpoint
  CORRESPONDENCE_STORAGE__credential: 'managedidentity'
  CORRESPONDENCE_STORAGE__clientId: identityClientId
  CORRESPONDENCE_STORAGE__queueServiceUri: dataQueueEndpoint
  CORRESPONDENCE_STORAGE__blobServiceUri: dataBlobEndpoint
  ALTINN_ENVIRONMENT: altinnEnvironment
  ALTINN_RESOURCES: altinnResources
  ALTINN_SUBSCRIPTION_KEY: altinnSubscriptionKeyReference
  MASKINPORTEN_CLIENT_ID: maskinportenClientId
  STATUS_QUEUES: join(statusQueues, ',')
  // The host hands a body over whole: no function takes more than 64 KiB, and who may not call is told so before that alone by a key.
  FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '1048576'
}

// One of the two, and never both.
var keySetting = empty(maskinportenKeyVaultKey)
  ? { MASKINPORTEN_JWK: maskinportenJwkReference }
  : { MASKINPORTEN_KEY_VAULT_KEY: maskinportenKeyVaultKey }

// The app believes who signed in only where the platform vouches for them: one does not come without the other.
var dashboardSetting = empty(dashboardClientId) ? {} : { DASHBOARD_AUTH: 'entra' }

var allSettings = union(settings, fixedSettings, keySetting, dashboardSetting)

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: appName
  location: location
  // azd finds the app by this name (azure.yaml).
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identityId
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      remoteDebuggingEnabled: false
      appSettings: [for setting in filter(items(allSettings), each => each.value != null): { name: setting.key, value: setting.value }]
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: { name: 'node', version: '22' }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadyInstances == 0 ? [] : [{ name: 'http', instanceCount: alwaysReadyInstances }]
      }
    }
  }

  // App Service Authentication. Calls without a sign-in pass to the app: events have the function's key, and the dashboard
  // sends people to sign in itself. X-MS-CLIENT-PRINCIPAL is set by the platform from here on, and by nobody else.
  resource authentication 'config' = if (!empty(dashboardClientId)) {
    name: 'authsettingsV2'
    properties: {
      platform: { enabled: true }
      globalValidation: { requireAuthentication: false, unauthenticatedClientAction: 'AllowAnonymous' }
      identityProviders: {
        azureActiveDirectory: {
          enabled: true
          registration: {
            clientId: dashboardClientId
            openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
          }
        }
      }
      login: { tokenStore: { enabled: false } }
      httpSettings: { requireHttps: true }
    }
  }

  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

output name string = app.name
output id string = app.id
output url string = 'https://${app.properties.defaultHostName}'
