// SPDX-License-Identifier: MIT
/** What a service raises in the program: an exception of a kind of core/base/result.def, with a reason. */
export type HostErrorKind =
  | 'BadArgument'
  | 'DataError'
  | 'DatabaseError'
  | 'FileError'
  | 'HandlesExceeded'
  | 'HeapExceeded'
  | 'NetworkError'
  | 'PermissionDenied'
  | 'Timeout'
  | 'TypeMismatch'
  | 'UnsupportedOperation';

export class HostError extends Error {
  override readonly name = 'HostError';

  constructor(
    readonly kind: HostErrorKind,
    reason: string,
  ) {
    super(reason);
  }
}

export const networkError = (reason: string): HostError => new HostError('NetworkError', reason);
export const unsupported = (reason: string): HostError => new HostError('UnsupportedOperation', reason);
