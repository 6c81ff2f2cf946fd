@description('Resource id of an API Management service, in this resource group.')
param apimResourceId string
@description('Object id of the app\'s identity.')
param appPrincipalId string

// Built-in role.
var apimServiceReader = '71522526-b88f-4d52-b57f-d31fc3546d0d'

resource service 'Microsoft.ApiManagement/service@2023-05-01-preview' existing = {
  name: last(split(apimResourceId, '/'))
}

resource readsService 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(apimResourceId, appPrincipalId, apimServiceReader)
  scope: service
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', apimServiceReader)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}
