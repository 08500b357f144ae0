// Who may do what with the letters' storage, and why. Nobody has a key: these roles are all the access there is.
import { consumer, principal, roles, senderQueue } from '../shared.bicep'

param accountName string
param appPrincipalId string
@description('Systems that drop letters.')
param producers principal[]
@description('Senders with a queue of their own, and the systems that drop their letters.')
param senderQueues senderQueue[]
@description('Systems that read announcements.')
param consumers consumer[]
@description('Systems that read the letters which the organisation receives.')
param readers principal[]
@description('People who run the commands of cli/.')
param operators principal[]

// The app's: role by queue, and by container.

var appOnQueues = [
  { queue: 'correspondence-requests', role: roles.storageQueueDataContributor, why: 'Takes requests, and puts them back.' }
  { queue: 'correspondence-requests-poison', role: roles.storageQueueDataContributor, why: 'Moves failed requests here, and takes them up again.' }
  { queue: 'dispatches', role: roles.storageQueueDataContributor, why: 'Puts dispatches, and takes those that are due.' }
  { queue: 'dispatches-poison', role: roles.storageQueueDataContributor, why: 'Moves failed dispatches here, and takes them up again.' }
  { queue: 'status-checks', role: roles.storageQueueDataContributor, why: 'Puts checks, and takes them.' }
  { queue: 'status-checks-poison', role: roles.storageQueueDataContributor, why: 'Moves failed checks here.' }
  { queue: 'receipts', role: roles.storageQueueDataContributor, why: 'Puts letters that are to be received, and takes them.' }
  { queue: 'receipts-poison', role: roles.storageQueueDataContributor, why: 'Moves here what failed.' }
  { queue: 'received-correspondence', role: roles.storageQueueDataMessageSender, why: 'Tells of letters that were received.' }
  { queue: 'correspondence-status', role: roles.storageQueueDataReader, why: 'Its health check looks whether the queue is there.' }
]

var appOnContainers = [
  { container: 'correspondence-state', role: roles.storageBlobDataOwner, why: 'Keeps records, and finds them by index tags: only owners may.' }
  { container: 'correspondence-dead-letters', role: roles.storageBlobDataOwner, why: 'Keeps dead letters with index tags: only owners may.' }
  { container: 'correspondence-accepted', role: roles.storageBlobDataContributor, why: 'Keeps requests whole while their letters wait.' }
  { container: 'correspondence-requests', role: roles.storageBlobDataContributor, why: 'Reads requests too large for a message, and deletes them in the end.' }
  { container: 'correspondence-attachments', role: roles.storageBlobDataReader, why: 'Streams attachments to Altinn.' }
  { container: 'correspondence-inbox', role: roles.storageBlobDataContributor, why: 'Stores letters that are received.' }
]

var appOnAccount = [
  { role: roles.storageQueueDataMessageSender, why: 'Puts announcements on the status queues, whichever they are.' }
]

// Others.

var producersOnQueues = [
  { queue: 'correspondence-requests', role: roles.storageQueueDataMessageSender, why: 'A producer: drops letters, and reads none.' }
]

var producersOnContainers = [
  { container: 'correspondence-attachments', role: roles.storageBlobDataContributor, why: 'A producer: puts attachments.' }
  { container: 'correspondence-requests', role: roles.storageBlobDataContributor, why: 'A producer: puts requests too large for a message.' }
]

// Of a sender with a queue of its own: the app takes what comes there, and those who drop there reach nothing of other senders.

var appOnSenderQueues = [
  { prefix: 'correspondence-requests-', suffix: '', role: roles.storageQueueDataContributor, why: 'Takes a sender\'s requests, and puts them back.' }
  { prefix: 'correspondence-requests-', suffix: '-poison', role: roles.storageQueueDataContributor, why: 'Moves a sender\'s failed requests here, and takes them up again.' }
  { prefix: 'dispatches-', suffix: '', role: roles.storageQueueDataContributor, why: 'Puts a sender\'s dispatches, and takes those that are due.' }
  { prefix: 'dispatches-', suffix: '-poison', role: roles.storageQueueDataContributor, why: 'Moves a sender\'s failed dispatches here, and takes them up again.' }
]

var senderProducersOnQueues = [
  { prefix: 'correspondence-requests-', role: roles.storageQueueDataMessageSender, why: 'A producer of one sender: drops its letters, and reads none.' }
]

