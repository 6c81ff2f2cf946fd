@maxLength(60)
param name string
@maxLength(60)
param planName string
param location string
param tags object
param identityId string
param identityClientId string
param storageName string
param blobEndpoint string
param deploymentContainer string
param configurationContainer string
param digestContainer string
param signingKeyUri string
param vaultUri string
param insightsConnectionString string
param secretSettings string
param retentionDays int
param instanceMemoryMB int
param maximumInstanceCount int

var configurationUrl = '${blobEndpoint}${configurationContainer}/audit.config.json'
var secretNames = filter(map(split(secretSettings, ','), setting => trim(setting)), setting => !empty(setting))
// A secret's name has letters, digits and hyphens only.
var secretReferences = toObject(
  secretNames,
  setting => setting,
  setting => '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/${toLower(replace(setting, '_', '-'))})'
)

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'audit' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    siteConfig: { minTlsVersion: '1.2' }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${blobEndpoint}${deploymentContainer}'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      scaleAndConcurrency: { instanceMemoryMB: instanceMemoryMB, maximumInstanceCount: maximumInstanceCount }
      runtime: { name: 'node', version: '24' }
    }
  }
}

resource settings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: app
  name: 'appsettings'
  properties: union(
    secretReferences,
    retentionDays > 0 ? { AUDIT_RETENTION_DAYS: string(retentionDays) } : {},
    {
      AzureWebJobsStorage__accountName: storageName
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identityClientId
      AZURE_CLIENT_ID: identityClientId
      AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential'
      APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
      AUDIT_CONFIG: configurationUrl
      AUDIT_DIGEST_CONTAINER: digestContainer
      AUDIT_SIGNING_KEY: signingKeyUri
    }
  )
}

output name string = app.name
output apiUrl string = 'https://${app.properties.defaultHostName}/api'
output healthUrl string = 'https://${app.properties.defaultHostName}/api/health'
output dashboardUrl string = 'https://${app.properties.defaultHostName}/api/dashboard'
output configurationUrl string = configurationUrl
