param location string
param tags object
param insightsId string
param healthUrl string
@description('Where alerts are mailed to. Empty: rules are made, and nobody is told.')
param alertEmail string

var actions = empty(alertEmail) ? [] : [people.id]
// Seconds between two looks from each place; failing from two of the three is trouble.
var healthEverySeconds = 300

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(alertEmail)) {
  name: 'ag-gateway-audit'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'gw-audit'
    enabled: true
    emailReceivers: [{ name: 'operator', emailAddress: alertEmail, useCommonAlertSchema: true }]
  }
}

resource healthTest 'Microsoft.Insights/webtests@2022-06-15' = {
  name: 'gateway-audit-health'
  location: location
  tags: union(tags, { 'hidden-link:${insightsId}': 'Resource' })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: 'gateway-audit-health'
    Name: 'gateway-audit health'
    Enabled: true
    Frequency: healthEverySeconds
    Timeout: 30
    Kind: 'standard'
    RetryEnabled: true
    Locations: [{ Id: 'emea-nl-ams-azr' }, { Id: 'emea-gb-db3-azr' }, { Id: 'us-va-ash-azr' }]
    Request: { RequestUrl: healthUrl, HttpVerb: 'GET', ParseDependentRequests: false }
    ValidationRules: { ExpectedHttpStatusCode: 200, SSLCheck: true, SSLCertRemainingLifetimeCheck: 7 }
  }
}

resource unhealthy 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'gateway-audit-unhealthy'
  location: 'global'
  tags: tags
  properties: {
    description: 'GET /api/health fails: storage or configuration. See docs/operations.md.'
    severity: 1
    enabled: true
    scopes: [healthTest.id, insightsId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: healthTest.id
      componentId: insightsId
      failedLocationCount: 2
    }
    actions: [for action in actions: { actionGroupId: action }]
  }
}

resource errors 'Microsoft.Insights/scheduledQueryRules@2022-06-15' = {
  name: 'gateway-audit-errors'
  location: location
  tags: tags
  properties: {
    displayName: 'gateway-audit: somebody must act'
    description: 'An error was logged: an audit was missed or given up, storage refused, or the configuration was refused.'
    severity: 2
    enabled: true
    scopes: [insightsId]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT15M'
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: 'union traces, exceptions | where severityLevel >= 3'
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: { actionGroups: actions }
  }
}

resource silent 'Microsoft.Insights/scheduledQueryRules@2022-06-15' = {
  name: 'gateway-audit-silent'
  location: location
  tags: tags
  properties: {
    displayName: 'gateway-audit: nothing is planned'
    description: 'The timer dispatch runs every minute. It has not succeeded for half an hour.'
    severity: 1
    enabled: true
    scopes: [insightsId]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT30M'
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: 'requests | where name == "dispatch" and success == true'
          timeAggregation: 'Count'
          operator: 'LessThan'
          threshold: 1
        }
      ]
    }
    actions: { actionGroups: actions }
  }
}
