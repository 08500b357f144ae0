// Who is told of what: alerts over the platform's metrics and over the app's log. What each means, and what to do:
// docs/alerts.md, by the same names.
param prefix string
param location string
param tags object
@description('E-mail addresses that alerts go to.')
param emails string[]
param workspaceId string
param appId string
param dataAccountId string
@description('More messages than this on all queues together: letters wait, or nobody reads the announcements.')
param queueBacklog int
@description('Whether letters are sent every day, so that a day without events means that none come.')
param expectEvents bool

var guide = 'docs/alerts.md says what it means and what to do.'

// The app's log lines are JSON texts that begin with the event's name (shared/telemetry.ts).
var lines = '''
AppTraces
| where Message startswith '{"event":"'
| extend line = parse_json(Message)
| extend event = tostring(line.event)
'''

// Whose letters it is about, where a deployment has several senders.
var bySender = ' | extend sender = iff(isempty(tostring(line.sender)), "all", tostring(line.sender))'

// By severity: 0 nothing goes out, 1 letters may be in danger, 2 look today, 3 good to know.
var logAlerts = [
  {
    name: 'brakeOn'
    severity: 0
    text: 'The emergency brake is on, or the app\'s marker is missing: nothing is sent.'
    query: '${lines}| where event in ("brakeOn", "markerMissing")'
    dimension: 'event'
    every: 'PT5M'
    window: 'PT15M'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'altinnRefusesOurSetUp'
    severity: 0
    text: 'Maskinporten or Altinn refuses the app: token, scope, access to a resource, or subscription key. Letters wait.'
    query: '${lines}| where event == "altinnRefusesOurSetUp"${bySender}'
    dimension: 'sender'
    every: 'PT5M'
    window: 'PT15M'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'sweepStopped'
    severity: 1
    text: 'The timer has not swept for two hours: the app does not start, or cannot reach its storage.'
    query: '${lines}| where event == "swept"'
    every: 'PT15M'
    window: 'PT2H'
    operator: 'LessThan'
    threshold: 1
  }
  {
    name: 'outcomeUnknown'
    severity: 1
    text: 'Nobody could find out whether a letter exists in Altinn.'
    query: '${lines}| where event == "dispatchEnded" and tostring(line.end) == "outcomeUnknown"'
    every: 'PT15M'
    window: 'PT15M'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'lookAtIt'
    severity: 1
    text: 'The app found something that it cannot mend by itself; the dimension event says what.'
    // Every line that alerts, and that no rule of its own is about.
    query: '${lines}| where SeverityLevel >= 3 and event !in ("brakeOn", "markerMissing", "altinnRefusesOurSetUp", "dispatchEnded", "breakerOpen", "invocation")'
    dimension: 'event'
    every: 'PT15M'
    window: 'PT15M'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'altinnDoesNotAnswer'
    severity: 2
    text: 'Circuit breakers have opened again and again for half an hour: Altinn or Maskinporten is down, or fails for the one sender that the dimension names.'
    query: '${lines}| where event == "breakerOpen"${bySender}'
    dimension: 'sender'
    every: 'PT15M'
    window: 'PT30M'
    operator: 'GreaterThan'
    threshold: 5
  }
  {
    name: 'invocationsFail'
    severity: 2
    text: 'Many invocations fail: most often storage that does not answer, or that the app has no role for.'
    query: '${lines}| where event == "invocation" and tostring(line.outcome) == "failed"'
    every: 'PT15M'
    window: 'PT15M'
    operator: 'GreaterThan'
    threshold: 20
  }
  {
    name: 'lettersWaitLong'
    severity: 2
    text: 'Letters, to be sent or received, were put off more than six times, so they have waited for hours.'
    query: '${lines}| where event in ("dispatchWaiting", "receiptWaiting") and toint(line.attempts) > 6'
    every: 'PT1H'
    window: 'PT1H'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'lettersGivenUp'
    severity: 2
    text: 'Letters were given up. Their producers were told to use another channel.'
    query: '${lines}| where event == "dispatchEnded" and tostring(line.end) == "gaveUp"'
    every: 'PT15M'
    window: 'PT15M'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'manyRefused'
    severity: 3
    text: 'Many letters are refused: a producer may send the same mistake again and again.'
    query: '${lines}| where event == "requestRejected" or (event == "dispatchEnded" and tostring(line.end) == "rejected")'
    every: 'PT1H'
    window: 'PT1H'
    operator: 'GreaterThan'
    threshold: 50
  }
  {
    name: 'poisonMessages'
    severity: 3
    text: 'Many messages went through a poison queue. The app takes them up again by itself.'
    query: '${lines}| where event == "invocation" and tostring(line["faas.name"]) contains "handlePoisoned"'
    every: 'PT1H'
    window: 'PT1H'
    operator: 'GreaterThan'
    threshold: 20
  }
  {
    name: 'webhookRefuses'
    severity: 2
    text: 'The webhook refused events: they were malformed, or came from elsewhere than Altinn.'
    query: '${lines}| where event == "invocation" and tostring(line["faas.name"]) endswith "receiveAltinnEvent" and toint(line["http.response.status_code"]) between (400 .. 499)'
    every: 'PT15M'
    window: 'PT1H'
    operator: 'GreaterThan'
    threshold: 5
  }
]

