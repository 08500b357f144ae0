// The vault: Altinn's subscription key, and the Maskinporten key, as a secret or as a key that signs in here.
import { principal, roles } from '../shared.bicep'

param name string
param location string
param tags object
param sku 'standard' | 'premium'
param appPrincipalId string
param operators principal[]
@description('Set, or left as it is when empty.')
@secure()
param altinnSubscriptionKey string
@description('The private JWK. Set, or left as it is when empty.')
@secure()
param maskinportenJwk string
@description('The identifier of the key in this vault that signs; empty where the JWK is used.')
param maskinportenKeyVaultKey string
param workspaceId string

var subscriptionKeyName = 'altinn-subscription-key'
var jwkName = 'maskinporten-jwk'

var appOnVault = [
  { role: roles.keyVaultSecretsUser, why: 'Reads the secrets that app settings refer to.' }
]

var operatorsOnVault = [
  { role: roles.keyVaultSecretsOfficer, why: 'An operator: sets the secrets.' }
  { role: roles.keyVaultCryptoOfficer, why: 'An operator: npm run altinn -- key create.' }
]

var operatorOnVault = flatten(map(operators, who => map(operatorsOnVault, grant => union(grant, { who: who }))))

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: sku }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    // A public endpoint that lets in nobody without a role: the app has no network of its own (infra/README.md).
    publicNetworkAccess: 'Enabled'
  }
}

resource subscriptionKey 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(altinnSubscriptionKey)) {
  parent: vault
  name: subscriptionKeyName
  properties: { value: altinnSubscriptionKey, contentType: 'text/plain' }
}

resource jwk 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(maskinportenJwk)) {
  parent: vault
  name: jwkName
  properties: { value: maskinportenJwk, contentType: 'application/jwk+json' }
}

resource appUsesVault 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for grant in appOnVault: {
    name: guid(vault.id, appPrincipalId, grant.role)
    scope: vault
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
      description: grant.why
    }
  }
]

// The app does one thing with its key. Every built-in role that signs also decrypts, wraps and changes keys.
resource signer 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (!empty(maskinportenKeyVaultKey)) {
  name: guid(vault.id, 'reads and signs')
  properties: {
    roleName: 'Signs for Maskinporten (${name})'
    description: 'Reads the public part of a key, and signs with it.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: []
        notActions: []
        dataActions: [
          'Microsoft.KeyVault/vaults/keys/read'
          'Microsoft.KeyVault/vaults/keys/sign/action'
        ]
        notDataActions: []
      }
    ]
  }
}

resource signingKey 'Microsoft.KeyVault/vaults/keys@2023-07-01' existing = {
  parent: vault
  // https://<vault>.vault.azure.net/keys/<name>/<version>
  name: empty(maskinportenKeyVaultKey) ? 'none' : split(maskinportenKeyVaultKey, '/')[4]
}

resource appSigns 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(maskinportenKeyVaultKey)) {
  name: guid(signingKey.id, appPrincipalId, signer.id)
  scope: signingKey
  properties: {
    roleDefinitionId: signer.id
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    description: 'Signs grants with the Maskinporten key.'
  }
}

resource operatorsUseVault 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for grant in operatorOnVault: {
    name: guid(vault.id, grant.who.principalId, grant.role)
    scope: vault
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
      principalId: grant.who.principalId
      principalType: grant.who.principalType
      description: grant.why
    }
  }
]

resource auditLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'logs'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'audit', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output uri string = vault.properties.vaultUri
// Without a version: Azure reads a new one within a day, or when it is asked to (docs/deployment.md, Secrets), not at a restart.
output subscriptionKeyReference string = '@Microsoft.KeyVault(SecretUri=${vault.properties.vaultUri}secrets/${subscriptionKeyName}/)'
output jwkReference string = '@Microsoft.KeyVault(SecretUri=${vault.properties.vaultUri}secrets/${jwkName}/)'
