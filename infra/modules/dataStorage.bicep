// The storage of the letters: the queues and containers of shared/storage/names.ts, and what is deleted when.
import { retention } from '../shared.bicep'

param name string
param location string
param tags object
param redundancy string
@description('Further queues for announcements (setting STATUS_QUEUES).')
param statusQueues string[]
@description('Senders with a queue of requests of their own (setting SENDERS).')
param senders string[]
param keep retention
@description('What is logged of who reads and changes what.')
param audit 'nothing' | 'blobs' | 'blobsAndQueues'
param workspaceId string

var queueNames = [
  'correspondence-requests'
  'correspondence-requests-poison'
  'dispatches'
  'dispatches-poison'
  'status-checks'
  'status-checks-poison'
  'receipts'
  'receipts-poison'
  'correspondence-status'
  'received-correspondence'
]

// Beside those that all share, for each sender that has its own.
var senderQueueNames = flatten(map(senders, sender => [
  'correspondence-requests-${sender}'
  'correspondence-requests-${sender}-poison'
  'dispatches-${sender}'
  'dispatches-${sender}-poison'
]))

var containerNames = [
  'correspondence-state'
  'correspondence-accepted'
  'correspondence-attachments'
  'correspondence-requests'
  'correspondence-dead-letters'
  'correspondence-inbox'
]

// Records by kind: never the whole container, since the app's marker lies there, and without it nothing is sent. Nor the figures of
// days (figures/), which outlive the records that they were counted from.
var recordPrefixes = [
  'correspondence-state/requests/'
  'correspondence-state/dispatches/'
  'correspondence-state/correspondences/'
  'correspondence-state/notification-orders/'
  // Written until 2026-11-28: what is left of them expires.
  'correspondence-state/uploads/'
  'correspondence-state/claim-checks/'
  'correspondence-state/checks/'
  'correspondence-state/senders/'
  'correspondence-state/receipts/'
]

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: redundancy }
  properties: {
    accessTier: 'Hot'
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowedCopyScope: 'AAD'
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }

  resource queueService 'queueServices' = {
    name: 'default'

    resource queues 'queues' = [for queue in union(queueNames, statusQueues, senderQueueNames): {
      name: queue
    }]
  }

  resource blobService 'blobServices' = {
    name: 'default'
    properties: {
      deleteRetentionPolicy: { enabled: true, days: keep.deleted }
      containerDeleteRetentionPolicy: { enabled: true, days: keep.deleted }
      // For attachments: the app reads a byte of each when it accepts a letter with it, and their age begins anew.
      lastAccessTimeTrackingPolicy: {
        enable: true
        name: 'AccessTimeTracking'
        trackingGranularityInDays: 1
        blobType: ['blockBlob']
      }
    }

    resource containers 'containers' = [for container in containerNames: {
      name: container
    }]
  }

  resource expiry 'managementPolicies' = {
    name: 'default'
    dependsOn: [blobService]
    properties: {
      policy: {
        rules: [
          {
            name: 'records'
            type: 'Lifecycle'
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: recordPrefixes }
              actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: keep.records } } }
            }
          }
          {
            // From when one was last read: one that letters go on naming stays.
            name: 'attachments'
            type: 'Lifecycle'
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: ['correspondence-attachments/'] }
              actions: {
                baseBlob: { delete: { daysAfterLastAccessTimeGreaterThan: keep.?attachments ?? keep.contents } }
              }
            }
          }
          {
            // The sweep deletes those whose letters are sent, long before (DELETE_ACCEPTED_REQUESTS_AFTER_DAYS).
            name: 'acceptedRequests'
            type: 'Lifecycle'
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: ['correspondence-accepted/'] }
              actions: {
                baseBlob: { delete: { daysAfterModificationGreaterThan: keep.?acceptedRequests ?? keep.contents } }
              }
            }
          }
          {
            // The same (DELETE_REQUEST_BLOBS_AFTER_DAYS).
            name: 'claimChecks'
            type: 'Lifecycle'
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: ['correspondence-requests/'] }
              actions: {
                baseBlob: { delete: { daysAfterModificationGreaterThan: keep.?claimChecks ?? keep.contents } }
              }
            }
          }
          {
            // Letters to the organisation: whoever reads them takes them from here.
            name: 'inbox'
            type: 'Lifecycle'
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: ['correspondence-inbox/'] }
              actions: {
                baseBlob: { delete: { daysAfterModificationGreaterThan: keep.?inbox ?? keep.contents } }
              }
            }
          }
          {
            name: 'deadLetters'
            type: 'Lifecycle'
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: ['correspondence-dead-letters/'] }
              actions: {
                baseBlob: { delete: { daysAfterModificationGreaterThan: keep.?deadLetters ?? keep.contents } }
              }
            }
          }
        ]
      }
    }
  }
}

var everything = [
  { category: 'StorageRead', enabled: true }
  { category: 'StorageWrite', enabled: true }
  { category: 'StorageDelete', enabled: true }
]
var deletions = [{ category: 'StorageDelete', enabled: true }]

resource blobLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'logs'
  scope: account::blobService
  properties: {
    workspaceId: workspaceId
    logs: audit == 'nothing' ? deletions : everything
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

resource queueLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'logs'
  scope: account::queueService
  properties: {
    workspaceId: workspaceId
    logs: audit == 'blobsAndQueues' ? everything : []
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

output name string = account.name
output id string = account.id
output queueEndpoint string = account.properties.primaryEndpoints.queue
output blobEndpoint string = account.properties.primaryEndpoints.blob