var eventsStopped = {
  name: 'eventsStopped'
  severity: 2
  text: 'Letters were sent and no event came for a day, or many statuses were found of which none had told: the subscription or its key is wrong. Statuses come late.'
  query: '${lines}| summarize sent = countif(event == "dispatchSent" and TimeGenerated < ago(2h)), received = countif(event == "eventReceived"), missed = sumif(toint(line.missed), event == "eventsMissed")\n| where (sent > 0 and received == 0) or missed > 20'
  every: 'PT1H'
  window: 'P1D'
  operator: 'GreaterThan'
  threshold: 0
}

var metricAlerts = [
  {
    name: 'storageUnavailable'
    severity: 1
    text: 'The letters\' storage fails more than one call in a hundred.'
    scope: dataAccountId
    namespace: 'Microsoft.Storage/storageAccounts'
    metric: 'Availability'
    aggregation: 'Average'
    operator: 'LessThan'
    threshold: 99
    every: 'PT5M'
    window: 'PT15M'
  }
  {
    name: 'queuesGrow'
    severity: 2
    text: 'Many messages wait on the queues: letters, or announcements that nobody reads. Azure counts once an hour.'
    scope: '${dataAccountId}/queueServices/default'
    namespace: 'Microsoft.Storage/storageAccounts/queueServices'
    metric: 'QueueMessageCount'
    aggregation: 'Average'
    operator: 'GreaterThan'
    threshold: queueBacklog
    every: 'PT1H'
    window: 'PT1H'
  }
  {
    name: 'wrongKey'
    severity: 2
    text: 'Calls came with a wrong function key, or without one: the one in Altinn\'s subscription may be an old one.'
    scope: appId
    namespace: 'Microsoft.Web/sites'
    metric: 'Http401'
    aggregation: 'Total'
    operator: 'GreaterThan'
    threshold: 10
    every: 'PT15M'
    window: 'PT1H'
  }
  {
    name: 'serverErrors'
    severity: 2
    text: 'The app answers calls with 5xx: events and questions from producers are not taken.'
    scope: appId
    namespace: 'Microsoft.Web/sites'
    metric: 'Http5xx'
    aggregation: 'Total'
    operator: 'GreaterThan'
    threshold: 10
    every: 'PT5M'
    window: 'PT15M'
  }
]

resource operators 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: '${prefix}-operators'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'letters'
    emailReceivers: [for (email, i) in emails: { name: 'email-${i}', emailAddress: email, useCommonAlertSchema: true }]
  }
}

resource logRules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in concat(logAlerts, expectEvents ? [eventsStopped] : []): {
    name: '${prefix}-${alert.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: alert.name
      description: '${alert.text} ${guide}'
      severity: alert.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: alert.every
      windowSize: alert.window
      autoMitigate: true
      // A new workspace does not know the tables yet.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: alert.query
            timeAggregation: 'Count'
            operator: alert.operator
            threshold: alert.threshold
            dimensions: contains(alert, 'dimension') ? [{ name: alert.?dimension, operator: 'Include', values: ['*'] }] : []
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: [operators.id] }
    }
  }
]

resource metricRules 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for alert in metricAlerts: {
    name: '${prefix}-${alert.name}'
    location: 'global'
    tags: tags
    properties: {
      description: '${alert.text} ${guide}'
      severity: alert.severity
      enabled: true
      scopes: [alert.scope]
      evaluationFrequency: alert.every
      windowSize: alert.window
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: alert.name
            metricNamespace: alert.namespace
            metricName: alert.metric
            timeAggregation: alert.aggregation
            operator: alert.operator
            threshold: alert.threshold
            // A new resource has no metrics yet.
            skipMetricValidation: true
          }
        ]
      }
      actions: [{ actionGroupId: operators.id }]
    }
  }
]
