import type { DigestMark } from './digest';

export interface StoredDigest {
  readonly name: string;
  readonly text: string;
}

/** Where digests are kept: a container of blobs to which names are only ever added. */
export interface DigestBlobs {
  readonly container: string;
  /** Makes the container where it is missing. */
  prepare(): Promise<void>;
  /** False where there is one of that name already; it is never written over. */
  insert(digest: StoredDigest): Promise<boolean>;
  /** Its text; null where there is none. */
  read(name: string): Promise<string | null>;
  /** All of them in the order of their names, a few at a time. */
  readAll(): AsyncIterable<StoredDigest>;
  /** Whether an immutability policy or a legal hold keeps everybody from deleting blobs. */
  isImmutable(): Promise<boolean>;
  /** The last name of a digest; null where there is none. */
  lastName(): Promise<string | null>;
}

/** The last digest, noted outside its container: one query tells how old it is, and whether it was taken away. */
export interface DigestMarks {
  read(): Promise<DigestMark | null>;
  /** Never puts an older one in the place of a newer. */
  write(mark: DigestMark): Promise<void>;
}
