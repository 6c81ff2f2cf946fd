@description('Resource id of a Log Analytics workspace or an Application Insights component, in this resource group.')
param meterResourceId string
@description('Object id of the app\'s identity.')
param appPrincipalId string

// Built-in role.
var logAnalyticsReader = '73c42c96-874c-492b-b04d-ab87d138a893'
var isWorkspace = contains(toLower(meterResourceId), '/providers/microsoft.operationalinsights/workspaces/')
var name = last(split(meterResourceId, '/'))

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = if (isWorkspace) {
  name: name
}

resource component 'Microsoft.Insights/components@2020-02-02' existing = if (!isWorkspace) {
  name: name
}

resource readsWorkspace 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (isWorkspace) {
  name: guid(meterResourceId, appPrincipalId, logAnalyticsReader)
  scope: workspace
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', logAnalyticsReader)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource readsComponent 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!isWorkspace) {
  name: guid(meterResourceId, appPrincipalId, logAnalyticsReader, 'component')
  scope: component
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', logAnalyticsReader)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}
