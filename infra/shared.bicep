// What several modules need: Azure's roles by name, and the forms of parameters.

@export()
@description('Built-in roles of Azure: the same ids everywhere.')
var roles = {
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  storageBlobDataReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  storageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  storageQueueDataReader: '19e7f393-937e-4f77-808e-94535e297925'
  storageQueueDataMessageSender: 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'
  storageQueueDataMessageProcessor: '8a0f0c08-91a1-4084-bc3d-661d67233fed'
  keyVaultSecretsUser: '4633458b-17de-408a-b874-0445c86b69e6'
  keyVaultSecretsOfficer: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
  keyVaultCryptoOfficer: '14b46e9e-c2b7-41b4-b07b-48a6ebf60603'
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
}

@export()
@description('Somebody in Entra ID: a managed identity or app registration (by its object id), a group, or a person.')
type principal = {
  principalId: string
  principalType: 'ServicePrincipal' | 'Group' | 'User'
}

@export()
@description('A system that reads announcements from one queue: correspondence-status, or one of statusQueues.')
type consumer = {
  principalId: string
  principalType: 'ServicePrincipal' | 'Group' | 'User'
  queue: string
  @description('Whether it renews its hold on messages or puts them back, as the producer kit and queue triggers of Azure Functions do.')
  renews: bool?
}

@export()
@description('The queues of a sender that has its own (ownQueue in the setting SENDERS).')
type senderQueue = {
  @description('The sender, as SENDERS names it.')
  name: string
  @description('Systems that drop its letters, and nobody else\'s.')
  producers: principal[]?
}

@export()
@description('App settings that need not be set. What they mean: docs/settings.md.')
type optionalSettings = {
  ALTINN_PLATFORM_URL: string?
  ALTINN_EVENTS_ADDRESSES: string?
  MASKINPORTEN_ISSUER: string?
  MASKINPORTEN_SCOPES: string?
  MASKINPORTEN_CONSUMER_ORG: string?
  MASKINPORTEN_SYSTEM_USER_ORG: string?
  SENDERS: string?
  @description('Of senders with keys of their own: each setting that a jwkSetting in SENDERS names, MASKINPORTEN_JWK_...')
  *: string?
  STATUS_QUEUE_ENCODING: ('raw' | 'base64')?
  CHECK_SCHEDULE: string?
  GIVE_UP_AFTER_HOURS: string?
  PUBLISH_WITHIN_HOURS: string?
  FOLLOW_DAYS: string?
  DELETE_REQUEST_BLOBS_AFTER_DAYS: string?
  DELETE_ACCEPTED_REQUESTS_AFTER_DAYS: string?
  EMERGENCY_BRAKE: ('true' | 'false')?
  MAX_LETTERS_PER_HOUR: string?
  UNKNOWN_FIELDS: ('refuse' | 'refuse-near' | 'pass')?
  CONFIRM_EVENTS: ('true' | 'false')?
  RECEIVE_RESOURCES: string?
  RECEIVE_ORG: string?
  RECEIVE_SINCE_DAYS: string?
  READ_RECEIVED: ('onRequest' | 'onStored')?
  CONFIRM_RECEIVED: ('onRequest' | 'onStored')?
}

@export()
@description('How long things are kept, in days.')
type retention = {
  @description('Records of requests and letters. Once a record is gone, a request with the same id is a new letter.')
  @minValue(400)
  records: int
  @description('What letters say, as far as the five below do not say otherwise: from when it was written, attachments from when they were last read.')
  @minValue(100)
  contents: int
  @description('Requests that were kept whole for later attempts, and of which a letter is not sent. The sweep deletes the others sooner.')
  @minValue(100)
  acceptedRequests: int?
  @description('Requests that producers put into blobs, and which no message brought. The sweep deletes the others sooner.')
  @minValue(100)
  claimChecks: int?
  @description('Files of letters.')
  @minValue(100)
  attachments: int?
  @description('Letters that were not sent, and can be replayed.')
  @minValue(100)
  deadLetters: int?
  @description('Letters that were received.')
  @minValue(100)
  inbox: int?
  @description('What was deleted or written over, until it is gone for good.')
  @minValue(7)
  @maxValue(365)
  deleted: int
  @description('Logs.')
  @minValue(30)
  @maxValue(730)
  logs: int
}
