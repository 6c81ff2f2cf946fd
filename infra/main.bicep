targetScope = 'subscription'

@minLength(1)
@maxLength(40)
@description('Name of the environment; part of the name of the resource group.')
param environmentName string

@minLength(1)
@description('Region of all resources. It must offer Flex Consumption.')
param location string

@description('Object id of whoever deploys: may write the configuration and the customers\' keys. Empty: nobody is given that.')
param deployerObjectId string = ''

@description('App settings that the configuration names for keys and webhooks, separated by commas, such as CONTOSO_KEY,FABRIKAM_KEY. Each is a reference to the Key Vault secret of the same name in lower case with hyphens (contoso-key), which you write yourself.')
param secretSettings string = ''

@description('Where alerts are mailed to. Empty: rules are made, and nobody is told.')
param alertEmail string = ''

@description('Days for which a signed digest can neither be changed nor deleted.')
@minValue(1)
@maxValue(146000)
param digestImmutabilityDays int = 365

@description('Days after which audits are purged. 0: never.')
@minValue(0)
param retentionDays int = 0

@description('Memory of an instance.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Most instances at once.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Resource id of the Log Analytics workspace, or Application Insights component, that meters are read from (check usage). Empty: the identity gets no such role.')
param meterResourceId string = ''

@description('Resource id of the API Management service whose configuration is read (check config-drift, import). Empty: the identity gets no such role.')
param apimResourceId string = ''

var tags = { 'azd-env-name': environmentName }
var groupName = 'rg-${environmentName}'
// Where a role is asked for; a module that is left out needs a scope that exists all the same.
var meterScope = empty(meterResourceId) ? [subscription().subscriptionId, groupName] : [split(meterResourceId, '/')[2], split(meterResourceId, '/')[4]]
var apimScope = empty(apimResourceId) ? [subscription().subscriptionId, groupName] : [split(apimResourceId, '/')[2], split(apimResourceId, '/')[4]]
var token = uniqueString(subscription().id, environmentName, location)

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: groupName
  location: location
  tags: tags
}

module identity 'identity.bicep' = {
  name: 'identity'
  scope: group
  params: { name: 'id-audit-${token}', location: location, tags: tags }
}

module storage 'storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    name: 'staudit${token}'
    location: location
    tags: tags
    appPrincipalId: identity.outputs.principalId
    deployerObjectId: deployerObjectId
    digestImmutabilityDays: digestImmutabilityDays
  }
}

module vault 'vault.bicep' = {
  name: 'vault'
  scope: group
  params: {
    name: 'kv-audit-${token}'
    location: location
    tags: tags
    appPrincipalId: identity.outputs.principalId
    deployerObjectId: deployerObjectId
  }
}

module monitoring 'monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    workspaceName: 'log-audit-${token}'
    insightsName: 'appi-audit-${token}'
    location: location
    tags: tags
    appPrincipalId: identity.outputs.principalId
  }
}

module functionApp 'function-app.bicep' = {
  name: 'function-app'
  scope: group
  params: {
    name: 'func-audit-${token}'
    planName: 'plan-audit-${token}'
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageName: storage.outputs.name
    blobEndpoint: storage.outputs.blobEndpoint
    deploymentContainer: storage.outputs.deploymentContainer
    configurationContainer: storage.outputs.configurationContainer
    digestContainer: storage.outputs.digestContainer
    signingKeyUri: vault.outputs.signingKeyUri
    vaultUri: vault.outputs.uri
    insightsConnectionString: monitoring.outputs.insightsConnectionString
    secretSettings: secretSettings
    retentionDays: retentionDays
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
  }
}

module alerts 'alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    location: location
    tags: tags
    insightsId: monitoring.outputs.insightsId
    healthUrl: functionApp.outputs.healthUrl
    alertEmail: alertEmail
  }
}

module meterReader 'meter-reader.bicep' = if (!empty(meterResourceId)) {
  name: 'meter-reader'
  scope: resourceGroup(meterScope[0], meterScope[1])
  params: { meterResourceId: meterResourceId, appPrincipalId: identity.outputs.principalId }
}

module apimReader 'apim-reader.bicep' = if (!empty(apimResourceId)) {
  name: 'apim-reader'
  scope: resourceGroup(apimScope[0], apimScope[1])
  params: { apimResourceId: apimResourceId, appPrincipalId: identity.outputs.principalId }
}

output AZURE_RESOURCE_GROUP string = group.name
output AUDIT_APP_NAME string = functionApp.outputs.name
output AUDIT_API_URL string = functionApp.outputs.apiUrl
output AUDIT_DASHBOARD_URL string = functionApp.outputs.dashboardUrl
output AUDIT_STORAGE_NAME string = storage.outputs.name
output AUDIT_CONFIGURATION_CONTAINER string = storage.outputs.configurationContainer
output AUDIT_CONFIGURATION_URL string = functionApp.outputs.configurationUrl
output AUDIT_VAULT_NAME string = vault.outputs.name
output AUDIT_IDENTITY_CLIENT_ID string = identity.outputs.clientId
