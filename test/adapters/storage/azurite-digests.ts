import { openDigestBlobs } from '../../../src/adapters/storage/digest-blobs';
import { accessTo } from '../../../src/adapters/storage/storage-connection';
import type { DigestBlobs } from '../../../src/audit/proof/digest-store';
import { azuriteConnectionString, uniquePrefix } from '../../azurite';

/** A container of this test's own, made and empty. */
export async function azuriteDigests(container = `${uniquePrefix()}-digests`): Promise<DigestBlobs> {
  const connectionString = await azuriteConnectionString();
  const access = accessTo({ kind: 'connection-string', settingName: 'AUDIT_STORAGE', connectionString });
  const blobs = openDigestBlobs(access, container);
  await blobs.prepare();
  return blobs;
}