var senderProducersOnContainers = [
  { container: 'correspondence-attachments', role: roles.storageBlobDataContributor, why: 'A producer of one sender: puts attachments into its folder.' }
  { container: 'correspondence-requests', role: roles.storageBlobDataContributor, why: 'A producer of one sender: puts requests too large for a message into its folder.' }
]

// Whatever these actions do, they do to blobs whose path begins with the sender's name. A listing has no such path, and is refused.
var blobActions = [
  'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'
  'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'
  'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action'
  'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete'
  'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/move/action'
]
var onBlobs = join(map(blobActions, action => '!(ActionMatches{\'${action}\'})'), ' AND ')

// Who reads letters may also ask for them to be confirmed, by the queue on which letters are dropped.
var readersOnQueues = [
  { queue: 'received-correspondence', role: roles.storageQueueDataContributor, why: 'A reader: takes what is told of received letters, and puts back what failed.' }
  { queue: 'correspondence-requests', role: roles.storageQueueDataMessageSender, why: 'A reader: has received letters marked as read, confirmed or purged.' }
]

var readersOnContainers = [
  { container: 'correspondence-inbox', role: roles.storageBlobDataReader, why: 'A reader: reads received letters.' }
]

var consumersOnQueues = {
  role: roles.storageQueueDataMessageProcessor
  why: 'A consumer: takes announcements off its queue.'
}

// Only who may write messages can hold one for longer, or put it back before its time.
var consumersThatRenew = {
  role: roles.storageQueueDataContributor
  why: 'A consumer: takes announcements off its queue, renews its hold on them, and puts back what failed.'
}

var operatorsOnAccount = [
  { role: roles.storageQueueDataContributor, why: 'An operator: npm run dead-letters, send and altinn -- doctor.' }
  { role: roles.storageBlobDataOwner, why: 'An operator: npm run brake, dead-letters and altinn -- doctor, which read index tags.' }
]

// One row for each producer and place, and for each operator and role.
var producerOnQueue = flatten(map(producers, who => map(producersOnQueues, grant => union(grant, { who: who }))))
var producerOnContainer = flatten(map(producers, who => map(producersOnContainers, grant => union(grant, { who: who }))))
var readerOnQueue = flatten(map(readers, who => map(readersOnQueues, grant => union(grant, { who: who }))))
var readerOnContainer = flatten(map(readers, who => map(readersOnContainers, grant => union(grant, { who: who }))))
var consumerOnQueue = map(consumers, who => union((who.?renews ?? false) ? consumersThatRenew : consumersOnQueues, { who: who }))
var operatorOnAccount = flatten(map(operators, who => map(operatorsOnAccount, grant => union(grant, { who: who }))))

var appOnSenderQueue = flatten(map(senderQueues, sender => map(appOnSenderQueues, grant => union(grant, { sender: sender.name }))))
var senderProducers = flatten(map(senderQueues, sender => map(sender.?producers ?? [], who => { sender: sender.name, who: who })))
var senderProducerOnQueue = flatten(map(senderProducers, one => map(senderProducersOnQueues, grant => union(grant, one))))
var senderProducerOnContainer = flatten(map(senderProducers, one => map(senderProducersOnContainers, grant => union(grant, one))))

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: accountName

  resource queueService 'queueServices' existing = {
    name: 'default'
  }

  resource blobService 'blobServices' existing = {
    name: 'default'
  }
}

resource appQueues 'Microsoft.Storage/storageAccounts/queueServices/queues@2023-05-01' existing = [
  for grant in appOnQueues: { parent: account::queueService, name: grant.queue }
]

resource appContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' existing = [
  for grant in appOnContainers: { parent: account::blobService, name: grant.container }
]

resource producerQueues 'Microsoft.Storage/storageAccounts/queueServices/queues@2023-05-01' existing = [
  for grant in producerOnQueue: { parent: account::queueService, name: grant.queue }
]

resource producerContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' existing = [
  for grant in producerOnContainer: { parent: account::blobService, name: grant.container }
]

resource readerQueues 'Microsoft.Storage/storageAccounts/queueServices/queues@2023-05-01' existing = [
  for grant in readerOnQueue: { parent: account::queueService, name: grant.queue }
]

