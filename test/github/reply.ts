// SPDX-License-Identifier: Apache-2.0

/** A JSON object as the API sends it. */
export type Fields = Readonly<Record<string, unknown>>;

/** An answer. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly bytes?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal, thrown by a handler. */
export class HttpFailure extends Error {
  readonly status: number;
  readonly body: Fields;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, extra: Fields = {}, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.body = { message, ...extra, documentation_url: 'https://docs.github.com/rest', status: String(status) };
    this.headers = headers;
  }
}

/** 200 with a body. */
export function ok(body: unknown): Reply {
  return { status: 200, body };
}

/** 201 with a body. */
export function created(body: unknown): Reply {
  return { status: 201, body };
}

/** 204. */
export const NO_CONTENT: Reply = { status: 204 };

/** What GitHub says of everything that is absent or that the caller may not see. */
export function notFound(): HttpFailure {
  return new HttpFailure(404, 'Not Found');
}

/** 422 with one sentence. */
export function unprocessable(message: string): HttpFailure {
  return new HttpFailure(422, message);
}

/** 422 "Validation Failed" with an error entry. */
export function validationFailed(resource: string, code: string, field: string, message?: string): HttpFailure {
  const error = { resource, code, field, ...(message === undefined ? {} : { message }) };
  return new HttpFailure(422, 'Validation Failed', { errors: [error] });
}

/** The longest body of a pull request, review or comment. */
const MAX_BODY = 65_536;

/** @throws 422 for a text that GitHub does not take */
export function checkBody(resource: string, body: string | null): void {
  if (body !== null && Array.from(body).length > MAX_BODY) {
    throw validationFailed(resource, 'custom', 'body', `body is too long (maximum is ${MAX_BODY} characters)`);
  }
}
