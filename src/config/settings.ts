/** A setting that the app reads, beside the keys of customers, whose settings' names the configuration chooses. */
export interface SettingDescription {
  readonly name: string;
  readonly meaning: string;
  /** What holds without it; null where there is nothing then. */
  readonly default: string | null;
}

/** The blob container of the signed digests where none is named. */
export const defaultDigestContainer = 'audit-digests';

/** Every setting that the app reads. */
export const knownSettings: readonly SettingDescription[] = [
  {
    name: 'AUDIT_CONFIG',
    meaning: 'The configuration: a file, or the https address of a blob.',
    default: 'audit.config.json',
  },
  {
    name: 'AUDIT_STORAGE',
    meaning:
      'The storage account of history, limits and jobs: a connection string, or AUDIT_STORAGE__accountName (or ' +
      '__tableServiceUri, __queueServiceUri, __blobServiceUri) for an identity.',
    default: 'the value of AzureWebJobsStorage',
  },
  {
    name: 'AzureWebJobsStorage',
    meaning: 'The storage account of the Functions host, in the same two forms.',
    default: null,
  },
  {
    name: 'AUDIT_RETENTION_DAYS',
    meaning: 'After how many days audits are purged: their reports, evidence and checkpoints. Roll-ups of days stay.',
    default: 'never',
  },
  {
    name: 'AUDIT_DIGEST_CONTAINER',
    meaning: 'The blob container of the signed digests.',
    default: defaultDigestContainer,
  },
  {
    name: 'AUDIT_SIGNING_KEY',
    meaning:
      'What signs digests and the anchors of purges: a private key as PEM (PKCS#8, Ed25519), followed by the public ' +
      'keys of those before it, or the https address of a P-256 key in Key Vault. Without it nothing is signed.',
    default: null,
  },
  {
    name: 'AUDIT_ARM_ENDPOINT',
    meaning: "Azure Resource Manager's address, where an API Management's own configuration is read: another cloud's.",
    default: 'https://management.azure.com',
  },
  {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    meaning:
      'A collector of traces (OTLP over HTTP, JSON); `/v1/traces` is put behind it. Without one there are no traces.',
    default: null,
  },
  {
    name: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    meaning: 'The same, as the whole address; it goes before the other.',
    default: null,
  },
  {
    name: 'OTEL_EXPORTER_OTLP_HEADERS',
    meaning: 'What the collector asks for: `name=value` pairs with commas between them, percent-encoded.',
    default: null,
  },
  { name: 'OTEL_SERVICE_NAME', meaning: 'The name of this service in traces.', default: 'gateway-audit' },
  {
    name: 'AUDIT_DEBUG',
    meaning: 'Set to anything: the command line shows the stack of an error.',
    default: null,
  },
];

/** The configuration that is read where none is named. */
export const defaultConfigLocation = 'audit.config.json';

/** What the Functions host, its platform and OpenTelemetry's SDK keep in settings: connection strings and tokens among them. */
const settingsOfHost =
  /^(AzureWebJobs|APPLICATIONINSIGHTS_|APPINSIGHTS_|WEBSITE_|FUNCTIONS_|IDENTITY_|MSI_|LOCAL_FUNCTION_KEY$|AZURE_CLIENT_|OTEL_)/i;

/**
 * Whether a setting is the service's own. A configuration says where the value of a setting is sent to, so whoever writes
 * one must not be able to name the storage account's key.
 */
export function isOwnSetting(name: string): boolean {
  const lower = name.toLowerCase();
  const isKnown = knownSettings.some(
    ({ name: known }) => lower === known.toLowerCase() || lower.startsWith(`${known.toLowerCase()}__`),
  );
  return isKnown || settingsOfHost.test(name);
}