resource readerContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' existing = [
  for grant in readerOnContainer: { parent: account::blobService, name: grant.container }
]

resource consumerQueues 'Microsoft.Storage/storageAccounts/queueServices/queues@2023-05-01' existing = [
  for grant in consumerOnQueue: { parent: account::queueService, name: grant.who.queue }
]

resource ofSenders 'Microsoft.Storage/storageAccounts/queueServices/queues@2023-05-01' existing = [
  for grant in appOnSenderQueue: { parent: account::queueService, name: '${grant.prefix}${grant.sender}${grant.suffix}' }
]

resource senderProducerQueues 'Microsoft.Storage/storageAccounts/queueServices/queues@2023-05-01' existing = [
  for grant in senderProducerOnQueue: { parent: account::queueService, name: '${grant.prefix}${grant.sender}' }
]

resource senderProducerContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' existing = [
  for grant in senderProducerOnContainer: { parent: account::blobService, name: grant.container }
]

resource appUsesQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, i) in appOnQueues: {
    name: guid(appQueues[i].id, appPrincipalId, grant.role)
    scope: appQueues[i]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
      description: grant.why
    }
  }
]

resource appUsesContainers 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, i) in appOnContainers: {
    name: guid(appContainers[i].id, appPrincipalId, grant.role)
    scope: appContainers[i]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
      description: grant.why
    }
  }
]

resource appUsesAccount 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for grant in appOnAccount: {
    name: guid(account.id, appPrincipalId, grant.role)
    scope: account
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
      description: grant.why
    }
  }
]

resource producersUseQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, i) in producerOnQueue: {
    name: guid(producerQueues[i].id, grant.who.principalId, grant.role)
    scope: producerQueues[i]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
      principalId: grant.who.principalId
      principalType: grant.who.principalType
      description: grant.why
    }
  }
]

resource producersUseContainers 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, i) in producerOnContainer: {
    name: guid(producerContainers[i].id, grant.who.principalId, grant.role)
    scope: producerContainers[i]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
      principalId: grant.who.principalId
      principalType: grant.who.principalType
      description: grant.why
    }
  }
]

resource appUsesSenderQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, i) in appOnSenderQueue: {
    name: guid(ofSenders[i].id, appPrincipalId, grant.role)
    scope: ofSenders[i]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
      description: grant.why
    }
  }
]

resource senderProducersUseQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, i) in senderProducerOnQueue: {
    name: guid(senderProducerQueues[i].id, grant.who.principalId, grant.role)
    scope: senderProducerQueues[i]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
      principalId: grant.who.principalId
      principalType: grant.who.principalType
      description: grant.why
    }
  }
]

resource senderProducersUseContainers 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, i) in senderProducerOnContainer: {
    // One system may drop for several senders: each is an assignment with a condition of its own.
    name: guid(senderProducerContainers[i].id, '${grant.who.principalId} ${grant.sender}', grant.role)
    scope: senderProducerContainers[i]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
      principalId: grant.who.principalId
      principalType: grant.who.principalType
      description: grant.why
      conditionVersion: '2.0'
      condition: '((${onBlobs}) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringStartsWith \'${grant.sender}/\'))'
    }
  }
]

resource consumersUseQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, i) in consumerOnQueue: {
    name: guid(consumerQueues[i].id, grant.who.principalId, grant.role)
    scope: consumerQueues[i]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
      principalId: grant.who.principalId
      principalType: grant.who.principalType
      description: grant.why
    }
  }
]

resource readersUseQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, i) in readerOnQueue: {
    name: guid(readerQueues[i].id, grant.who.principalId, grant.role)
    scope: readerQueues[i]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
      principalId: grant.who.principalId
      principalType: grant.who.principalType
      description: grant.why
    }
  }
]

resource readersUseContainers 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, i) in readerOnContainer: {
    name: guid(readerContainers[i].id, grant.who.principalId, grant.role)
    scope: readerContainers[i]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
      principalId: grant.who.principalId
      principalType: grant.who.principalType
      description: grant.why
    }
  }
]

resource operatorsUseAccount 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for grant in operatorOnAccount: {
    name: guid(account.id, grant.who.principalId, grant.role)
    scope: account
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
      principalId: grant.who.principalId
      principalType: grant.who.principalType
      description: grant.why
    }
  }
]
